"""Tokens of other systems, and the reference of the API that they use."""
