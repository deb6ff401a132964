"""The sales data: clients, contacts, products, sales orders. Knows no store and no web page."""
