"""The history of a sales order: one entry for what changed together, whose doing it was, page by page."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.sales.orders.status import change_status, put_on_hold
from counterfoil.stores.models import LogEntry, LogKind, StoreUpdate, UpdateState, WebOrder
from counterfoil.stores.weborders.timeline import Source, TimelineCursor
from counterfoil.web.orders import timeline
from counterfoil.web.orders.timeline import history
from counterfoil.web.ui.timeline import TimelineEntry
from tests.factories import NEW, connect, run_sync, sales_order, web_order
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db


def shown(order: SalesOrder, side: str = "", after: str = "") -> list[TimelineEntry]:
    """A page of its history."""
    return history(order, WebOrder.objects.get(sales_order=order), side=side, after=after).happenings


def page(client: Client, order: SalesOrder, **asked: str) -> str:
    """The tab."""
    return client.get(reverse("order", args=[order.number]), {"tab": "history"} | asked).content.decode()


def an_order_that_was_imported_again(store: SandboxStore) -> SalesOrder:
    """Its address, its message and its lines were changed in the store, then it was set back to new."""
    integration = connect(store)
    (number,) = store.place(1)
    run_sync(integration)
    header = store.order(number)["header"]
    address = header["billing_address"] | {"street_1": "1 Dorset Street", "city": "London"}
    store.edit(number, customer_message="Ring twice", billing_address=address, status_id=NEW)
    run_sync(integration)
    return sales_order(number)


def test_a_re_import_is_one_entry_that_unfolds_field_by_field(store: SandboxStore, clerk: Client) -> None:
    """Old and new value of each field, and the digest of what came; the log's own line is not repeated next to it."""
    order = an_order_that_was_imported_again(store)
    (again,) = [each for each in shown(order) if each.what == "Imported again"]
    assert {change.field for change in again.changes} >= {"customer message", "Bill to street 1", "Bill to city"}
    assert again.digest == web_order(int(order.web_order_number)).digest
    text = page(clerk, order)
    assert f"<summary>{len(again.changes)} changed.</summary>" in text
    assert re.search(
        r"Customer message</strong>: <span class=\"before\">.*</span> → <span class=\"after\">Ring twice", text
    )
    assert again.digest in text
    assert "The sales order was updated" not in text


def test_fields_that_changed_together_here_are_one_entry_too() -> None:
    """Many quantities at once; alone a field stands with both values."""
    order = an_order(a_store())
    order.changes.all().delete()
    at = datetime(2026, 11, 3, tzinfo=UTC)
    for field in ("cancelled of line 1", "cancelled of line 2"):
        order.changes.create(at=at, by="Ada", field=field, before="0", after="1", why="Sold out")
    (together,) = shown(order, "here")
    assert (together.text, together.why, len(together.changes)) == ("2 fields changed", "Sold out", 2)


def test_it_is_narrowed_to_whose_doing_it_was(clerk: Client) -> None:
    """Done here, from the store, to the store, printed."""
    order = an_order(a_store())
    a_shipment(order, sent=False)
    clerk.post(reverse("printed"), {"what": "pick_list", "order": order.number})
    change_status(order.pk, OrderStatus.objects.get(name="Closed"), by="BigCommerce")
    assert {each.what for each in shown(order, "here")} == {"Changed", "Shipped"}
    assert {(each.what, each.by) for each in shown(order, "store")} == {("Changed", "BigCommerce"), ("Imported", "")}
    assert {each.what for each in shown(order, "told")} == {"Store update: sent", "Store update: failed"}
    assert [each.text for each in shown(order, "printed")] == ["Pick list."]
    everything = {each.what for side in ("here", "store", "told", "printed") for each in shown(order, side)}
    assert {each.what for each in shown(order)} == everything
    assert 'href="?tab=history&amp;side=told" aria-current="true"' in page(clerk, order, side="told")


def test_a_failure_is_told_once() -> None:
    """The log's line about it and the update's own reason are the same thing."""
    order = an_order(a_store())
    a_shipment(order, sent=False)
    update = StoreUpdate.objects.get(state=UpdateState.FAILED)
    StoreUpdate.objects.filter(pk=update.pk).update(ended_at=update.created_at)
    LogEntry.objects.create(
        integration=update.web_order.integration,
        import_id="WEB-10234",
        kind=LogKind.NOT_SENT,
        text=update.reason,
        at=update.created_at + timedelta(milliseconds=5),
    )
    assert [each.what for each in shown(order, "told") if update.reason in each.text] == ["Store update: failed"]


def test_a_hold_is_told_once() -> None:
    """In the words of the log, which say more than the field does."""
    order = an_order(a_store())
    order.changes.all().delete()
    put_on_hold(order.pk, "The order was cancelled in the store.", by="BigCommerce")
    text = "On hold: The order was cancelled in the store."
    integration = WebOrder.objects.get(sales_order=order).integration
    LogEntry.objects.create(integration=integration, import_id="WEB-10234", kind=LogKind.UPDATED, text=text)
    assert shown(order, "store")[0].text == text
    assert "hold" not in [each.text for each in shown(order)]


def test_a_long_history_is_paged_and_nothing_is_left_out(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where many items have the same moment."""
    monkeypatch.setattr(timeline, "PER_PAGE", 7)
    order = an_order(a_store())
    behind = WebOrder.objects.get(sales_order=order)
    at = datetime(2026, 11, 3, tzinfo=UTC)
    for number in range(20):
        LogEntry.objects.create(
            integration=behind.integration, import_id="WEB-10234", kind=LogKind.SETTINGS, text=f"{number}", at=at
        )
    texts, after = [], ""
    while True:
        found = history(order, behind, side="store", after=after)
        texts += [each.text for each in found.happenings]
        after = found.older
        if not after:
            break
    assert len(texts) == len(set(texts)) == 21
    text = page(clerk, order)
    assert ">Older</a>" in text
    assert ">Newest</a>" not in text
    assert ">Newest</a>" in page(clerk, order, after=history(order, behind).older)


@pytest.mark.parametrize(
    "after", ["x", "2026-11-03T00:00:00~log~1", "2026-11-03T00:00:00+00:00~me~1", "~~", "\x00~log~1"]
)
def test_a_place_that_is_none_shows_the_newest(after: str, clerk: Client) -> None:
    """Nonsense in the address is passed over."""
    order = an_order(a_store())
    assert "Imported as a new sales order." in page(clerk, order, after=after, side="nonsense")


def test_a_place_comes_back_from_an_address_as_it_was_to_the_microsecond() -> None:
    place = TimelineCursor(datetime(2026, 11, 3, 1, 2, 3, 456789, tzinfo=UTC), Source.LOG, 7)
    assert TimelineCursor.read(str(place)) == place


def test_who_did_it_stands_apart_from_what_was_done(viewer: Client) -> None:
    """Also where nobody gave a reason."""
    order = an_order(a_store())
    a_shipment(order)
    text = unescape(re.sub("<[^>]*>", "", page(viewer, order)))
    assert "by Ada" in text
    assert not re.search(r"\Sby Ada", text)
