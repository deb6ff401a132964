"""Text as it is compared."""
