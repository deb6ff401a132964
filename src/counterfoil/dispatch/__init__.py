"""Sales data → store: every write to BigCommerce, and only here."""
