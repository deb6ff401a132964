"""The vendor's own published example orders, served with the figures that were published."""

from pathlib import Path

from bigcommerce_sandbox.store import Store


def place_examples(store: Store, directory: Path) -> None:
    """Each published order becomes an order of the store."""
