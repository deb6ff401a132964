"""Sales orders as files for accounts."""
