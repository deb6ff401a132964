"""Loads a store's catalog into the list of products."""
