"""The quickstart's commands, as they are printed, with a worker that syncs the store between any two of them."""

import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from counterfoil.platform.worker.sync import sync_store
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.attention.items import attention
from counterfoil.stores.models import WebIntegration
from tests.factories import NEW
from tests.platform.commands import run
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs" / "quickstart.md"


def printed() -> list[list[str]]:
    """The commands that connect a store, word by word."""
    (block,) = re.findall(r"^   ```\n(   \S*counterfoil store add .*?)^   ```", PAGE.read_text(), re.M | re.S)
    return [shlex.split(line)[1:] for line in block.replace("\\\n", " ").strip().splitlines()]


def synced() -> None:
    """What a worker does meanwhile."""
    for integration in WebIntegration.objects.select_related("state"):
        sync_store(integration, seconds=60.0)


def placed_at(store: SandboxStore, moment: datetime) -> int:
    """An order of that moment."""
    store.set(clock_offset_seconds=(moment - datetime.now(UTC)).total_seconds())
    (order_id,) = store.place(1, kind="guest")
    store.set(clock_offset_seconds=0.0)
    return order_id


def test_the_quickstart_imports_the_orders_of_its_day_and_no_other(
    store: SandboxStore, tmp_path: Path, settings: Any
) -> None:
    """By the store's own midnight; each with its products, and none is refused on the way."""
    token = tmp_path / "token.txt"
    token.write_text(store.token)
    settings.API_ORIGINS = [store.origin]
    midnight = datetime(2026, 1, 31, 6, tzinfo=UTC)  # in Chicago, where the sandbox store is
    before = placed_at(store, midnight - timedelta(minutes=5))
    after = placed_at(store, midnight + timedelta(minutes=5))
    real = {"https://api.bigcommerce.com/stores/HASH": store.api_path, "token.txt": str(token)}
    for words in printed():
        ended = run(*(real.get(word, word) for word in words))
        assert ended.code == 0, (words, ended.said, ended.complained)
        synced()
    assert [order.import_id for order in SalesOrder.objects.all()] == [f"WEB-{after}"]
    assert store.status(before) == NEW
    assert attention() == []
