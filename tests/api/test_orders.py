"""Sales orders by the API: lists that miss nothing, documents, what is changed."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counterfoil.sales.models import SalesOrder
from counterfoil.sales.orders.edit import edit_order
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.json_output import json_text
from counterfoil.stores.order_documents import RELATED, order_document
from tests.api.factories import Program, a_program
from tests.web.factories.orders import a_foreign_shipment, a_shipment, a_store, an_order


def walked(program: Program, path: str = "/orders", **asked: object) -> list[str]:
    """The import IDs of all pages, in their order."""
    found, page = [], program.get(path, **asked).json()
    while True:
        found += [order["import_id"] for order in page["data"]]
        if page["next"] is None:
            return found
        page = program.get(page["next"]).json()


@pytest.mark.django_db
def test_an_order_is_the_document_of_the_command_line_with_its_version() -> None:
    order = an_order(a_store())
    a_shipment(order)
    a_foreign_shipment(order)
    answer = a_program("read").get(f"/orders/{order.import_id}")
    loaded = SalesOrder.objects.select_related(*RELATED).get(pk=order.pk)
    assert answer.content.decode() == json_text(order_document(loaded))
    assert answer.json()["shipments"][0]["parcels"][0]["items"]
    assert answer.json()["store_shipments"]
    assert answer.json()["total"] == str(order.total)
    assert answer.json()["order_date"].endswith("Z")
    assert answer["ETag"].strip('"')
    assert a_program("read", name="By number").get(f"/orders/{order.number}").json() == answer.json()


@pytest.mark.django_db
def test_a_page_of_100_orders_with_lines_takes_8_statements_and_one_order_10() -> None:
    store = a_store()
    orders = [an_order(store, number) for number in range(1, 102)]
    for order in orders[:3]:
        a_shipment(order)
        a_foreign_shipment(order)
    program = a_program("read")
    program.get("/orders")  # the first request of a minute notes that the token was used
    with CaptureQueriesContext(connection) as page:
        assert len(program.get("/orders", include="lines", limit=100, store="WEB-").json()["data"]) == 100
    assert len(page) <= 8, [each["sql"][:100] for each in page]
    with CaptureQueriesContext(connection) as one:
        assert program.get(f"/orders/{orders[0].import_id}").status_code == 200
    assert len(one) <= 10, [each["sql"][:100] for each in one]


@pytest.mark.django_db
def test_a_walk_over_all_pages_sees_each_order_once_while_orders_come_and_change() -> None:
    store = a_store()
    for number in range(1, 10):
        an_order(store, number)
    program = a_program("read")
    assert walked(program, limit=2) == [f"WEB-{number}" for number in range(9, 0, -1)]
    assert walked(program, limit=3, sort="order_date") == [f"WEB-{number}" for number in range(1, 10)]
    first = program.get("/orders", limit=4).json()
    an_order(store, 99)
    put_on_hold(SalesOrder.objects.get(import_id="WEB-5").pk, "Wait", by="Ada")
    rest = walked(program, first["next"])
    assert [order["import_id"] for order in first["data"]] + rest == [f"WEB-{number}" for number in range(9, 0, -1)]


@pytest.mark.django_db
def test_the_list_is_narrowed_as_the_page_is() -> None:
    store = a_store()
    held, shipped, other = an_order(store, 1), an_order(store, 2), an_order(a_store("EU-"), 3)
    put_on_hold(held.pk, "Wait", by="Ada")
    a_shipment(shipped)
    program = a_program("read")
    assert walked(program, show="held") == ["WEB-1"]
    assert walked(program, show="to_ship", store="EU-") == [other.import_id]
    assert walked(program, q="WEB-2") == ["WEB-2"]
    assert walked(program, status="new", since="2020-01-01", until="2999-12-31", store="WEB-") == ["WEB-1"]
    assert walked(program, until="2020-01-01") == []
    assert program.get("/orders", status="Nonsense").json()["field"] == "status"
    assert program.get("/orders", store="NO-").status_code == 404
    assert program.get("/orders", include="everything").json()["field"] == "include"


@pytest.mark.django_db(transaction=True)
def test_changes_are_followed_without_missing_one_that_is_committed_late() -> None:
    """A transaction that began to write first and ends last holds the list back until it has ended."""
    store = a_store()
    slow, quick = an_order(store, 1), an_order(store, 2)
    program, long_ago = a_program("read"), (timezone.now() - timedelta(days=1)).isoformat()
    _age_all()
    page = program.get("/orders", updated_since=long_ago).json()
    assert [order["import_id"] for order in page["data"]] == ["WEB-1", "WEB-2"]
    written, go_on = Event(), Event()

    def write_slowly() -> None:
        with transaction.atomic():
            edit_order(slow.pk, by="Ada", notes="Slow")
            written.set()
            assert go_on.wait(30)
        connection.close()

    thread = Thread(target=write_slowly)
    thread.start()
    assert written.wait(30)
    edit_order(quick.pk, by="Ada", notes="Quick")
    meanwhile = program.get("/orders", updated_since=long_ago, cursor=page["cursor"]).json()
    go_on.set()
    thread.join()
    assert meanwhile["data"] == []
    found: list[str] = []
    cursor = meanwhile["cursor"]
    while len(found) < 2:
        answer = program.get("/orders", updated_since=long_ago, cursor=cursor, limit=1).json()
        found += [order["import_id"] for order in answer["data"]]
        cursor = answer["cursor"]
    assert sorted(found) == ["WEB-1", "WEB-2"]


def _age_all() -> None:
    """As if all orders had been changed a minute ago."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sales_salesorder DISABLE TRIGGER touched")
        cursor.execute("UPDATE sales_salesorder SET updated_at = updated_at - interval '1 minute'")
        cursor.execute("ALTER TABLE sales_salesorder ENABLE TRIGGER touched")


@pytest.mark.django_db(transaction=True)
def test_every_change_of_an_order_or_a_part_of_it_is_a_new_version() -> None:
    order = an_order(a_store())
    program = a_program()
    path = f"/orders/{order.import_id}"
    versions = [program.get(path)["ETag"]]

    def changed() -> None:
        versions.append(program.get(path)["ETag"])

    edit_order(order.pk, by="Ada", notes="Changed")
    changed()
    put_on_hold(order.pk, "Wait", by="Ada")
    changed()
    put_on_hold(order.pk, "", by="Ada")
    changed()
    a_shipment(order)
    changed()
    order.addresses.filter(kind="ship_to").update(city="Turin")
    changed()
    assert len(set(versions)) == 6
    program.get(path)
    assert program.get(path)["ETag"] == versions[-1]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_overwritten_that_nobody_has_seen() -> None:
    order = an_order(a_store())
    program = a_program()
    path = f"/orders/{order.import_id}"
    seen = program.get(path)["ETag"]
    edit_order(order.pk, by="Ada", notes="Meanwhile")
    late = program.post(f"{path}/status", {"status": "Released"}, If_Match=seen)
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert program.get(path).json()["status"] == "New"
    now = program.post(f"{path}/status", {"status": "Released"}, If_Match=late["ETag"])
    assert (now.status_code, now.json()["status"], now.json()["changed"]) == (200, "Released", True)
    assert now["ETag"] == program.get(path)["ETag"] != seen


@pytest.mark.django_db
def test_status_hold_and_release_say_what_the_page_says() -> None:
    order = an_order(a_store())
    program = a_program()
    path = f"/orders/{order.import_id}"
    doubtful = program.post(f"{path}/status", {"status": "shipped"})
    assert (doubtful.status_code, doubtful.json()["code"]) == (409, "doubtful")
    assert "still open" in doubtful.json()["detail"]
    assert "anyway" in doubtful.json()["next_step"]
    held = program.post(f"{path}/hold", {"reason": "Address verified."})
    assert held.json()["hold"] == {"reason": "Address verified.", "overridden_by": ""}
    refused = program.post(f"{path}/shipments", {"parcels": [{}]})
    assert refused.status_code == 409
    assert refused.json()["detail"] == "The order is on hold. Address verified."
    assert refused.json()["next_step"]
    released = program.post(f"{path}/release", {"why": "They called."})
    assert released.json()["hold"]["overridden_by"] == "Warehouse (API)"
    assert program.post(f"{path}/status", {"status": "shipped", "anyway": True}).json()["status"] == "Shipped"
    by = {change["by"] for change in program.get(path).json()["history"]}
    assert by == {"Ada", "Warehouse (API)"}  # Ada made the example
