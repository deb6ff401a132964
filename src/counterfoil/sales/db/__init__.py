"""Fields, statements and lists on PostgreSQL."""
