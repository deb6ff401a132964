"""Our side of a reconciliation, and what resolves a difference."""
