"""The worker: which store to sync, and what else is due."""
