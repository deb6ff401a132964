"""Users: logging in, roles, the audit log, mails and notifications. No pages."""
