"""The import preview says what an import then does, and leaves no trace."""

from collections import Counter

import pytest
from django.apps import apps
from django.db import connection

from counterfoil.intake.importing.preview import Previewed, preview
from counterfoil.intake.importing.sync import ImportCounts, import_waiting_orders
from counterfoil.sales.models import SalesOrder
from counterfoil.stores.models import Conflict, UnknownProduct, WebIntegration, WebOrder
from counterfoil.stores.sync.session import open_session
from tests.factories import ERROR, NEW, connect, fresh, run_sync
from tests.intake.defects import refuse_to_keep
from tests.sandbox_store import SandboxStore
from tests.scale import at_full_size

pytestmark = pytest.mark.django_db


def previewed(integration: WebIntegration, *order_ids: int) -> dict[int, Previewed]:
    """What the preview says, by BigCommerce order id."""
    with open_session(fresh(integration), seconds=300) as there:
        return {row.bigcommerce_order_id: row for row in preview(there, order_ids)}


def the_whole_database() -> dict[str, object]:
    """A fingerprint of every table of ours, and of the sales order numbers."""
    found: dict[str, object] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} AS t")
            found[model._meta.label] = cursor.fetchone()
        cursor.execute("SELECT last_value, is_called FROM sales_order_number")
        found["sales order numbers"] = cursor.fetchone()
    return found


def test_a_preview_of_300_orders_writes_no_row_and_nothing_to_the_store(store: SandboxStore) -> None:
    """The database is the same to the last byte, and the store was only read."""
    store.set(plan="enterprise")
    store.place(waiting := at_full_size(300, 100))
    integration = connect(store)
    before = the_whole_database()
    store.clear_calls()
    found = previewed(integration)
    assert len(found) == len(store.orders(status_id=NEW)) > 0.8 * waiting
    assert the_whole_database() == before
    assert {call["method"] for call in store.calls()} == {"GET"}


def test_a_preview_says_what_the_import_then_does(store: SandboxStore) -> None:
    """500 orders: new ones, changed ones, ones that are refused and ones in conflict; without exception."""
    ten = at_full_size(10, 2)
    store.set(plan="enterprise")
    known = store.place(13 * ten, kind="registered")
    integration = connect(store)
    run_sync(integration, seconds=300)
    _edit_in_the_store(store, known)
    _edit_here(known[: 6 * ten])
    WebIntegration.objects.update(unknown_product=UnknownProduct.REFUSE)
    store.place(20 * ten, kind="registered")
    for _ in range(6 * ten):
        store.place(1, kind="registered", coupon_discount="3.0000")
    store.place(12 * ten)
    before = the_whole_database()
    said = previewed(integration)
    assert the_whole_database() == before
    with open_session(fresh(integration), seconds=300) as there:
        import_waiting_orders(there, ImportCounts())
    done = {order_id: _became(order_id) for order_id in said}
    assert {order_id: (row.will, row.reason) for order_id, row in said.items()} == done
    counts = Counter(row.will for row in said.values())
    in_conflict = [row for row in said.values() if any(change.waits for change in row.changes)]
    assert len(said) >= 50 * ten
    assert min(counts["import"], counts["update"], counts["not_import"], len(in_conflict)) >= 5 * ten


def _edit_in_the_store(store: SandboxStore, known: list[int]) -> None:
    for order_id in known:
        store.edit(order_id, customer_message=f"Please hurry {order_id}", status_id=NEW.value)


def _edit_here(order_ids: list[int]) -> None:
    SalesOrder.objects.filter(web_order__bigcommerce_order_id__in=order_ids).update(customer_message="Changed here")


def _became(order_id: int) -> tuple[str, str]:
    web_order = WebOrder.objects.get(bigcommerce_order_id=order_id)
    if web_order.reason_code:
        return "not_import", web_order.reason
    line = web_order.integration.log.filter(import_id=web_order.import_id).first()
    assert line is not None
    will = {"imported": "import", "updated": "update", "unchanged": "nothing", "ignored": "ignore"}[line.kind]
    return will, "" if will == "import" else line.text


def test_an_update_is_shown_field_by_field(store: SandboxStore) -> None:
    """What would change, from what to what; what waits for a person is marked."""
    (order_id,) = store.place(1, kind="registered")
    integration = connect(store)
    run_sync(integration)
    store.edit(order_id, customer_message="Ring twice", status_id=NEW.value)
    (row,) = previewed(integration).values()
    (change,) = row.changes
    assert (row.will, change.field, change.after, change.waits) == ("update", "customer message", "Ring twice", False)
    assert not Conflict.objects.exists()


def test_any_order_can_be_previewed_whatever_its_status(store: SandboxStore) -> None:
    """Also one in no new order status; one the store does not have is refused with the store's reason."""
    (order_id,) = store.place(1, kind="registered", status_id=ERROR.value)
    integration = connect(store)
    found = previewed(integration, order_id, 999_999)
    assert [row.will for row in found.values()] == ["import", "not_import"]
    assert found[order_id].client
    assert found[order_id].total is not None
    assert "doesn’t have this order" in found[999_999].reason


def test_a_new_client_and_a_known_one_are_told_apart(store: SandboxStore) -> None:
    """The preview says which rule found the client, and where a new one would be made."""
    store.place(1, kind="registered", seed=5)
    integration = connect(store)
    (row,) = previewed(integration).values()
    assert row.matched_by == "new"
    run_sync(integration)
    (again,) = previewed(integration, row.bigcommerce_order_id).values()
    assert again.client == row.client


def test_what_cannot_be_read_just_now_is_said_of_its_order_alone(store: SandboxStore) -> None:
    """An order's lines that are gone, that cannot be read now, or a defect of the program: the others are shown."""
    gone, later = (store.place(1, kind="over_fifty_lines")[0] for _ in range(2))
    broken, good = store.place(2, kind="guest")
    integration = connect(store)
    store.fault("GET", f"^/v2/orders/{gone}/products", status=404)
    store.fault("GET", f"^/v2/orders/{later}/products", status=200, body={"no": "list"})
    refuse_to_keep(broken)
    found = previewed(integration)
    assert {order_id: (row.will, row.code) for order_id, row in found.items()} == {
        gone: ("not_import", "not_in_store"),
        later: ("not_import", "try_again"),
        broken: ("not_import", "defect"),
        good: ("import", ""),
    }
    assert found[later].next_step == "Try again later."
    assert not WebOrder.objects.exists()
