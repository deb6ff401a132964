"""Integrations: settings, mappings, webhooks and the setup wizard."""
