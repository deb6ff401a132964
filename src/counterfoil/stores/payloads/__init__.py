"""Versions of orders as they were read: kept byte for byte, and shown."""
