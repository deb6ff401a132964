"""Parcels of a file that are told by their number: one parcel, known again, asked about where it is used elsewhere."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django.apps import apps

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, Parcel
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.shipping.csv_columns import COLUMNS, read_rows
from counterfoil.sales.shipping.csv_export import open_orders_csv, open_rows
from counterfoil.sales.shipping.csv_import import apply as apply_rows
from counterfoil.sales.shipping.shipments import ParcelDraft, Tracking, correct_parcel, process_shipment, void_parcel
from counterfoil.sales.shipping.used_numbers import NumberUsed
from tests.sales.factories import line
from tests.sales.shipping.test_csv_import import HEAD, an_order, apply, outcomes, parcels, plan, shipped

pytestmark = pytest.mark.django_db
UPS = "1Z999AA10123456784"
ADDRESSES = (
    AddressDraft(AddressKind.BILL_TO),
    AddressDraft(AddressKind.SHIP_TO, source_id=9, first_name="Ada", street_1="1 Main St", city="York"),
    AddressDraft(AddressKind.SHIP_TO, source_id=10, first_name="Bo", street_1="2 High St", city="Bath"),
)


def sentences(rows: str, **options: Any) -> list[str]:
    """What `apply` says of each row, after the test run has said the same but for the tense."""
    planned = [answer.sentence.replace("Ships", "Shipped", 1) for answer in plan(rows)]
    applied = [answer.sentence for answer in apply(rows, **options)]
    assert options or planned == applied
    return applied


@pytest.mark.parametrize("spelled", ["1Z 999 AA1 01 2345 6784", UPS.lower(), "1Z-999AA1-0123456784", f"’{UPS}\u200b"])
def test_a_parcel_is_known_again_however_its_number_is_spelled(spelled: str) -> None:
    """The other way round too."""
    order = an_order()
    apply(f"WEB-1,UPS,,{UPS},,MUG,1\n")
    assert outcomes(apply(f"WEB-1,UPS,,{spelled},,MUG,1\n")) == ["skipped"]
    apply(f"WEB-1,UPS,,{spelled}9,,PEN,1\n")
    assert outcomes(apply(f"WEB-1,UPS,,{UPS}9,,PEN,1\n")) == ["skipped"]
    assert shipped(order) == [1, 1]


def test_a_parcel_is_known_by_the_number_that_it_had_before_it_was_corrected() -> None:
    """The file of before ships nothing again, whatever the number has become; nor where it is none any more."""
    order = an_order()
    (first,) = apply("WEB-1,UPS,,1ZOLD1,,MUG,1\n")
    assert first.parcel_id
    for number in ("1ZNEW1", "1z new-1", "1ZNEWER1", ""):
        correct_parcel(first.parcel_id, Tracking("UPS", "", number), by="Ada")
        (again,) = apply("WEB-1,UPS,,1z-old1,,MUG,1\n")
        assert (again.outcome, again.parcel_id) == ("skipped", first.parcel_id)
    assert Parcel.objects.get().former_numbers == ["1ZOLD1", "1z new-1", "1ZNEWER1"]
    assert shipped(order) == [1, 0]


def test_a_number_of_this_order_with_other_items_is_asked_about() -> None:
    """A file whose quantity was raised afterwards ships nothing twice."""
    order = an_order()
    apply("WEB-1,UPS,,1Z1,,PEN,1\n")
    pk = Parcel.objects.get().pk
    said = [f"1Z1 is already used on this order: parcel {pk} (1 × PEN)."]
    assert sentences("WEB-1,UPS,,1Z1,,PEN,2\n") == said
    assert outcomes(apply("WEB-1,UPS,,1Z1,,PEN,2\n", allow_used_numbers=True)) == ["ok"]
    assert shipped(order) == [0, 3]


def test_a_number_of_another_order_is_asked_about_and_goes_when_allowed() -> None:
    """Two orders may lie in one box. Within the file too, and in the test run."""
    an_order(1)
    other = an_order(2)
    rows = "WEB-1,UPS,,1Z1,,MUG,1\nWEB-2,UPS,,1z-1,,MUG,1\n"
    assert sentences(rows) == ["Shipped 1 × MUG.", "1z-1 is already used on order WEB-1."]
    (_, asked) = apply(rows)
    assert (asked.outcome, asked.may_be_allowed) == ("refused", True)
    assert asked.next_step
    assert outcomes(apply(rows, allow_used_numbers=True)) == ["skipped", "ok"]
    assert outcomes(apply(rows)) == ["skipped", "skipped"]
    assert shipped(other) == [1, 0]


def test_a_number_that_was_voided_or_corrected_away_on_another_order_is_free() -> None:
    """It was entered there by mistake."""
    an_order(1)
    an_order(2)
    first, second = apply("WEB-1,UPS,,1Z1,,MUG,1\nWEB-1,UPS,,1Z2,,PEN,1\n")
    assert first.parcel_id
    assert second.parcel_id
    void_parcel(first.parcel_id, by="Ada", reason="Wrong order")
    correct_parcel(second.parcel_id, Tracking("UPS", "", "1Z3"), by="Ada")
    assert outcomes(apply("WEB-2,UPS,,1Z1,,MUG,1\nWEB-2,UPS,,1Z2,,PEN,1\n")) == ["ok", "ok"]


def test_what_a_person_enters_is_asked_about_too() -> None:
    """One parcel at a time: used here, used elsewhere, voided, twice at once; and when a parcel is corrected."""
    order, other = an_order(1), an_order(2)
    mug, pen = order.lines.all()

    def ship(number: str, *more: ParcelDraft) -> None:
        drafts = [ParcelDraft(Tracking("UPS", "", number), {pen.pk: 1}), *more]
        process_shipment(order.pk, drafts, by="Ada", ask_about_numbers=True)

    apply("WEB-1,UPS,,1Z1,,MUG,1\nWEB-2,UPS,,1Z2,,MUG,1\nWEB-1,UPS,,1Z3,,MUG,1\n")
    mine, voided = Parcel.objects.get(tracking_number="1Z1"), Parcel.objects.get(tracking_number="1Z3")
    void_parcel(voided.pk, by="Ada", reason="Never left")
    for number in ("1z 1", "1Z-2", "1Z3"):
        with pytest.raises(NumberUsed):
            ship(number)
    with pytest.raises(NumberUsed, match="1Z4 is on 2 of these parcels"):
        ship("1Z4", ParcelDraft(Tracking("UPS", "", "1z4"), {mug.pk: 1}))
    with pytest.raises(NumberUsed, match=f"1Z2 is already used on order {other.name}"):
        correct_parcel(mine.pk, Tracking("UPS", "", "1Z2"), by="Ada", ask_about_numbers=True)
    correct_parcel(mine.pk, Tracking("UPS", "", "1z-1"), by="Ada", ask_about_numbers=True)
    ship("1Z4")
    assert shipped(order) == [1, 1]


@pytest.mark.parametrize(
    "rows",
    [
        "WEB-1,UPS,,1ZG,,MUG,2\nWEB-1,,,1ZG,,PEN,1\n",
        "WEB-1,,,1ZG,,MUG,2\nWEB-1,UPS,,1ZG,,PEN,1\n",
        "WEB-1,UPS,,1ZG,,MUG,2\nWEB-1,ups,,1zg,,PEN,1\n",
        "WEB-1,UPS,,1ZG,,MUG,2\nWEB-1,U.P.S.,,1Z-G,,PEN,1\n",
        "WEB-1,UPS,Ground,1ZG,,MUG,2\nWEB-1,,,1ZG,,PEN,1\n",
    ],
)
def test_one_parcel_is_not_split_by_how_its_carrier_is_written(rows: str) -> None:
    """One shipment with both items, and the file again finds it."""
    an_order()
    assert outcomes(apply(rows)) == ["ok", "ok"]
    ((number, items),) = parcels()
    assert (number.upper(), items) == ("1ZG", {"MUG": 2, "PEN": 1})
    assert Parcel.objects.get().carrier == "UPS"
    assert outcomes(apply(rows)) == ["skipped", "skipped"]


def test_two_carriers_for_one_number_are_refused_and_named_as_they_stand_in_the_file() -> None:
    an_order()
    rows = "WEB-1,FedEx,,1ZG,,MUG,2\nWEB-1,Fedex Ground,,1ZG,,PEN,1\n"
    assert sentences(rows) == ["Rows 2, 3 are one parcel but have two carriers: FedEx and Fedex Ground."] * 2
    assert not Parcel.objects.exists()


@pytest.mark.parametrize("cell", ['"1ZA, 1ZB"', '"1ZA;1ZB"', '"1ZA\n1ZB"', "1ZA / 1ZB", "1ZA and 1ZB"])
def test_several_numbers_in_a_cell_are_further_boxes_of_the_parcel(cell: str) -> None:
    """Its items are in the first one; the file again finds them all."""
    an_order()
    assert sentences(f"WEB-1,UPS,,{cell},,MUG,2\n") == ["Shipped 2 × MUG. Further box: 1ZB."]
    assert parcels() == [("1ZA", {"MUG": 2}), ("1ZB", {})]
    box = Parcel.objects.get(tracking_number="1ZB")
    assert box.belongs_to == Parcel.objects.get(tracking_number="1ZA")
    assert box.carrier == "UPS"
    assert outcomes(apply(f"WEB-1,UPS,,{cell},,MUG,2\n")) == ["skipped"]


def test_several_numbers_stand_for_all_items_of_a_parcel_that_has_several_rows() -> None:
    """Whatever of them each row names."""
    an_order()
    rows = 'WEB-1,UPS,,"1ZA, 1ZB",,MUG,2\nWEB-1,UPS,,"1ZB; 1ZA",,PEN,3\n'
    assert outcomes(apply(rows)) == ["ok", "ok"]
    assert parcels() == [("1ZA", {"MUG": 2, "PEN": 3}), ("1ZB", {})]
    assert outcomes(apply(rows)) == ["skipped", "skipped"]


def test_several_numbers_where_there_are_no_items_are_refused_with_the_advice() -> None:
    """A row that is a further box itself; and a number that comes later to a parcel that has gone."""
    an_order()
    answers = apply('WEB-1,UPS,,1ZA,,,\nWEB-1,UPS,,"1ZB, 1ZC",,,\n')
    assert outcomes(answers) == ["ok", "refused"]
    assert answers[1].sentence == "There are 2 tracking numbers in one field: 1ZB, 1ZC."
    (later,) = apply('WEB-1,UPS,,"1ZA, 1ZD",,,\n')
    assert later.outcome == "refused"
    assert later.sentence.endswith("; 1ZD can’t be added to it.")
    assert parcels() == [("1ZA", {"MUG": 2, "PEN": 3})]


def test_one_parcel_with_several_numbers_is_refused_where_one_is_meant() -> None:
    """Whoever ships or corrects without naming boxes."""
    order = an_order()
    first = order.lines.first()
    assert first is not None
    with pytest.raises(Refused):
        process_shipment(order.pk, [ParcelDraft(Tracking("UPS", "", "1ZA, 1ZB"), {first.pk: 1})], by="Ada")
    apply("WEB-1,UPS,,1Z1,,MUG,1\n")
    for number in ("1ZA; 1ZB", "#N/A", "9.4E+21"):
        with pytest.raises(Refused):
            correct_parcel(Parcel.objects.get().pk, Tracking("UPS", "", number), by="Ada")
    assert parcels() == [("1Z1", {"MUG": 1})]


def test_a_carrier_that_the_number_tells_is_noted_and_said() -> None:
    """Where none is named; a named one stands, and what only may be is offered."""
    an_order(1, line(1, quantity=4))
    rows = f"WEB-1,,,{UPS},,MUG,1\nWEB-1,Van,,1Z5R89390357567127,,MUG,1\nWEB-1,,,986578788855,,MUG,1\n"
    rows += "WEB-1,none,,1Z879E930346834440,,MUG,1\n"
    assert sentences(rows) == [
        "Shipped 1 × MUG. Carrier recognized by the number: UPS.",
        "Shipped 1 × MUG.",
        "Shipped 1 × MUG. The number may be from FedEx. If so, enter the carrier.",
        "Shipped 1 × MUG.",
    ]
    assert list(Parcel.objects.order_by("pk").values_list("carrier", flat=True)) == ["UPS", "Van", "", ""]


def test_the_export_of_several_addresses_names_them_and_can_be_given_back() -> None:
    """With a number for each, each goes where its row says, whatever the order of the rows."""
    order = an_order(1, line(1), line(2, ship_to=2), addresses=ADDRESSES)
    content = open_orders_csv()
    assert content.splitlines() == [
        HEAD.strip() + ",ship_to",
        'WEB-1,,Ground,,,MUG,2,"1: Ada, 1 Main St, York"',
        'WEB-1,,Ground,,,MUG,2,"2: Bo, 2 High St, Bath"',
    ]
    head, one, two = content.splitlines()
    filled = [head, two.replace("Ground,,", "Ground,1ZB,"), one.replace("Ground,,", "Ground,1ZA,")]
    rows = read_rows("\n".join(filled))
    assert [answer.outcome for answer in apply_rows(rows, by="Ada")] == ["ok", "ok"]
    sent = dict(Parcel.objects.values_list("tracking_number", "ship_to__source_id"))
    assert sent == {"1ZA": 9, "1ZB": 10}
    assert [answer.outcome for answer in apply_rows(rows, by="Ada")] == ["skipped", "skipped"]
    assert shipped(order) == [2, 2]


def test_an_address_with_an_item_without_a_sku_is_one_row_of_its_own() -> None:
    """The other address keeps its SKUs; a number typed into each row goes to its address."""
    order = an_order(1, line(1, part_number=""), line(2, ship_to=2), addresses=ADDRESSES)
    assert [row[5:8] for row in open_rows()] == [
        ["", "", "1: Ada, 1 Main St, York"],
        ["MUG", "2", "2: Bo, 2 High St, Bath"],
    ]
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in open_rows()]
    text = "order,tracking,sku,quantity,ship_to\n"
    for at, row in enumerate(rows, 1):
        text += f'{row["order"]},1Z{at},{row["sku"]},{row["quantity"]},"{row["ship_to"]}"\n'
    assert [answer.outcome for answer in apply_rows(read_rows(text), by="Ada")] == ["ok", "ok"]
    assert dict(Parcel.objects.values_list("tracking_number", "ship_to__source_id")) == {"1Z1": 9, "1Z2": 10}
    assert shipped(order) == [2, 2]


@pytest.mark.parametrize(
    ("named", "address"),
    [("1", 9), ("2", 10), ("2.0", 10), ("2: bo,  2 HIGH st., Bath", 10), ("Bo, 2 High St, Bath", 10)],
)
def test_an_address_may_be_named_by_its_number_or_as_it_is_written(named: str, address: int) -> None:
    """As the export does."""
    an_order(1, line(1), line(2, ship_to=2), addresses=ADDRESSES)
    rows = read_rows(f'order,tracking,sku,qty,ship to\nWEB-1,1Z1,MUG,2,"{named}"\n')
    assert [answer.outcome for answer in apply_rows(rows, by="Ada")] == ["ok"]
    assert Parcel.objects.get().ship_to.source_id == address  # type: ignore[union-attr]


@pytest.mark.parametrize("named", ["3", "2: Bo, 9 Low St, Bath", "Cy, 1 Main St, York", "0"])
def test_an_address_that_the_order_does_not_have_is_refused(named: str) -> None:
    """Also where the number is right and the address has become another: the ones that there are stand next to it."""
    an_order(1, line(1), line(2, ship_to=2), addresses=ADDRESSES)
    rows = read_rows(f'order,tracking,sku,qty,ship to\nWEB-1,1Z1,MUG,2,"{named}"\n')
    (answer,) = apply_rows(rows, by="Ada")
    assert answer.sentence == f"WEB-1 has no address “{named}”."
    assert answer.next_step == "It goes to: 1: Ada, 1 Main St, York; 2: Bo, 2 High St, Bath."


def test_an_export_after_a_part_was_shipped_is_given_back_and_ships_the_rest() -> None:
    """Though the row says what a row of the day before said; and either file again ships nothing twice."""
    order = an_order(1, line(1, quantity=6))
    monday = open_orders_csv().replace("MUG,6", "MUG,2")
    assert [answer.outcome for answer in apply_rows(read_rows(monday), by="Ada")] == ["ok"]
    tuesday = open_orders_csv().replace("MUG,4", "MUG,2")
    assert tuesday.splitlines() == [HEAD.strip() + ",shipped_before", "WEB-1,,Ground,,,MUG,2,2"]
    assert [answer.outcome for answer in apply_rows(read_rows(tuesday), by="Ada")] == ["ok"]
    for again in (monday, tuesday):
        assert [answer.outcome for answer in apply_rows(read_rows(again), by="Ada")] == ["skipped"]
    assert shipped(order) == [4]
    assert [answer.outcome for answer in apply_rows(read_rows(open_orders_csv()), by="Ada")] == ["ok"]
    assert (shipped(order), len(open_orders_csv().splitlines())) == ([6], 1)


def test_numbers_that_parcels_had_before_this_was_kept_are_taken_from_the_history() -> None:
    """Of each parcel its own, the oldest first."""
    an_order()
    one, two = (answer.parcel_id for answer in apply("WEB-1,UPS,,1ZA1,,MUG,1\nWEB-1,UPS,,1ZB1,,PEN,1\n"))
    assert one
    assert two
    for pk, number in ((one, "1ZA2"), (two, "1ZB2"), (one, "1ZA3"), (two, "")):
        correct_parcel(pk, Tracking("UPS", "", number), by="Ada")
    Parcel.objects.update(former_numbers=[])
    package = import_module("counterfoil.sales.migrations")
    (name,) = (each.name for each in iter_modules(package.__path__) if each.name.endswith("former_tracking_numbers"))
    import_module(f"{package.__name__}.{name}").fill(apps, None)
    former = dict(Parcel.objects.values_list("pk", "former_numbers"))
    assert former == {one: ["1ZA1", "1ZA2"], two: ["1ZB1", "1ZB2"]}
