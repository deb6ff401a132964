"""Store updates: the outbox and what is told of it."""
