"""What pages are printed on: barcodes, the size of the paper, the logos of letterheads."""
