"""The checker: it holds on an installation in order, and finds each promise broken when it is broken on purpose."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from counterfoil.platform.checking import Report, check
from counterfoil.sales.models import Client, ClientKey
from counterfoil.stores.models import (
    LogEntry,
    LogKind,
    Payload,
    StoreState,
    StoreUpdate,
    WebIntegration,
    WebOrder,
    WebShipment,
)
from tests.dispatch.factories import imported, lines_of, ship, ship_there
from tests.factories import connect, fresh, run_sync
from tests.platform.commands import run
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db(transaction=True)


def looked(integration: WebIntegration, **options: Any) -> Report:
    """What the checker reports of one store."""
    return check([fresh(integration)], lock_wait=0, **options)


def sql(statement: str, *values: object) -> None:
    """Writes past the program, as a fault would; the first constraint in the way is dropped by the test."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def shipped(store: SandboxStore) -> tuple[int, WebIntegration]:
    """An order that was imported, acknowledged, and shipped in one parcel that the store has."""
    order_id, integration = imported(store)
    ship(order_id, tracking_number="1Z999AA10123456784")
    run_sync(integration)
    run_sync(integration)  # its poll sees what the shipment did to the status
    return order_id, integration


def test_an_installation_in_order_breaks_no_promise(shipped: tuple[int, WebIntegration]) -> None:
    """Nothing is found, nothing is under way, and what was looked at is counted."""
    report = looked(shipped[1])
    assert report.findings == []
    assert not +report.under_way
    assert report.looked_at["orders_in_store"] == report.looked_at["payloads"] == 1
    assert report.looked_at["orders_with_parcels"] == 1
    assert report.api_calls == 2


def test_the_checker_writes_nothing(shipped: tuple[int, WebIntegration], store: SandboxStore) -> None:
    """No row changes and no request but reading ones leaves."""
    store.clear_calls()
    before = [list(model.objects.order_by("pk").values()) for model in (WebOrder, StoreState, StoreUpdate, LogEntry)]
    looked(shipped[1])
    after = [list(model.objects.order_by("pk").values()) for model in (WebOrder, StoreState, StoreUpdate, LogEntry)]
    assert before == after
    assert {call["method"] for call in store.calls()} == {"GET"}


def _lose_the_order(_order_id: int) -> None:
    WebOrder.objects.update(import_id="WEB-other")


def _lose_a_line(order_id: int) -> None:
    sql("SET session_replication_role = replica")  # no foreign key keeps it
    sql("DELETE FROM sales_parcelitem")
    sql("DELETE FROM sales_orderline WHERE order_id = %s AND position = 0", lines_of(order_id)[0].order_id)


def _change_the_money(order_id: int) -> None:
    line = lines_of(order_id)[0]
    sql("UPDATE sales_orderline SET extended = extended + 1, total = total + 1 WHERE id = %s", line.pk)
    sql("UPDATE sales_salesorder SET subtotal = subtotal + 1, total = total + 1 WHERE id = %s", line.order_id)


def _double_a_key(_order_id: int) -> None:
    sql("ALTER TABLE sales_clientkey DROP CONSTRAINT key_belongs_to_one_client")
    key = ClientKey.objects.all()[0]
    ClientKey.objects.create(
        client=Client.objects.create(name="Twin"), source=key.source, rule=key.rule, value=key.value
    )


def _mistake_the_status(_order_id: int) -> None:
    WebOrder.objects.update(status_seen=7, status_seen_at=timezone.now() + timedelta(hours=1))
    StoreState.objects.update(glanced_at=timezone.now() + timedelta(days=1))


def _forget_to_tell_of_a_parcel(_order_id: int) -> None:
    StoreUpdate.objects.filter(kind="create_shipment").delete()


def _leave_a_job_running(_order_id: int) -> None:
    sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status) "
        "VALUES ('stores', 'x', '', '{}', 'doing')"
    )


def _update_without_a_version(order_id: int) -> None:
    web_order = WebOrder.objects.get(bigcommerce_order_id=order_id)
    text = "The sales order was updated: 1 changed."
    LogEntry.objects.create(
        integration_id=web_order.integration_id, import_id=web_order.import_id, kind=LogKind.UPDATED, text=text
    )


def _leave_something_undecided(_order_id: int) -> None:
    """As a crash leaves it, and then nobody comes."""
    integration = WebIntegration.objects.get()
    lost = WebOrder.objects.create(integration=integration, bigcommerce_order_id=9, import_id="WEB-9")
    lost.payload = Payload.objects.create(web_order=lost, order=b"{}", read_at=timezone.now())
    lost.save()


def _show_a_secret(_order_id: int) -> None:
    token = WebIntegration.objects.get().access_token.reveal()
    LogEntry.objects.update(text=f"The store answered: X-Auth-Token {token} is unknown.")


BREAKS = {
    "I1": _lose_the_order,
    "I2": _leave_something_undecided,
    "I3": _lose_a_line,
    "I3 money": _change_the_money,
    "I4": _double_a_key,
    "I5": _mistake_the_status,
    "I6": _forget_to_tell_of_a_parcel,
    "I7": _leave_a_job_running,
    "I8": _update_without_a_version,
    "I9": _show_a_secret,
}


@pytest.mark.parametrize("promise", BREAKS)
def test_each_promise_that_is_broken_is_found(promise: str, shipped: tuple[int, WebIntegration]) -> None:
    """A fault planted in the sales data is found under its promise, with a sentence and what to do."""
    order_id, integration = shipped
    constraint_of_keys = "key_belongs_to_one_client"
    breaks: Callable[[int], None] = BREAKS[promise]
    try:
        breaks(order_id)
        report = looked(integration)
    finally:
        sql("SET session_replication_role = DEFAULT")
        sql("DELETE FROM procrastinate_jobs WHERE task_name = 'x'")
        if promise == "I4":
            ClientKey.objects.all().delete()
            sql(f"ALTER TABLE sales_clientkey ADD CONSTRAINT {constraint_of_keys} UNIQUE (source, rule, value)")
    assert report.found(promise.split()[0]) >= 1
    assert all(each.sentence and each.next_step for each in report.findings)


def test_an_order_that_was_never_seen_is_found(store: SandboxStore) -> None:
    """It waits in the store, and the last poll was long after it came."""
    integration = connect(store)
    run_sync(integration)
    (order_id,) = store.place(1, kind="guest")
    assert looked(integration).under_way["I2"] == 1
    StoreState.objects.update(glanced_at=timezone.now() + timedelta(hours=1))
    (finding,) = [each for each in looked(integration).findings if each.promise == "I2"]
    assert (finding.promise, finding.import_id) == ("I2", f"WEB-{order_id}")


def test_a_shipment_that_vanished_from_the_store_is_found(
    shipped: tuple[int, WebIntegration], store: SandboxStore
) -> None:
    """We say sent, the store has none."""
    order_id, integration = shipped
    shipment_id = WebShipment.objects.get().bigcommerce_shipment_id
    store.api("DELETE", f"/v2/orders/{order_id}/shipments/{shipment_id}")
    (finding,) = [each for each in looked(integration).findings if each.promise == "I6"]
    assert "isn’t in the store" in finding.sentence


def test_a_shipment_made_twice_is_found(store: SandboxStore) -> None:
    """The same parcel twice in the store is what a shopper would notice."""
    order_id, integration = imported(store, quantities=(2,))
    ship(order_id, 1, tracking_number="TRACK-1")
    run_sync(integration)
    line = store.order(order_id)["lines"][0]
    address = WebShipment.objects.get().order_address_id
    items = [{"order_product_id": line["id"], "quantity": 1}]
    store.ship(order_id, tracking_number="TRACK-1", order_address_id=address, items=items)
    sentences = [each.sentence for each in looked(integration).findings if each.promise == "I6"]
    assert len(sentences) == 1
    assert "created twice" in sentences[0]


def test_a_store_that_does_not_answer_is_named_and_judged_by_the_database_alone(
    shipped: tuple[int, WebIntegration], store: SandboxStore
) -> None:
    """It is not counted as held."""
    store.fault(status=401)
    report = looked(shipped[1])
    assert report.holds
    assert list(report.not_asked) == ["WEB-"]


def test_the_command_ends_with_what_it_found(shipped: tuple[int, WebIntegration], store: SandboxStore) -> None:
    """0 when all holds, 1 when something does not, 3 when a store could not be asked."""
    assert shipped
    whole = run("check", "--json")
    assert (whole.code, whole.json["holds"], whole.json["findings"]) == (0, True, [])
    assert "One sales order for each imported order" in run("check", "--books-only").said
    _update_without_a_version(shipped[0])
    broken = run("check", "WEB-", "--since", "2020-01-01", "--json")
    assert (broken.code, broken.json["findings"][0]["promise"]) == (1, "I8")
    store.fault(status=401)
    assert run("check").code == 3
    assert run("check", "NONE-").code == 2


def test_a_shipment_that_was_adopted_is_the_parcel_s_however_its_number_is_spelled(store: SandboxStore) -> None:
    """Another app wrote it with blanks."""
    order_id, integration = imported(store, quantities=(3,))
    ship_there(store, order_id, 1, tracking_number="1z day")
    ship(order_id, 1, tracking_number="1ZDAY")
    run_sync(integration)
    run_sync(integration)
    assert looked(integration).findings == []


def test_a_shipment_whose_lines_were_replaced_afterwards_is_the_parcel_s_still(store: SandboxStore) -> None:
    """The store's shipment names the lines that it left with; another quantity is found all the same."""
    order_id, integration = imported(store, quantities=(3, 2))
    parcel = ship(order_id, 1, 0)
    run_sync(integration)
    line = store.order(order_id)["lines"][0]["id"]
    store.edit(order_id, replace=[line])
    ship(order_id, 2, 0)
    run_sync(integration)
    run_sync(integration)
    assert looked(integration).findings == []
    parcel.items.update(quantity=2)
    assert "don’t have the same items" in " ".join(each.sentence for each in looked(integration).findings)
