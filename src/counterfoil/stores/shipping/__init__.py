"""How the parcels of stores are shipped: what is proposed for them, and whether their items are scanned."""
