"""Who talks to a store: lock, session, wake-ups."""
