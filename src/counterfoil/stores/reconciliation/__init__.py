"""The books' side of a reconciliation, and what resolves a difference."""
