"""What makes the apps a program: settings, command line, database, supervisor, worker."""
