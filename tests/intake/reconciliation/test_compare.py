"""How one order of the store is judged against the sales orders: each difference, what explains it, what to do."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.bigcommerce import OrderSummary, StatusId
from counterfoil.intake.reconciliation.compare import FoundDifference, compare, gone
from counterfoil.stores.models import StoreState, WebIntegration
from counterfoil.stores.reconciliation.known_orders import KnownOrder

NEW, DOWNLOADED = int(StatusId.AWAITING_FULFILLMENT), int(StatusId.AWAITING_SHIPMENT)
LISTED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def integration(**fields: Any) -> WebIntegration:
    """A web integration that was listed at noon; in no database."""
    made = WebIntegration(code="WEB-", new_statuses=[NEW], downloaded_status=DOWNLOADED, **fields)
    made.state = StoreState(integration=made, listed_at=LISTED, status_labels={})
    return made


def there(**fields: Any) -> OrderSummary:
    """An order of the store that was told that it is downloaded."""
    usual = {
        "id": 7,
        "status_id": DOWNLOADED,
        "total_inc_tax": Decimal("20.00"),
        "date_modified_text": LISTED.isoformat(),
    }
    return OrderSummary(**usual | fields)


def here(**fields: Any) -> KnownOrder:
    """The same in the sales data."""
    usual: dict[str, Any] = {
        "order_id": 7,
        "pk": 1,
        "import_id": "WEB-7",
        "state": "imported",
        "reason_code": "",
        "reason": "",
        "next_step": "",
        "is_read_again": False,
        "status_sent": DOWNLOADED,
        "status_seen": DOWNLOADED,
        "items_shipped_seen": 0,
        "shipments_to_read": False,
        "total": Decimal("20.0000"),
        "currency": "EUR",
        "role": "open",
        "shipped": 0,
        "undone": (),
        "onto": NEW,
        "copies": 1,
    }
    return KnownOrder(**usual | fields)


NOT_HERE: dict[str, Any] = {"total": None, "status_sent": None}


def the_one(order: OrderSummary, known: KnownOrder | None, **fields: Any) -> FoundDifference:
    """The only difference."""
    found = compare(integration(**fields), order, known)
    assert found is not None
    (only,) = found
    return only


def test_alike_is_no_difference_whatever_the_digits_of_the_money() -> None:
    assert compare(integration(), there(), here()) == []


@pytest.mark.parametrize(
    ("order", "known", "kind", "is_off", "words"),
    [
        ({}, {"copies": 2}, "doubled", True, "There are 2 sales orders for it."),
        ({"total_inc_tax": None}, {}, "total", True, "The store's total couldn’t be read."),
        (
            {"total_inc_tax": Decimal("21.5")},
            {},
            "total",
            True,
            "edited in the store after its import. The total is 21.50",
        ),
        ({"total_inc_tax": Decimal(21)}, {"is_read_again": True}, "total", False, "It is being read again."),
        ({"total_inc_tax": Decimal(21)}, {"undone": ("status waiting",)}, "total", False, "It is being read again."),
        ({"total_inc_tax": Decimal(21)}, {"undone": ("status failed",)}, "total", True, "It was edited"),
        (
            {"total_inc_tax": Decimal(21)},
            {"reason_code": "conflict", "reason": "A line was shipped."},
            "total",
            False,
            "A newer version wasn’t imported: A line was shipped. See Needs attention.",
        ),
        (
            {"status_id": 10},
            {},
            "status",
            False,
            "Someone has changed it there since. It’s Completed there; Awaiting Ship",
        ),
        ({"status_id": 10}, {"undone": ("status sending",)}, "status", False, "An update is on its way."),
        ({"status_id": 10}, {"undone": ("status failed",)}, "status", False, "An update was refused."),
        ({"status_id": NEW}, {}, "status", False, "Someone set it back, so it will be imported again"),
        ({"status_id": 12}, {"onto": 12}, "status", True, "It’s back in its earlier status."),
        ({"status_id": 5}, {"onto": 5, "status_seen": 5}, "status", False, "Someone has changed it there since."),
        (
            {"items_shipped": 2},
            {},
            "shipment_here",
            False,
            "The store shows 2 items shipped; 0 items are known here.",
        ),
        ({"items_shipped": 1}, {"items_shipped_seen": 1}, "shipment_here", True, "The store shows 1 item shipped"),
        (
            {"items_shipped": 1},
            {"items_shipped_seen": 1, "shipments_to_read": True},
            "shipment_here",
            False,
            "The store shows 1 item shipped",
        ),
        (
            {},
            {"shipped": 3},
            "shipment_there",
            True,
            "0 items shipped, but 3 items were: a shipment was probably deleted there",
        ),
        ({}, {"undone": ("create_shipment waiting",)}, "shipment_there", False, "A parcel is on its way to the store."),
        (
            {},
            {"undone": ("create_shipment failed",)},
            "shipment_there",
            False,
            "The store is missing one of our parcels.",
        ),
    ],
)
def test_each_difference_of_an_imported_order_is_explained(
    order: dict[str, Any], known: dict[str, Any], kind: str, is_off: bool, words: str
) -> None:
    """Off is only what nothing explains, and that has a next step."""
    found = the_one(there(**order), here(**known))
    assert (found.kind, found.is_off) == (kind, is_off)
    assert words in found.sentence
    assert found.next_step or not found.is_off


def test_what_the_store_does_after_a_shipment_is_no_difference_of_status() -> None:
    """It moves the order by itself."""
    shipped = there(status_id=StatusId.SHIPPED, items_shipped=2)
    assert compare(integration(), shipped, here(shipped=2, items_shipped_seen=2)) == []
    assert the_one(there(status_id=StatusId.SHIPPED), here()).kind == "status"


@pytest.mark.parametrize(
    ("order", "known", "kind", "is_off", "words"),
    [
        ({"status_id": 2}, None, "missing", True, "It’s Shipped in the store and was never imported."),
        ({}, None, "missing", True, "It’s Awaiting Shipment in the store and was never imported"),
        (
            {},
            NOT_HERE | {"state": "not_imported", "reason": "Unknown product X.", "next_step": "Add it."},
            "not_imported",
            False,
            "Unknown product X.",
        ),
        ({}, NOT_HERE | {"state": "ignored", "reason": "It is a test."}, "ignored", False, "It is a test."),
        (
            {"status_id": NEW},
            NOT_HERE | {"state": "undecided"},
            "waiting",
            False,
            "It will be imported on one of the next syncs",
        ),
        ({"status_id": NEW}, None, "waiting", False, "It will be imported on one of the next syncs."),
        (
            {"status_id": NEW, "date_modified_text": ""},
            None,
            "waiting",
            False,
            "It will be imported on one of the next syncs",
        ),
    ],
)
def test_each_order_that_is_not_imported_is_explained(
    order: dict[str, Any], known: dict[str, Any] | None, kind: str, is_off: bool, words: str
) -> None:
    """Missing is what nobody decided on, and was paid for."""
    found = the_one(there(**order), None if known is None else here(**known))
    assert (found.kind, found.is_off) == (kind, is_off)
    assert words in found.sentence


def test_what_should_have_come_is_missing_unless_the_store_is_not_read() -> None:
    """Long before the last list it stood there; a paused store, or one of first orders only, explains it."""
    long_since = there(status_id=NEW, date_modified_text=(LISTED - timedelta(minutes=6)).isoformat())
    lately = there(status_id=NEW, date_modified_text=(LISTED - timedelta(minutes=4)).isoformat())
    assert (the_one(long_since, None).kind, the_one(lately, None).kind) == ("missing", "waiting")
    assert "paused" in the_one(long_since, None, paused=True).sentence
    assert "Only the first 3 orders" in the_one(long_since, None, first_orders=3).sentence


@pytest.mark.parametrize("order", [{"is_deleted": True}, {"status_id": StatusId.PENDING}, {"status_id": 5}])
def test_an_order_outside_import_is_none_of_ours(order: dict[str, Any]) -> None:
    """Not paid, cancelled, deleted: it is counted, and no difference."""
    assert compare(integration(), there(**order), None) is None


def test_an_order_that_is_gone_is_off_unless_we_are_done_with_it() -> None:
    """A shipped or cancelled one may be archived."""
    assert gone(here()).is_off
    assert gone(here()).next_step
    assert not gone(here(role="shipped")).is_off
    assert not gone(here(role="cancelled")).is_off
