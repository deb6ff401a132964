"""Web orders as the store shows them."""
