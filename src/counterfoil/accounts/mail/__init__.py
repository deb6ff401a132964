"""Mails: queued in the database, delivered by the worker."""
