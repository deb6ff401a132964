"""The database: embedded or one's own, migrations, backups."""
