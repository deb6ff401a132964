"""The store beside the books."""
