"""A database backend for the process of the scripts: its statements run on the program's connection."""
