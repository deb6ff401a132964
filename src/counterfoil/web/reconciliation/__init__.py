"""Reconciliations and what they found."""
