"""Store → sales data: collect, convert, match, import. Only reads the store."""
