"""What makes the rooms a program: settings, command line, database, supervisor, worker."""
