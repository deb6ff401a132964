"""Writes web orders into the books, one transaction each."""
