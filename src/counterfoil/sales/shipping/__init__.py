"""Shipments and parcels: processed, corrected, voided, found, imported."""
