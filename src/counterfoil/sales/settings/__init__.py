"""The merchant's own lists."""
