"""Web integrations: settings, web orders as they were read, the log, and the updates that wait to be sent."""
