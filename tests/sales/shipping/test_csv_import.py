"""Parcels from a file: a test run first, then each row applied once and answered."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counterfoil.sales.models import (
    AddressKind,
    AppliedRow,
    LineKind,
    OrderLine,
    OrderStatus,
    Parcel,
    SalesOrder,
    Shipment,
    StatusRole,
)
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.orders.status import change_status, override_hold, put_on_hold
from counterfoil.sales.shipping import csv_import
from counterfoil.sales.shipping.csv_import import ShipmentRowOutcome, ShipmentRowResult, open_orders_csv, read_rows
from counterfoil.sales.shipping.shipments import Tracking, process_shipment, void_parcel
from tests.sales.factories import draft, line, placed, whole_order

pytestmark = pytest.mark.django_db
HEAD = "order,carrier,service,tracking_number,tracking_link,sku,quantity\n"
TWO_ADDRESSES = (
    AddressDraft(AddressKind.BILL_TO),
    AddressDraft(AddressKind.SHIP_TO, source_id=9),
    AddressDraft(AddressKind.SHIP_TO, source_id=10),
)


def an_order(number: int = 1, *lines: Any, **changes: Any) -> SalesOrder:
    """WEB-1: two mugs and three pens to one address."""
    lines = lines or (line(1), line(2, part_number="PEN", quantity=3))
    return placed(draft(*lines, web_order_number=str(number), **changes), import_id=f"WEB-{number}")


def plan(rows: str) -> list[ShipmentRowResult]:
    return csv_import.plan(read_rows(HEAD + rows))


def apply(rows: str, **options: Any) -> list[ShipmentRowResult]:
    return csv_import.apply(read_rows(HEAD + rows), by="Ada", **options)


def outcomes(answers: list[ShipmentRowResult]) -> list[str]:
    return [answer.outcome.value for answer in answers]


def shipped(order: SalesOrder) -> list[int]:
    return list(order.lines.values_list("shipped", flat=True))


def parcels() -> list[tuple[str, dict[str, int]]]:
    """Each parcel that stands: its tracking number and what lies in it."""
    return [
        (each.tracking_number, {item.line.part_number: item.quantity for item in each.items.all()})
        for each in Parcel.objects.filter(voided_at=None)
    ]


@pytest.mark.parametrize("cell", ["\u200bMUG\u200e", "’mug", "'MUG", "\u202aMUG\u202c"])
def test_a_sku_is_found_whatever_stands_around_it(cell: str) -> None:
    """Apostrophes, and signs that nobody can see and a refusal could not show; in the sales data too."""
    order = an_order(1, line(1, part_number="\u200bMUG"), line(2, part_number="PEN"))
    assert outcomes(apply(f"WEB-1,UPS,,1Z1,,{cell},1\n")) == ["ok"]
    assert shipped(order) == [1, 0]


def test_rows_of_one_parcel_become_one_parcel() -> None:
    """Same order, carrier and tracking: one parcel, with carrier, service and link."""
    order = an_order()
    answers = apply("WEB-1,UPS,Ground,1Z1,https://ups.example/1Z1,MUG,1\nWEB-1,ups,,1Z1,,pen,2.0\n")
    assert [answer.sentence for answer in answers] == ["Shipped 1 × MUG, 2 × PEN."] * 2
    assert parcels() == [("1Z1", {"MUG": 1, "PEN": 2})]
    parcel = Parcel.objects.get()
    assert (parcel.service, parcel.tracking_link) == ("Ground", "https://ups.example/1Z1")
    assert {answer.parcel_id for answer in answers} == {parcel.pk}
    assert shipped(order) == [1, 2]
    assert Shipment.objects.get().processed_by == "Ada"


def test_the_test_run_answers_the_same_and_writes_nothing() -> None:
    """Each row is told what would become of it, also what an earlier row of the file leaves open."""
    an_order()
    rows = "WEB-1,UPS,,1Z1,,MUG,2\nWEB-1,UPS,,1Z2,,MUG,1\nWEB-2,UPS,,1Z3,,,\n"
    planned = plan(rows)
    assert outcomes(planned) == ["ok", "refused", "refused"]
    assert [answer.sentence for answer in planned] == [
        "Ships 2 × MUG.",
        "No MUG is left to ship.",
        "There’s no sales order WEB-2.",
    ]
    assert not Parcel.objects.exists()
    assert outcomes(apply(rows)) == outcomes(planned)


def test_a_row_without_a_sku_is_all_that_is_open() -> None:
    """And one without a quantity all that is open of its SKU."""
    order = an_order()
    assert outcomes(apply("WEB-1,UPS,,1Z1,,MUG,\nWEB-1,UPS,,1Z2,,,\n")) == ["ok", "ok"]
    assert parcels() == [("1Z1", {"MUG": 2}), ("1Z2", {"PEN": 3})]
    order.refresh_from_db()
    assert order.status.role == StatusRole.SHIPPED


def test_two_parcels_of_an_order_are_one_shipment() -> None:
    """Each with its own tracking number."""
    an_order()
    apply("WEB-1,UPS,,1Z1,,MUG,2\nWEB-1,UPS,,1Z2,,PEN,3\n")
    assert Shipment.objects.count() == 1
    assert parcels() == [("1Z1", {"MUG": 2}), ("1Z2", {"PEN": 3})]


def test_more_tracking_numbers_than_items_are_further_boxes() -> None:
    """A row for all that is open, and more rows of the order without a SKU: boxes of the same parcel."""
    an_order()
    rows = "WEB-1,UPS,,1Z1,,,\nWEB-1,UPS,,1Z2,,,\nWEB-1,UPS,,1Z3,,,\n"
    assert outcomes(apply(rows)) == ["ok"] * 3
    first, *boxes = Parcel.objects.order_by("pk")
    assert [box.belongs_to for box in boxes] == [first, first]
    assert outcomes(apply(rows)) == ["skipped"] * 3


@pytest.mark.parametrize(
    "rows", ["WEB-1,UPS,,1Z1,,MUG,1\n", "WEB-1,UPS,,1Z1,,,\n", "WEB-1,,,,,MUG,1\n", "WEB-1,,,,,,\n"]
)
def test_a_row_that_was_applied_is_skipped_and_says_so(rows: str) -> None:
    """With a tracking number or without, in the same file or another."""
    order = an_order()
    (first,) = apply(rows)
    before = shipped(order)
    for answers in (plan(rows), apply(rows), apply("WEB-9,,,,,MUG,1\n" + rows)):
        assert answers[-1].outcome == ShipmentRowOutcome.SKIPPED
        assert answers[-1].sentence == f"Already applied: parcel {first.parcel_id}."
    assert (shipped(order), Parcel.objects.count()) == (before, 1)


def test_a_corrected_file_ships_only_what_was_refused() -> None:
    """One row corrected, the whole file again: nothing is shipped twice, also without tracking numbers."""
    order = an_order()
    assert outcomes(apply("WEB-1,,,,,MUG,1\nWEB-9,,,,,PEN,1\n")) == ["ok", "refused"]
    assert outcomes(apply("WEB-1,,,,,MUG,1\nWEB-1,UPS,,,,PEN,1\n")) == ["skipped", "ok"]
    assert shipped(order) == [1, 1]


def test_a_row_added_to_a_parcel_without_a_tracking_number_ships_alone() -> None:
    """The rows that were applied are skipped one by one."""
    order = an_order()
    apply("WEB-1,,,,,MUG,1\n")
    answers = apply("WEB-1,UPS,Air,,,MUG,1\nWEB-1,UPS,Air,,,PEN,1\n")
    assert outcomes(answers) == ["skipped", "ok"]
    assert answers[1].sentence == "Shipped 1 × PEN."
    assert "tracking number" in answers[0].next_step
    assert shipped(order) == [1, 1]


def test_an_own_tracking_link_tells_a_parcel_too() -> None:
    """Two parcels of the same items are two when their links differ, and each is applied once."""
    order = an_order()
    rows = "WEB-1,Van,,,https://van.example/1,MUG,1\nWEB-1,Van,,,https://van.example/2,MUG,1\n"
    assert outcomes(apply(rows)) == ["ok", "ok"]
    assert outcomes(apply(rows)) == ["skipped", "skipped"]
    assert shipped(order) == [2, 0]


def test_a_voided_row_without_a_number_may_be_shipped_again_from_the_same_file() -> None:
    """What was taken back was not applied."""
    order = an_order()
    rows = "WEB-1,,,,,PEN,1\n"
    (first,) = apply(rows)
    assert first.parcel_id
    void_parcel(first.parcel_id, by="Ada", reason="Fell off the van")
    assert outcomes(apply(rows)) == ["ok"]
    assert outcomes(apply(rows)) == ["skipped"]
    assert shipped(order) == [0, 1]


def test_a_voided_number_that_comes_again_is_refused_and_names_the_void() -> None:
    """However it is spelled, and where used numbers are allowed too: an old file ships nothing again."""
    order = an_order()
    (first,) = apply("WEB-1,UPS,,1Z1,,MUG,1\n")
    assert first.parcel_id
    void_parcel(first.parcel_id, by="Ada", reason="Fell off the van")
    for rows in ("WEB-1,UPS,,1Z1,,MUG,1\n", "WEB-1,UPS,,1z-1,,,\n"):
        for answers in (plan(rows), apply(rows), apply(rows, allow_used_numbers=True)):
            assert outcomes(answers) == ["refused"]
            assert f"was voided: parcel {first.parcel_id}, on " in answers[0].sentence
            assert answers[0].sentence.endswith(" by Ada. Fell off the van")
            assert answers[0].next_step
    assert shipped(order) == [0, 0]


def test_what_opens_again_can_be_shipped_as_all_that_is_open() -> None:
    """A row that names no quantity is no row of before once there is something to ship."""
    order = an_order()
    apply("WEB-1,,,,,,\n")
    OrderLine.objects.filter(order=order).update(quantity=5)
    assert outcomes(apply("WEB-1,,,,,,\n")) == ["ok"]
    assert shipped(order) == [5, 5]


def test_equal_rows_add_up() -> None:
    """Two rows of one mug in a parcel are two mugs, and the file again ships nothing more."""
    order = an_order()
    rows = "WEB-1,UPS,,1Z1,,MUG,1\nWEB-1,UPS,,1Z1,,mug,1\n"
    assert [answer.sentence for answer in apply(rows)] == ["Shipped 2 × MUG."] * 2
    assert outcomes(apply(rows)) == ["skipped"] * 2
    assert shipped(order) == [2, 0]


def test_equal_rows_that_are_more_than_is_open_are_refused() -> None:
    """All of them: nothing is left out without a word."""
    order = an_order()
    answers = apply("WEB-1,UPS,,1Z1,,MUG,1\n" * 3)
    assert {answer.sentence for answer in answers} == {"3 × MUG is too many: 2 still open."}
    assert outcomes(answers) == ["refused"] * 3
    assert shipped(order) == [0, 0]


def test_equal_rows_without_a_number_add_up_and_are_counted_when_they_come_again() -> None:
    """A file of one row, then of three such rows: the two that are new go, and nothing goes twice."""
    order = an_order()
    row = "WEB-1,,,,,PEN,1\n"
    assert outcomes(apply(row)) == ["ok"]
    assert outcomes(apply(row * 3)) == ["skipped", "ok", "ok"]
    assert outcomes(apply(row * 3)) == ["skipped"] * 3
    assert shipped(order) == [0, 3]


def test_a_row_that_means_all_that_is_open_may_stand_twice() -> None:
    """It says the same."""
    order = an_order()
    answers = apply("WEB-1,UPS,,1Z1,,,\nWEB-1,UPS,,1Z1,,,\n")
    assert [(answer.outcome.value, answer.sentence) for answer in answers] == [
        ("ok", "Shipped 2 × MUG, 3 × PEN."),
        ("skipped", "It’s the same as row 2: everything open."),
    ]
    assert shipped(order) == [2, 3]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("WEB-1,UPS,,1Z1,,MUG,3\n", "3 × MUG is too many: 2 still open."),
        ("WEB-1,UPS,,1Z1,,CAP,1\n", "WEB-1 has no item CAP."),
        ("WEB-1,UPS,,1Z1,,MUG,1\nWEB-1,UPS,,1Z1,,MUG,2\n", "Rows 2, 3 are one parcel but list MUG twice."),
        (
            "WEB-1,UPS,,1Z1,,MUG,1\nWEB-1,UPS,,1Z1,,,\n",
            "Rows 2, 3 are one parcel, but one of them has no SKU, which means everything open.",
        ),
        (
            "WEB-1,UPS,Air,1Z1,,MUG,1\nWEB-1,UPS,Sea,1Z1,,PEN,1\n",
            "Rows 2, 3 are one parcel but have two services.",
        ),
        (f"WEB-1,UPS,,{'1' * 51},,MUG,1\n", "The tracking number has 51 characters; 50 are allowed."),
        ("WEB-1,UPS,,1Z1,javascript:alert(1),MUG,1\n", "“javascript:alert(1)” isn’t a web address."),
        (
            "WEB-1,#REF!,,1Z1,,MUG,1\n",
            "“#REF!” isn’t a valid carrier: a spreadsheet puts it where a formula fails or a column is too narrow.",
        ),
        ("WEB-1,nan,,1Z1,,MUG,1\n", "“nan” isn’t a valid carrier: a program puts it where a cell is empty."),
        ("WEB-1,UPS,NULL,1Z1,,MUG,1\n", "“NULL” isn’t a valid service: a program puts it where a cell is empty."),
        (
            "WEB-1,UPS,#N/A,1Z1,,MUG,1\n",
            "“#N/A” isn’t a valid service: a spreadsheet puts it where a formula fails or a column is too narrow.",
        ),
    ],
)
def test_what_cannot_be_shipped_is_refused_with_a_sentence(rows: str, sentence: str) -> None:
    """All rows of the parcel are refused, in the test run and when applied, and the sales data stays as it is."""
    order = an_order()
    for answers in (plan(rows), apply(rows)):
        assert {answer.sentence for answer in answers} == {sentence}
        assert all(answer.outcome == ShipmentRowOutcome.REFUSED and answer.next_step for answer in answers)
    assert shipped(order) == [0, 0]


def test_a_bad_row_refuses_its_parcel_and_no_other() -> None:
    """The order's other parcels and the other orders go on."""
    order, other = an_order(1), an_order(2)
    answers = apply("WEB-1,UPS,,1Z1,,MUG,1\nWEB-1,UPS,,1Z1,,PEN,many\nWEB-1,UPS,,1Z2,,PEN,1\nWEB-2,UPS,,1Z3,,,\n")
    assert outcomes(answers) == ["refused", "refused", "ok", "ok"]
    assert answers[0].sentence == "Row 3 of the same parcel can’t be used."
    assert answers[1].sentence == "The quantity “many” isn’t a whole number of 1 or more."
    assert (shipped(order), shipped(other)) == ([0, 1], [2, 3])


def test_an_order_on_hold_is_refused_unless_a_manager_has_overridden_it() -> None:
    """With the reason of the hold."""
    order = an_order()
    put_on_hold(order.pk, "The order was cancelled in the store.", by="BigCommerce")
    (answer,) = plan("WEB-1,UPS,,1Z1,,,\n")
    assert answer.sentence == "The order is on hold. The order was cancelled in the store."
    assert "WEB-1" not in open_orders_csv()
    override_hold(order.pk, by="Grace", why="Paid by phone")
    assert outcomes(apply("WEB-1,UPS,,1Z1,,,\n")) == ["ok"]


def test_digital_and_pickup_items_say_why_they_go_into_no_parcel() -> None:
    """A row for them is refused, all that is open leaves them out."""
    an_order(1, line(1), line(2, part_number="SONG", kind=LineKind.DIGITAL, ship_to=None))
    (answer,) = plan("WEB-1,UPS,,1Z1,,SONG,1\n")
    assert answer.sentence == "SONG is not shipped: it is a digital product."
    apply("WEB-1,UPS,,1Z1,,,\n")
    assert parcels() == [("1Z1", {"MUG": 2})]
    (answer,) = plan("WEB-1,UPS,,1Z2,,,\n")
    assert answer.sentence == "SONG is not shipped: it is a digital product."


def test_the_store_s_own_number_and_the_number_of_an_order_by_hand_name_an_order() -> None:
    """As long as only one order is called so."""
    order, by_hand = an_order(10234), placed(draft(web_order_number=""), import_id=None)
    by_hand.refresh_from_db()
    assert outcomes(apply(f"10234.0,UPS,,1Z1,,MUG,1\n{by_hand.number},UPS,,1Z2,,MUG,1\n")) == ["ok", "ok"]
    placed(draft(web_order_number="10234"), import_id="SHOP-10234")
    (answer,) = plan("10234,UPS,,1Z9,,MUG,1\n")
    assert (answer.sentence, answer.next_step) == ("10234 could be WEB-10234 or SHOP-10234.", "Use the import ID.")
    assert outcomes(plan("SHOP-10234,UPS,,1Z9,,MUG,1\n")) == ["ok"]
    assert shipped(order)[0] == shipped(by_hand)[0] == 1


def test_the_export_tells_an_order_by_hand_from_a_stores_order_with_its_number() -> None:
    """It is given back as it is; a row with the bare number says how to name either."""
    by_hand = placed(draft(web_order_number=""), import_id=None)
    by_hand.refresh_from_db()
    web = an_order(by_hand.number)
    (answer,) = plan(f"{by_hand.number},UPS,,1Z1,,MUG,1\n")
    assert answer.next_step == f"Use the import ID, or “{by_hand.number} (made by hand)”."
    answers = csv_import.apply(read_rows(open_orders_csv()), by="Ada")
    assert set(outcomes(answers)) == {"ok"}
    assert (shipped(by_hand), shipped(web)) == ([2], [2, 3])


def test_items_are_taken_from_the_lines_that_have_them() -> None:
    """A SKU on two lines is filled from the first that is open; 1001.0 is the SKU 1001."""
    order = an_order(1, line(1, part_number="1001"), line(2, part_number="1001", quantity=3))
    assert outcomes(apply("WEB-1,UPS,,1Z1,,1001.0,4\n")) == ["ok"]
    assert shipped(order) == [2, 2]
    assert outcomes(apply("WEB-1,UPS,,1Z1,,1001.0,4\n")) == ["skipped"]


def test_one_parcel_goes_to_one_address() -> None:
    """With a tracking number it is refused for two; without one each address gets its parcel."""
    lines = (line(1), line(2, part_number="PEN", ship_to=2), line(3, ship_to=2))
    an_order(1, *lines, addresses=TWO_ADDRESSES)
    (answer,) = plan("WEB-1,UPS,,1Z1,,,\n")
    assert answer.sentence == "The items go to 2 addresses; a parcel can only go to one."
    both = plan("WEB-1,UPS,,1Z1,,MUG,2\nWEB-1,UPS,,1Z1,,PEN,1\n")
    assert outcomes(both) == ["ok", "ok"], "both lie at the second address"
    assert outcomes(apply("WEB-1,,,,,,\n")) == ["ok"]
    assert sorted(Parcel.objects.values_list("ship_to__source_id", flat=True)) == [9, 10]


def test_a_carrier_that_the_stores_do_not_know_is_said() -> None:
    """It is shipped all the same."""
    an_order()
    rows = read_rows(HEAD + "WEB-1,Foo,,1,https://foo.example/1,MUG,1\nWEB-1,Bar,,2,,MUG,1\nWEB-1,UPS,,3,,PEN,1\n")
    answers = csv_import.plan(rows, carriers=["ups"])
    assert [answer.sentence for answer in answers] == [
        "Ships 1 × MUG. “Foo” isn’t in the carrier list: the store gets it with only its tracking URL.",
        "Ships 1 × MUG. “Bar” isn’t in the carrier list: the store gets it without a tracking URL.",
        "Ships 1 × PEN.",
    ]


def test_a_cancelled_order_is_refused_in_the_test_run_too() -> None:
    cancelled = an_order(4)
    change_status(cancelled.pk, OrderStatus.objects.get(role=StatusRole.CANCELLED), by="Ada")
    rows = "WEB-4,UPS,,1Z4,,,\n"
    for answers in (plan(rows), apply(rows)):
        assert (outcomes(answers), "WEB-4 is cancelled." in answers[0].sentence) == (["refused"], True)
    assert shipped(cancelled) == [0, 0]


def test_open_orders_come_in_the_same_columns_and_can_be_read_again() -> None:
    """What is exported is applied as it is; then nothing is open any more."""
    orders = [
        an_order(1, line(1, part_number="=MUG"), line(2, part_number="PEN", shipped=1, refunded=1, quantity=3)),
        an_order(2, line(1, part_number="")),
        an_order(3, line(1), line(2, ship_to=2), addresses=TWO_ADDRESSES),
    ]
    cancelled = an_order(4)
    change_status(cancelled.pk, OrderStatus.objects.get(role=StatusRole.CANCELLED), by="Ada")
    content = open_orders_csv()
    assert content.splitlines() == [
        HEAD.strip() + ",ship_to,shipped_before",
        "WEB-1,,Ground,,,'=MUG,2,,",
        "WEB-1,,Ground,,,PEN,1,,1",
        "WEB-2,,Ground,,,,,,",
        "WEB-3,,Ground,,,MUG,2,1,",
        "WEB-3,,Ground,,,MUG,2,2,",
    ]
    answers = csv_import.apply(read_rows(content.encode()), by="Ada")
    assert outcomes(answers) == ["ok"] * 5
    assert [shipped(order) for order in orders] == [[2, 2], [2], [2, 2]]
    assert len(open_orders_csv().splitlines()) == 1
    assert outcomes(csv_import.apply(read_rows(content), by="Ada")) == ["skipped"] * 5


def test_progress_counts_the_orders() -> None:
    """For a bar: how many are done, of how many."""
    for number in (1, 2, 3):
        an_order(number)
    seen: list[tuple[int, int]] = []
    apply("WEB-1,UPS,,1,,,\nWEB-2,UPS,,2,,,\nWEB-3,UPS,,3,,,\n", progress=lambda *each: seen.append(each))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_the_test_run_takes_the_same_statements_for_one_row_and_for_many() -> None:
    """Nothing is asked row by row."""

    def statements(rows: str) -> int:
        with CaptureQueriesContext(connection) as taken:
            plan(rows)
        return len(taken)

    for number in range(1, 21):
        an_order(number)
    few = statements("WEB-1,UPS,,1,,,\n")
    assert statements("".join(f"WEB-{number},UPS,,{number},,,\n" for number in range(1, 21))) == few <= 8


def test_an_order_of_a_file_takes_the_same_few_statements_however_many_there_are() -> None:
    """What the file asks once, it asks once; an order two more: which numbers others used meanwhile."""

    def statements(numbers: range) -> int:
        with CaptureQueriesContext(connection) as taken:
            rows = "".join(f"WEB-{number},UPS,,1Z{number},,MUG,1\n" for number in numbers)
            assert set(outcomes(apply(rows))) == {"ok"}
        return len(taken)

    for number in range(1, 14):
        an_order(number)
    statements(range(1, 2))
    few, many = statements(range(2, 4)), statements(range(4, 14))
    assert (many - few) / 8 <= 17
    assert few - 2 * (many - few) // 8 <= 3


def test_a_number_that_a_clerk_uses_while_the_file_is_applied_is_refused() -> None:
    """It was free when the file was read: two parcels would go under one number."""
    for number in (1, 2, 9):
        an_order(number)
    other = SalesOrder.objects.get(import_id="WEB-9")

    def ships_meanwhile(done: int, _of: int) -> None:
        if done == 1:
            process_shipment(other.pk, whole_order(other, Tracking("UPS", "", "1Z2", "")), by="Ben")

    answers = apply("WEB-1,UPS,,1Z1,,,\nWEB-2,UPS,,1Z2,,,\n", progress=ships_meanwhile)
    assert outcomes(answers) == ["ok", "refused"]
    assert answers[1].sentence == "1Z2 is already used on order WEB-9."


def test_applied_rows_are_kept_only_where_no_tracking_number_tells() -> None:
    """The table stays small."""
    an_order()
    apply("WEB-1,UPS,,1Z1,,MUG,1\nWEB-1,,,,,PEN,1\n")
    assert AppliedRow.objects.count() == 1
