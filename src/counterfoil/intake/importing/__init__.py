"""Imports web orders, one transaction each."""
