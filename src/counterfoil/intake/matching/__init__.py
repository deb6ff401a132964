"""Finds the client, contact and products of an order."""
