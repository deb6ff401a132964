"""Web integrations: settings, connection, status."""
