"""Clients, contacts and the keys they are matched by."""
