"""What stands next to the project where it is developed: the vendor's API descriptions, and orders of real stores."""

import os
from pathlib import Path

import pytest

DESCRIPTIONS = Path(__file__).parents[2] / "shared" / "bigcommerce-api"
_PRESENT = DESCRIPTIONS.is_dir()
if not _PRESENT and os.environ.get("CI"):
    raise pytest.UsageError(f"CI needs the vendor's descriptions, and they are not at {DESCRIPTIONS}.")

NEEDS_DESCRIPTIONS = pytest.mark.skipif(not _PRESENT, reason="left out: the vendor's descriptions are not here")
"""For tests against the vendor's descriptions: they are left out, and say so, where there are none."""

REAL_ORDERS = DESCRIPTIONS.parent / "real-orders"
_ORDERS_PRESENT = REAL_ORDERS.is_dir()
if not _ORDERS_PRESENT and os.environ.get("CI"):
    raise pytest.UsageError(f"CI needs the orders of real stores, and they are not at {REAL_ORDERS}.")

NEEDS_REAL_ORDERS = pytest.mark.skipif(not _ORDERS_PRESENT, reason="left out: the orders of real stores are not here")
"""For tests against orders of real stores, which are read in place and never copied."""
