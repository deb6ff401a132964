"""Expressions of the field mapping, run in a process of their own."""
