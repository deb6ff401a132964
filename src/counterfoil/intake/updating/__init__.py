"""Brings a sales order up to date with a newer version of its web order."""
