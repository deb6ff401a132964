"""The vendor's API descriptions and the orders that others published: they stand beside the project."""

import os
from pathlib import Path

import pytest

DESCRIPTIONS = Path(__file__).parents[2] / "shared" / "bigcommerce-api"
_PRESENT = DESCRIPTIONS.is_dir()
if not _PRESENT and os.environ.get("CI"):
    raise pytest.UsageError(f"CI needs the vendor's descriptions, and they are not at {DESCRIPTIONS}.")

NEEDS_DESCRIPTIONS = pytest.mark.skipif(not _PRESENT, reason="left out: the vendor's descriptions are not here")
"""For tests against the vendor's descriptions: they are left out, and say so, where there are none."""

REAL_ORDERS = Path(__file__).parents[2] / "shared" / "real-orders"
NEEDS_REAL_ORDERS = pytest.mark.skipif(not REAL_ORDERS.is_dir(), reason="left out: no published orders are here")
"""For tests against orders that others published, read in place."""
