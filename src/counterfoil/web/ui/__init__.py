"""What all pages share: security, forms, tables, formatting."""
