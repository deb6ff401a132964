"""Sales orders: made, changed, found, counted."""
