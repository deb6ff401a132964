"""Products: made, changed, found, imported."""
