"""Accounts: how passwords and codes are guarded."""
