"""What commands print for people: sentences and tables, no Python values and no names of the program's own."""

import re
from pathlib import Path

import pytest

from counterfoil.accounts.models import AuditEntry
from counterfoil.sales.models import OrderStatus, SalesOrder
from counterfoil.sales.orders.status import change_status
from counterfoil.stores.models import StatusMapping
from tests.platform.commands import run
from tests.sales.factories import draft, line, placed
from tests.web.factories.orders import (
    a_conflict,
    a_foreign_shipment,
    a_person,
    a_refused_order,
    a_shipment,
    a_store,
    an_order,
)

pytestmark = pytest.mark.django_db
PYTHON = re.compile(r"\bNone\b|\bTrue\b|\bFalse\b|Decimal\(|datetime|\[['\]]|[{}]|<\w+[.:]|\b[a-z]+_[a-z_]+\b")
"""A repr, an enumeration's name, a column of ours."""
READING = (
    *(("orders",), ("order", "WEB-1"), ("order", "1079"), ("log",), ("attention",), ("statuses",), ("carriers",)),
    *(("store", "list"), ("store", "show", "WEB-"), ("product", "list"), ("client", "list"), ("people", "list")),
    *(("where", "1"), ("where", "7"), ("check", "--books-only"), ("retry", "--all"), ("tidy",)),
    *(("store", "send-statuses", "WEB-"), ("client", "merge", "1", "2")),
)


def example_data() -> None:
    """Something of everything that a command lists."""
    store = a_store()
    a_person()
    order = an_order(store, 1, lines=3)
    a_shipment(order)
    a_conflict(order)
    a_foreign_shipment(order)
    a_refused_order(store, 7, code="unknown_product", payload=b"{}")
    by_hand = placed(draft(line(1)), import_id=None)
    SalesOrder.objects.filter(pk=by_hand.pk).update(number=1079)
    status = OrderStatus.objects.get(name="On Hold")
    change_status(by_hand.pk, status, by="Ada")
    StatusMapping.objects.create(integration=store, order_status=status, status_id=12)


@pytest.mark.django_db(transaction=True)
def test_no_command_prints_python() -> None:
    """All that list and show, of an installation that has something of everything."""
    example_data()
    said = {words: run(*words) for words in READING}
    own = ("import_id", "bigcommerce_order_id")
    odd = {
        " ".join(words): found
        for words, ended in said.items()
        if (found := [text for text in PYTHON.findall(ended.said + ended.complained) if text not in own])
    }
    assert odd == {}
    assert all(ended.said or ended.complained for ended in said.values())


def test_a_store_is_shown_in_sentences_and_tables() -> None:
    """Statuses by their names, with their numbers, as flags take them."""
    example_data()
    said = run("store", "show", "WEB-").said
    for words in (
        r"New order status +Awaiting Fulfillment \(11\)",
        r"Import error status +Manual Verification Required \(12\)",
        r"Do not import orders created before +–",
        r"Push order status updates +no",
        r"On Hold +Manual Verification Required \(12\)",
        r"Awaiting Payment \(7\) +14",
        r"\nWebhooks: none\. ",
        r"\nNote: ",
    ):
        assert re.search(words, said), (words, said)
    assert run("store", "show", "WEB-", "--json").json["new_statuses"] == [11]


def test_an_order_made_by_hand_is_shown_by_its_number() -> None:
    """It has no import ID, and nothing stands in its place; a hold is told with its reason."""
    example_data()
    said = run("order", "1079").said
    assert said.startswith("Sales order 1079, On Hold\nOn hold: Its order status puts it on hold.\n")


def test_an_order_is_shown_with_our_part_number_and_the_stores() -> None:
    """And with each discount's name."""
    order = an_order(a_store(), 1)
    added = run("product", "add", "GEAR-7", "Gear")
    assert added.code == 0, added
    assert "Sold as" not in run("order", "WEB-1").said
    said_so = run("product", "alias", "ENGINE-1", "GEAR-7", "--store", "WEB-")
    assert said_so.code == 0, said_so
    said = run("order", "WEB-1").said
    assert re.search(r"GEAR-7 +ENGINE-1 +Brass gear", said), said
    assert "Coupon WELCOME: " in said
    document = run("order", "WEB-1", "--json").json
    assert [(each["part_number"], each["sold_as"]) for each in document["lines"]] == [
        ("ENGINE-0", ""),
        ("GEAR-7", "ENGINE-1"),
    ]
    assert [(each["code"], each["name"]) for each in document["coupons"]] == [("WELCOME", "Coupon")]
    assert all(each["name"] and each["amount"] for each in document["lines"][0]["discounts"])
    run("ship", order.name, "--line", "ENGINE-1=1", "--tracking", "1Z9")
    run("ship", order.name, "--line", "gear-7", "--tracking", "1Z8")
    shipments = run("order", "WEB-1", "--json").json["shipments"]
    items = [item for each in shipments for parcel in each["parcels"] for item in parcel["items"]]
    assert items == [{"part_number": "GEAR-7", "sold_as": "ENGINE-1", "quantity": 1}] * 2


def test_shipping_one_order_does_not_speak_of_rows() -> None:
    """There are none; a file has them."""
    placed(draft(line(1)), import_id="WEB-1")
    assert run("ship", "WEB-1", "--line", "MUG=1").code == 0
    assert run("ship", "WEB-1").code == 0
    for words in (["--line", "MUG=1"], [], ["--line", "CUP=1"]):
        ended = run("ship", "WEB-1", *words)
        assert (ended.code, "row" in ended.complained.lower()) == (1, False), ended
    assert "Leave out the row." in run("ship", "--from", "-", given=b"order,sku\nWEB-1,MUG\n").said


@pytest.mark.parametrize(("count", "words"), [(1, "1 row shipped"), (2, "2 rows shipped")])
def test_one_is_one(count: int, words: str) -> None:
    """A number and its noun agree."""
    for number in range(1, count + 1):
        placed(draft(line(1)), import_id=f"WEB-{number}")
    rows = "".join(f"WEB-{number}\n" for number in range(1, count + 1))
    assert words in run("ship", "--from", "-", given=f"order\n{rows}".encode()).said


def test_the_audit_log_names_what_was_exported(tmp_path: Path) -> None:
    """All orders, those of a store, only new ones."""
    an_order(a_store(), 1)
    for flags in ([], ["--store", "WEB-"], ["--new-only"]):
        run("export", "--output", str(tmp_path / "orders.csv"), *flags)
    an_order(a_store("B-"), 2)
    said = run("export", "--output", str(tmp_path / "orders.csv"), "--new-only").said
    assert said.startswith("1 sales order in 2 rows written to ")
    about = [entry.about.partition(": ")[2] for entry in AuditEntry.objects.order_by("pk")]
    assert about == [
        "all sales orders",
        "Store: WEB-",
        "all sales orders, only orders not exported before",
    ]


def test_shipped_is_asked_about_on_the_command_line() -> None:
    """One flag says that it is meant; the other orders of the line go on."""
    placed(draft(line(1, quantity=1)), import_id="WEB-1")
    placed(draft(line(1)), import_id="WEB-2")
    run("ship", "WEB-2")
    run("set-status", "WEB-2", "Closed")
    ended = run("set-status", "WEB-1", "WEB-2", "Shipped")
    assert ended.code == 1
    assert ended.complained == (
        "WEB-1: 1 item is still open. Process a shipment? Use --anyway to change it to Shipped as it is.\n"
    )
    assert ended.said == "WEB-2: Closed → Shipped\n"
    assert run("set-status", "WEB-1", "Shipped", "--anyway").said == "WEB-1: New → Shipped\n"


def test_an_order_on_hold_by_its_status_is_released() -> None:
    """`release` as for any other hold; `set-status` ends it too."""
    placed(draft(line(1)), import_id="WEB-1")
    run("set-status", "WEB-1", "On Hold")
    ended = run("ship", "WEB-1")
    assert (ended.code, "on hold" in ended.complained) == (1, True)
    assert run("order", "WEB-1", "--json").json["hold"]["reason"] == "Its order status puts it on hold."
    assert run("release", "WEB-1", "--reason", "paid").said == "WEB-1 can be shipped.\n"
    assert run("ship", "WEB-1").code == 0
    assert run("order", "WEB-1", "--json").json["hold"] is None


def test_the_role_hold_is_given_on_the_command_line_as_the_others() -> None:
    assert run("statuses", "--role", "Picking", "hold").code == 0
    roles = {row["name"]: row["role"] for row in run("statuses", "--json").json}
    assert (roles["Picking"], roles["On Hold"]) == ("hold", "")
