"""REST for other systems, beside the pages: the same functions, and the shapes of the command line's `--json`."""
