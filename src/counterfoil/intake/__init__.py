"""Store → books: collect, convert, match, import. Only reads the store."""
