"""Books → store: every write to BigCommerce, and only here."""
