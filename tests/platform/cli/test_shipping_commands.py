"""Ship, correct, void, hold and put into a status from the command line."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from counterfoil.sales.models import OrderStatus, Parcel, SalesOrder
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.stores.models import Carrier, StoreUpdate
from tests.platform.commands import Ended, run
from tests.sales.factories import draft, line, placed
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db


def two_lines(number: int = 1) -> SalesOrder:
    """WEB-1: two mugs and three pens."""
    lines = (line(1), line(2, part_number="PEN", quantity=3))
    order = placed(draft(*lines, web_order_number=str(number)), import_id=f"WEB-{number}")
    order.refresh_from_db()
    return order


def assert_sentence(ended: Ended, code: int, words: str) -> None:
    assert (ended.code, words in ended.complained) == (code, True), ended


def held(shipment: dict[str, Any]) -> list[dict[str, int]]:
    """What lies in each parcel of a shipment."""
    return [{item["part_number"]: item["quantity"] for item in parcel["items"]} for parcel in shipment["parcels"]]


def test_the_money_of_an_order_has_its_currency_s_places() -> None:
    """Yen are whole in the list of orders, in an order's lines and in its sums; for programs it stays as it is."""
    order = two_lines()
    order.currency, order.subtotal, order.shipping, order.total = "JPY", Decimal(1200), Decimal(0), Decimal(1200)
    order.save()
    order.lines.update(unit_price=Decimal(600), extended=Decimal(1200), total=Decimal(1200))
    assert run("orders").said.splitlines()[1].split()[-2:] == ["JPY", "1,200"]
    said = run("order", "WEB-1").said
    assert [line.split()[-1] for line in said.splitlines() if "MUG" in line or "PEN" in line] == ["1,200"] * 2
    assert "     total 1,200 JPY" in said
    assert run("order", "WEB-1", "--json").json["total"] == "1200"


def test_an_order_is_shipped_whole_with_its_tracking_number() -> None:
    """`ship IMPORT_ID --carrier --service --tracking`: all that is open, and the status follows."""
    two_lines()
    shipped = run("ship", "WEB-1", "--carrier", "UPS", "--service", "Ground", "--tracking", "1Z9", "--json")
    assert shipped.code == 0, shipped
    assert shipped.json["status"] == "Shipped"
    (shipment,) = shipped.json["shipments"]
    assert held(shipment) == [{"MUG": 2, "PEN": 3}]
    (parcel,) = shipment["parcels"]
    assert (parcel["carrier"], parcel["service"], parcel["tracking_number"]) == ("UPS", "Ground", "1Z9")
    assert (parcel["state"], parcel["voided"], parcel["belongs_to"]) == ("not_for_store", False, None)
    assert shipment["by"]
    assert shipment["processed_at"].endswith("Z")


def test_some_items_leave_the_rest_open() -> None:
    """`--line SKU=QTY`, whatever the SKU's case; without a quantity all of it."""
    order = two_lines()
    assert "2 × PEN" in run("ship", "WEB-1", "--line", "mug=1", "--line", "pen=2").said
    assert list(order.lines.values_list("shipped", flat=True)) == [1, 2]
    assert run("ship", "WEB-1", "--line", "PEN", "--json").json["status"] == "Partially Shipped"
    assert list(order.lines.values_list("shipped", flat=True)) == [1, 3]


def test_several_parcels_are_processed_at_once() -> None:
    """`--parcel` for each, with a carrier for all; `box` is a further box of the one before."""
    two_lines()
    shipped = run(
        *("ship", "WEB-1", "--carrier", "UPS", "--json", "--parcel", "tracking=1Z1,MUG=2,PEN=1"),
        *("--parcel", "tracking=1Z2,box", "--parcel", 'carrier=Van,"tracking_link=https://van.example/?a=1,2",PEN=2'),
    )
    assert shipped.code == 0, shipped
    (shipment,) = shipped.json["shipments"]
    assert held(shipment) == [{"MUG": 2, "PEN": 1}, {}, {"PEN": 2}]
    first, box, van = shipment["parcels"]
    assert (first["carrier"], box["carrier"], van["carrier"]) == ("UPS", "UPS", "Van")
    assert (box["belongs_to"], van["tracking_link"]) == (first["id"], "https://van.example/?a=1,2")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["WEB-9"], 2, "There’s no sales order WEB-9."),
        ([], 2, "Say what to ship"),
        (["WEB-1", "--export-open"], 2, "Say what to ship"),
        (["WEB-1", "--dry-run"], 2, "--dry-run goes with --from FILE."),
        (["--from", "x.csv", "--tracking", "1"], 2, "a file has columns for them"),
        (["--from", "/none/such.csv"], 2, "/none/such.csv can’t be read"),
        (["WEB-1", "--line", "MUG=x"], 2, "“MUG=x” isn’t SKU=QUANTITY"),
        (["WEB-1", "--line", "MUG=1", "--line", "mug=1"], 2, "mug is listed twice"),
        (["WEB-1", "--parcel", "MUG=1", "--line", "MUG=1"], 2, "give each parcel its own tracking and items"),
        (["WEB-1", "--line", "MUG=3"], 1, "3 × MUG is too many: 2 still open. Lower the quantity."),
        (["WEB-1", "--line", "CAP=1"], 1, "WEB-1 has no item CAP. It has: MUG, PEN."),
        (["WEB-1", "--line", "MUG=0"], 1, "A quantity to ship is at least 1."),
        (["WEB-1", "--tracking", "1" * 51], 1, "The tracking number has 51 characters"),
        (["WEB-1", "--tracking-link", "nowhere"], 1, "“nowhere” isn’t a web address."),
        (["WEB-1", "--parcel", "tracking=1,box"], 1, "The first parcel has no items."),
    ],
)
def test_what_cannot_be_shipped_is_said_and_ships_nothing(words: list[str], code: int, sentence: str) -> None:
    """2 for wrong usage, 1 for what is refused, with what to do."""
    two_lines()
    assert_sentence(run("ship", *words), code, sentence)
    assert not Parcel.objects.exists()


def test_a_refusal_is_json_for_programs_too() -> None:
    """With --json the sentence and the next step stand in the output."""
    two_lines()
    refused = run("ship", "WEB-1", "--line", "MUG=3", "--json")
    assert refused.code == 1
    assert refused.json == {
        "refused": "3 × MUG is too many: 2 still open.",
        "next_step": "Lower the quantity.",
    }


def test_a_file_is_tried_then_applied_then_skipped(tmp_path: Path) -> None:
    """`ship --from FILE`: each row answered; 1 when one was refused."""
    two_lines()
    path = tmp_path / "parcels.csv"
    path.write_text("import id;carrier;tracking;sku;qty\nWEB-1;UPS;1Z1;MUG;2.0\nWEB-2;Foo;1Z2;;\n", "utf-16")
    tried = run("ship", "--from", str(path), "--dry-run", "--json")
    assert tried.code == 1
    assert [row["outcome"] for row in tried.json] == ["ok", "refused"]
    assert not Parcel.objects.exists()
    two_lines(2)
    done = run("ship", "--from", str(path))
    assert (done.code, "2 rows shipped, 0 skipped, 0 refused." in done.said) == (0, True), done
    assert "“Foo” isn’t in the carrier list" in done.said
    again = run("ship", "--from", "-", "--json", given=path.read_bytes())
    assert [(row["row"], row["order"], row["outcome"]) for row in again.json] == [
        (2, "WEB-1", "skipped"),
        (3, "WEB-2", "skipped"),
    ]
    assert again.json[0]["parcel"] == Parcel.objects.earliest("pk").pk
    assert again.code == 0


def test_a_file_with_a_wrong_column_is_wrong_usage() -> None:
    """The column is named, and the ones there are."""
    ended = run("ship", "--from", "-", given=b"order,colour\nWEB-1,red\n")
    assert_sentence(ended, 2, "There’s no column “colour”. The columns are: order, carrier,")


def test_what_is_open_is_written_as_a_file(tmp_path: Path) -> None:
    """To a file that a spreadsheet opens, to standard output, and as JSON; it can be shipped as it is."""
    two_lines()
    path = tmp_path / "open.csv"
    assert run("ship", "--export-open", str(path)).code == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbforder,")
    row = run("ship", "--export-open").said.splitlines()[1]
    assert row.startswith('WEB-1,,Ground,,,"2 × MUG, ')
    assert run("ship", "--export-open", "--layout", "items").said.splitlines()[1] == "WEB-1,,Ground,,,MUG,2"
    assert run("ship", "--export-open", "--layout", "shipstation", "--json").json[0]["Order Number"] == "WEB-1"
    assert run("ship", "WEB-1", "--layout", "items").code == 2
    assert run("ship", "--export-open", "--json").json[1]["sku"] == "PEN"
    assert run("ship", "--from", str(path)).code == 0
    assert run("ship", "--export-open", "--json").json == []


def test_a_tracking_number_is_corrected_and_what_is_not_given_stays() -> None:
    """`correct PARCEL`; nothing new changes nothing."""
    two_lines()
    run("ship", "WEB-1", "--carrier", "UPS", "--tracking", "1Z1")
    number = str(Parcel.objects.get().pk)
    corrected = run("correct", number, "--tracking", "1Z2", "--json")
    assert (corrected.code, corrected.json["changed"]) == (0, True)
    (parcel,) = corrected.json["shipments"][0]["parcels"]
    assert (parcel["carrier"], parcel["tracking_number"]) == ("UPS", "1Z2")
    assert "is already like this" in run("correct", number, "--tracking", "1Z2").said
    assert_sentence(run("correct", number), 2, "Say what to correct")
    assert_sentence(run("correct", "999999", "--tracking", "1"), 2, "There’s no parcel 999999.")
    assert_sentence(run("correct", number, "--tracking-link", "x y"), 1, "isn’t a web address")


def test_a_voided_parcel_opens_its_items() -> None:
    """`void PARCEL --reason`; a second time is refused."""
    order = two_lines()
    run("ship", "WEB-1", "--tracking", "1Z1")
    number = str(Parcel.objects.get().pk)
    assert_sentence(run("void", number, "--reason", " "), 1, "Say why the parcel is voided.")
    voided = run("void", number, "--reason", "Lost", "--json")
    assert (voided.code, voided.json["status"]) == (0, "New")
    assert voided.json["shipments"][0]["parcels"][0]["voided"] is True
    assert list(order.lines.values_list("shipped", flat=True)) == [0, 0]
    assert_sentence(run("void", number, "--reason", "Lost"), 1, "This parcel was voided.")


def test_an_order_on_hold_is_released_with_a_reason() -> None:
    """Before, it cannot be shipped, and `order` says why."""
    order = two_lines()
    put_on_hold(order.pk, "The order was cancelled in the store.", by="BigCommerce")
    assert_sentence(run("ship", "WEB-1"), 1, "The order is on hold. The order was cancelled in the store.")
    assert run("order", "WEB-1", "--json").json["hold"]["reason"] == "The order was cancelled in the store."
    assert "On hold" in run("order", "WEB-1").said
    assert_sentence(run("release", "WEB-1", "--reason", ""), 1, "Say why it should ship anyway.")
    assert run("release", "WEB-1", "--reason", "Paid by phone", "--json").json["released"] is True
    assert run("order", "WEB-1", "--json").json["hold"]["overridden_by"]
    assert "WEB-1 is not on hold." in run("release", "WEB-1", "--reason", "Again").said
    assert run("ship", "WEB-1").code == 0


def test_orders_are_put_into_a_status() -> None:
    """Several at once, by import ID, store number or the number of an order made by hand; recorded with why."""
    first, second = two_lines(1), two_lines(2)
    by_hand = placed(draft(web_order_number=""), import_id=None)
    by_hand.refresh_from_db()
    words = ("set-status", "WEB-1", "2", str(by_hand.number), "released", "--why", "Paid")
    changed = run(*words, "--json")
    assert changed.code == 0, changed
    assert [(row["import_id"], row["before"], row["status"], row["changed"]) for row in changed.json] == [
        ("WEB-1", "New", "Released", True),
        ("WEB-2", "New", "Released", True),
        (None, "New", "Released", True),
    ]
    assert "WEB-1 is already Released." in run(*words).said
    assert [change.why for order in (first, second) for change in order.changes.all()] == ["Paid", "Paid"]


def test_a_status_that_is_none_or_retired_is_refused() -> None:
    """An unknown one is wrong usage, with those there are; a retired one is refused."""
    two_lines()
    OrderStatus.objects.filter(name="Picking").update(retired=True)
    assert_sentence(run("set-status", "WEB-1", "Relased"), 2, "There’s no order status “Relased”. Available: New,")
    assert_sentence(run("set-status", "WEB-1", "picking"), 1, "The order status Picking is retired.")
    assert_sentence(run("set-status", "WEB-9", "Released"), 2, "There’s no sales order WEB-9.")
    assert_sentence(run("set-status", "Released"), 2, "required")


def test_order_statuses_are_listed_with_roles_and_how_many_orders_stand_in_each() -> None:
    """In the merchant's own order."""
    two_lines()
    rows = run("statuses", "--json").json
    assert rows[0] == {"name": "New", "role": "initial", "position": rows[0]["position"], "retired": False, "orders": 1}
    assert "Partially Shipped" in run("statuses").said


def test_the_list_of_order_statuses_is_changed() -> None:
    """Added, renamed, moved, retired and brought back, given a role; what cannot be is said."""

    def names(*words: str) -> list[str]:
        return [row["name"] for row in run("statuses", *words, "--json").json]

    assert names("--add", "Engraving")[-1] == "Engraving"
    assert names("--rename", "engraving", "At the engraver")[-1] == "At the engraver"
    assert names("--move", "At the engraver", "up")[-2] == "At the engraver"
    retired = run("statuses", "--retire", "At the engraver", "--json").json
    assert [row["name"] for row in retired if row["retired"]] == ["At the engraver"]
    assert not any(row["retired"] for row in run("statuses", "--bring-back", "At the engraver", "--json").json)
    assert_sentence(run("statuses", "--retire", "New"), 1, "New")
    assert_sentence(run("statuses", "--retire", "Nowhere"), 2, "There’s no order status “Nowhere”.")
    assert_sentence(run("statuses", "--move", "New", "sideways"), 2, "say up or down")
    assert_sentence(run("statuses", "--role", "Closed", "king"), 2, "there’s no role “king”.")
    roles = {row["name"]: row["role"] for row in run("statuses", "--role", "Closed", "shipped", "--json").json}
    assert (roles["Closed"], roles["Shipped"]) == ("shipped", "")


def test_carriers_are_listed_added_and_removed() -> None:
    """By the name that people use, whatever its case."""
    added = run("carriers", "--add", "Van", "--provider", "carrier_5", "--tracking-carrier", "van-de", "--json")
    assert {"name": "Van", "shipping_provider": "carrier_5", "tracking_carrier": "van-de"} in added.json
    run("carriers", "--add", "VAN", "--tracking-carrier", "van-at")
    assert Carrier.objects.get(name="Van").tracking_carrier == "van-at"
    assert "Van" not in run("carriers", "--remove", "van").said
    assert_sentence(run("carriers", "--remove", "van"), 2, "There’s no carrier van.")
    assert_sentence(run("carriers", "--add", " "), 2, "A carrier needs a name.")
    assert_sentence(run("carriers", "--add", "Van", "--provider", "nope"), 2, "Choose one of auspost, canadapost,")
    assert_sentence(run("carriers", "--add", "Van", "--tracking-carrier", "own van"), 2, "isn’t a tracking carrier.")
    assert "Van" not in run("carriers").said
    assert_sentence(run("carriers", "--provider", "ups"), 2, "go with --add NAME")


def test_a_sales_order_shows_its_shipments_and_updates() -> None:
    """`order --json` carries shipments, own notes, hold and open quantities; the page for people names the parcels."""
    order = an_order(a_store())
    SalesOrder.objects.filter(pk=order.pk).update(notes="Ring twice")
    run("ship", str(order.import_id), "--carrier", "UPS", "--tracking", "1Z1", "--line", "ENGINE-0=1")
    document = run("order", str(order.import_id), "--json").json
    assert (document["notes"]["own"], document["hold"]) == ("Ring twice", None)
    assert [each["open"] for each in document["lines"]] == [1, 2]
    assert document["shipments"][0]["number"] == 1
    assert document["updates"][0]["kind"] == "status"
    assert "1Z1" in run("order", str(order.import_id)).said


def test_a_store_takes_the_options_for_the_way_back_and_explains_a_risky_mapping() -> None:
    """Each has a flag and its opposite; what to know about the statuses is said, also for programs."""
    a_store()
    flags = ("staff-notes", "take-over-shipments", "close-unshippable")
    on = run("store", "set", "WEB-", *(f"--{flag}" for flag in flags), "--map", "Cancelled=5", "--json")
    assert on.code == 0, on
    assert [on.json[flag.replace("-", "_")] for flag in flags] == [True] * 3
    assert any(sentence.startswith("Cancelled → Cancelled: It can’t be undone") for sentence in on.json["warnings"])
    off = run("store", "set", "WEB-", *(f"--no-{flag}" for flag in flags))
    assert "Note: Cancelled → Cancelled: It can’t be undone" in off.said
    assert run("store", "show", "WEB-", "--json").json["staff_notes"] is False
    assert_sentence(run("store", "set", "WEB-", "--map", "New=11"), 2, "--map: Awaiting Fulfillment is a new order")


def test_present_statuses_are_listed_before_they_are_sent() -> None:
    """`store send-statuses`: only with --yes, and only where push is on."""
    integration = a_store()
    order = an_order(integration)
    run("store", "set", "WEB-", "--map", "New=2")
    listed = run("store", "send-statuses", "WEB-", "--json")
    assert (listed.code, listed.json["sent"]) == (0, 0)
    assert [(row["import_id"], row["from_status_id"], row["to_status_id"]) for row in listed.json["orders"]] == [
        (order.import_id, 9, 2)
    ]
    assert_sentence(run("store", "send-statuses", "WEB-", "--yes"), 1, "“Push order status updates” is off")
    run("store", "set", "WEB-", "--push-status")
    assert "Nothing was sent." in run("store", "send-statuses", "WEB-").said
    assert not StoreUpdate.objects.filter(state="waiting").exists()
    assert run("store", "send-statuses", "WEB-", "--yes", "--json").json["sent"] == 1
    assert StoreUpdate.objects.get(state="waiting").status_id == 2
    assert "already" in run("store", "send-statuses", "WEB-").said


def test_a_number_that_is_used_already_is_asked_about_and_the_flag_named() -> None:
    """`ship`, `correct` and a file; with the flag it goes."""
    two_lines()
    two_lines(2)
    assert run("ship", "WEB-1", "--line", "MUG=1", "--tracking", "1Z1").code == 0
    used = run("ship", "WEB-2", "--line", "MUG=1", "--tracking", "1z-1")
    assert_sentence(used, 1, "1z-1 is already used on order WEB-1. If it’s right anyway, add --allow-used-numbers.")
    assert run("ship", "WEB-2", "--line", "MUG=1", "--tracking", "1z-1", "--allow-used-numbers").code == 0
    first = Parcel.objects.order_by("pk").first()
    assert first is not None
    assert run("ship", "WEB-2", "--line", "PEN=1", "--tracking", "1Z2").code == 0
    assert_sentence(run("correct", str(first.pk), "--tracking", "1Z2"), 1, "1Z2 is already used on order WEB-2.")
    assert run("correct", str(first.pk), "--tracking", "1Z2", "--allow-used-numbers").code == 0
    rows = b"order,tracking,sku,qty\nWEB-1,1Z2-9,PEN,1\nWEB-2,1Z29,PEN,1\n"
    answer = run("ship", "--from", "-", given=rows)
    assert (answer.code, "already used on order WEB-1" in answer.said) == (1, True)
    assert "--allow-used-numbers" in answer.said
    assert run("ship", "--from", "-", "--allow-used-numbers", given=rows).code == 0
    assert_sentence(
        run("ship", "--export-open", "--allow-used-numbers"), 2, "goes with an IMPORT_ID or with --from FILE"
    )


def test_several_numbers_are_further_boxes_and_the_carrier_is_told_by_the_number() -> None:
    """Said in words, and in `remarks` for programs."""
    two_lines()
    done = run("ship", "WEB-1", "--line", "MUG=2", "--tracking", "1Z5R89390357567127, 1Z879E930346834440", "--json")
    assert done.code == 0, done
    first, box = done.json["shipments"][0]["parcels"]
    assert (first["tracking_number"], first["carrier"]) == ("1Z5R89390357567127", "UPS")
    assert (box["tracking_number"], box["belongs_to"]) == ("1Z879E930346834440", first["id"])
    assert done.json["remarks"][0] == "1Z5R89390357567127: Carrier recognized by the number: UPS."
    said = run("ship", "WEB-1", "--line", "PEN=1", "--carrier", "Own van", "--tracking", "770000000001.00").said
    assert "Own van 770000000001" in said
    assert "“Own van” isn’t in the carrier list" in said


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("9.4E21", "A spreadsheet rounded the tracking number: 9.4E21."),
        ("#N/A", "“#N/A” isn’t a valid tracking number"),
        ("nan", "“nan” isn’t a valid tracking number"),
    ],
)
def test_what_is_no_tracking_number_is_refused_whoever_gives_it(number: str, sentence: str) -> None:
    """`ship --tracking`, `ship --parcel` and `correct`."""
    two_lines()
    assert_sentence(run("ship", "WEB-1", "--tracking", number), 1, sentence)
    assert_sentence(run("ship", "WEB-1", "--parcel", f"tracking={number},MUG=1"), 1, sentence)
    run("ship", "WEB-1", "--line", "MUG=1")
    parcel = Parcel.objects.get()
    assert_sentence(run("correct", str(parcel.pk), "--tracking", number), 1, sentence)
    corrected = run("correct", str(parcel.pk), "--tracking", "1Z5R89390357567127")
    assert "was corrected. Carrier recognized by the number: UPS." in corrected.said
    parcel.refresh_from_db()
    assert (parcel.carrier, parcel.tracking_number) == ("UPS", "1Z5R89390357567127")
