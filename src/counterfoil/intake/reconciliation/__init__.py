"""The store against the sales orders."""
