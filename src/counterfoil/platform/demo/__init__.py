"""The demo: a store with a past, made through the program's own services, and things that need a person."""
