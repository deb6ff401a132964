"""Logging in, one's own account, users, notifications and the audit log."""
