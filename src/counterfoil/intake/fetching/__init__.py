"""Reads orders and what others did to them from the store."""
