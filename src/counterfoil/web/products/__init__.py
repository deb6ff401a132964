"""Products, their file and the catalog."""
