"""The packing bench: pack and ship many orders on one page, scan an order to open it, ship the next one."""
