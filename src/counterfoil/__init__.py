"""Counterfoil: order management for merchants who sell on BigCommerce."""

__version__ = "0.1.0"
