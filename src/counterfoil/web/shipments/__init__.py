"""Shipments: process, correct, import, list."""
