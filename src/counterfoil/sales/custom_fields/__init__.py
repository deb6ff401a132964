"""Custom fields: definitions and values."""
