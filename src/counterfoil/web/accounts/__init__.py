"""Logins: what a person proves, chooses and is told."""
