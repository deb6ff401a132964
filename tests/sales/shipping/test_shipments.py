"""Shipping in the sales data: what goes into parcels, what is taken back, and what is refused."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.dispatch import Signal
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from counterfoil.sales import signals
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, LineKind, OrderLine, Parcel, ParcelItem, SalesOrder
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.orders.status import put_on_hold
from counterfoil.sales.shipping.shipments import (
    ParcelDraft,
    Tracking,
    cancel_open,
    correct_parcel,
    in_parcels,
    open_items,
    process_shipment,
    set_backordered,
    void_parcel,
)
from tests.sales.factories import draft, line, placed, whole_order

pytestmark = pytest.mark.django_db
UPS = Tracking(carrier="UPS", service="Ground", tracking_number="1Z999")
ADDRESSES = (
    AddressDraft(AddressKind.BILL_TO),
    AddressDraft(AddressKind.SHIP_TO, source_id=9),
    AddressDraft(AddressKind.SHIP_TO, source_id=10),
    AddressDraft(AddressKind.PICKUP, source_id=11),
)


def an_order(*lines: Any) -> SalesOrder:
    """Three mugs to one address and two pens to another, unless the test says otherwise."""
    lines = lines or (line(1, quantity=3), line(2, part_number="PEN", ship_to=2))
    return placed(draft(*lines, addresses=ADDRESSES))


def line_of(order: SalesOrder, source_id: int = 1) -> OrderLine:
    """The line as the database has it now."""
    return order.lines.get(source_id=source_id)


def box(order: SalesOrder, *quantities: tuple[int, int], tracking: Tracking = UPS) -> ParcelDraft:
    """A parcel of (line's source id, quantity)."""
    ids = dict(order.lines.values_list("source_id", "pk"))
    return ParcelDraft(tracking, {ids.get(source, -source): quantity for source, quantity in quantities})


def ship(order: SalesOrder, *quantities: tuple[int, int]) -> Parcel:
    """One parcel, processed by Ada."""
    return process_shipment(order.pk, [box(order, *quantities)], by="Ada").parcels.get()


def says(act: Callable[[], object]) -> str:
    """What the sales data says to an action that is refused; nothing is written then."""
    before = list(OrderLine.objects.order_by("pk").values()), list(Parcel.objects.order_by("pk").values())
    with pytest.raises(Refused) as refused:
        act()
    assert before == (list(OrderLine.objects.order_by("pk").values()), list(Parcel.objects.order_by("pk").values()))
    return str(refused.value)


@contextmanager
def heard(signal: Signal) -> Iterator[list[Any]]:
    """What a signal says while the block runs."""
    told: list[Any] = []

    def hear(**what: Any) -> None:
        told.append(what)

    signal.connect(hear, weak=False)
    try:
        yield told
    finally:
        signal.disconnect(hear)


def statements(act: Callable[[], object]) -> int:
    """How many statements an act takes, transaction control left out."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    return len([each for each in captured.captured_queries if "SAVEPOINT" not in each["sql"]])


def test_a_parcel_ships_its_items_and_says_so_once() -> None:
    """Quantities, address and tracking are kept; one signal for the parcel."""
    order = an_order()
    with heard(signals.parcel_processed) as told:
        parcel = ship(order, (1, 2))
    assert [each["parcel"] for each in told] == [parcel]
    assert (line_of(order).shipped, line_of(order).open) == (2, 1)
    assert parcel.ship_to is not None
    assert parcel.ship_to.source_id == 9
    assert (parcel.carrier, parcel.service, parcel.tracking_number) == ("UPS", "Ground", "1Z999")
    assert parcel.shipment.processed_by == "Ada"


def test_a_further_box_belongs_to_the_parcel_before_it() -> None:
    """A box without items hangs on the last parcel with items, and goes to the same address."""
    order = an_order()
    boxes = [box(order, (1, 1)), box(order, (2, 2)), ParcelDraft(Tracking(tracking_number="SECOND"))]
    shipment = process_shipment(order.pk, boxes, by="Ada")
    mugs, pens, further = shipment.parcels.order_by("pk")
    assert (mugs.belongs_to, pens.belongs_to, further.belongs_to) == (None, None, pens)
    assert further.ship_to == pens.ship_to != mugs.ship_to


def test_all_that_is_open_goes_into_one_parcel_for_each_address() -> None:
    """What cannot be shipped stays out of it."""
    order = an_order(line(1), line(2, ship_to=2), line(3), line(4, kind=LineKind.DIGITAL, ship_to=None))
    ship(order, (1, 1))
    drafts = whole_order(order, Tracking("UPS"))
    assert sorted(sorted(each.items.values()) for each in drafts) == [[1, 2], [2]]
    assert len(open_items(order)) == 3
    process_shipment(order.pk, drafts, by="Ada")
    assert open_items(order) == {}


def test_nothing_is_taken_of_a_refused_shipment() -> None:
    """A second parcel that cannot be processed takes the first back with it."""
    order = an_order()
    good, bad = box(order, (1, 1)), box(order, (2, 1), tracking=Tracking(tracking_number="9" * 51))
    assert "51 characters; 50 are allowed" in says(lambda: process_shipment(order.pk, [good, bad], by="Ada"))


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        ([], "The first parcel has no items."),
        ([()], "The first parcel has no items."),
        ([((1, 0),)], "A quantity to ship is at least 1."),
        ([((1, -1),)], "A quantity to ship is at least 1."),
        ([((1, 1), (2, 1))], "These items go to different addresses."),
        ([((99, 1),)], "One of the items is no longer on this order."),
        ([((1, 4),)], "4 × MUG is too many: 3 still open."),
        ([((1, 2),), ((1, 2),)], "4 × MUG is too many: 3 still open."),
        ([((3, 1),)], "E-BOOK is not shipped: it is a digital product."),
        ([((4, 1),)], "GIFT is not shipped: it is a gift certificate product."),
        ([((5, 1),)], "LOST has no address to ship to."),
        ([((6, 1),)], "LAMP is picked up, not shipped."),
    ],
)
def test_what_cannot_be_shipped_is_refused_with_a_sentence(boxes: Any, sentence: str) -> None:
    """And then nothing was shipped."""
    order = an_order(
        line(1, quantity=3),
        line(2, ship_to=2),
        line(3, part_number="E-BOOK", kind=LineKind.DIGITAL, ship_to=None),
        line(4, part_number="GIFT", kind=LineKind.GIFT_CERTIFICATE, ship_to=None),
        line(5, part_number="LOST", ship_to=None),
        line(6, part_number="LAMP", ship_to=3),
    )
    drafts = [box(order, *quantities) for quantities in boxes]
    assert says(lambda: process_shipment(order.pk, drafts, by="Ada")).startswith(sentence)


@pytest.mark.parametrize(
    ("tracking", "sentence"),
    [
        (Tracking(tracking_number="9" * 51), "The tracking number has 51 characters; 50 are allowed."),
        (Tracking(tracking_link="https://" + "x" * 500), "The tracking link has 508 characters; 500 are allowed."),
        (Tracking(carrier="C" * 101), "The carrier has 101 characters; 100 are allowed."),
        (Tracking(service="S" * 101), "The service has 101 characters; 100 are allowed."),
        (Tracking(tracking_link="example.com/1"), "“example.com/1” isn’t a web address."),
        (Tracking(tracking_link="javascript:alert(1)"), "“javascript:alert(1)” isn’t a web address."),
        (Tracking(tracking_link="https://[::1"), "“https://[::1” isn’t a web address."),
        (Tracking(tracking_link="https://a b"), "“https://a b” isn’t a web address."),
    ],
)
def test_tracking_that_no_store_takes_is_refused(tracking: Tracking, sentence: str) -> None:
    """On processing and on correcting alike."""
    order = an_order()
    assert says(lambda: process_shipment(order.pk, [box(order, (1, 1), tracking=tracking)], by="A")).startswith(
        sentence
    )
    processed = ship(order, (1, 1))
    assert says(lambda: correct_parcel(processed.pk, tracking, by="Ada")).startswith(sentence)


def test_an_order_on_hold_is_not_shipped() -> None:
    """The sentence says why, and who can change that."""
    order = an_order()
    put_on_hold(order.pk, "The order was cancelled in the store.", by="BigCommerce")
    sentence = says(lambda: ship(order, (1, 1)))
    assert sentence == (
        "The order is on hold. The order was cancelled in the store. A manager can release it from the hold."
    )


def test_nothing_left_to_ship_is_said() -> None:
    """Also why, where something is open that goes into no parcel."""
    order = an_order(line(1))
    ship(order, (1, 2))
    assert says(lambda: whole_order(order, UPS)).startswith("Nothing on WEB-100 is left to ship.")
    digital = placed(draft(line(1, kind=LineKind.DIGITAL, ship_to=None)), import_id=None)
    assert says(lambda: whole_order(digital, UPS)).startswith("MUG is not shipped: it is a digital product.")


def test_a_correction_is_recorded_and_said_when_something_differs() -> None:
    """Field by field in the history, with who; the same again changes nothing."""
    parcel = ship(an_order(), (1, 1))
    better = Tracking(carrier=" UPS ", service="Ground", tracking_number="1Z  998")
    with heard(signals.parcel_corrected) as told:
        assert correct_parcel(parcel.pk, better, by="Max")
        assert not correct_parcel(parcel.pk, better, by="Max")
    assert len(told) == 1
    change = parcel.shipment.order.changes.get(field="parcel tracking number")
    assert (change.by, change.before, change.after) == ("Max", "1Z999", "1Z 998")


def test_a_voided_parcel_opens_its_items_again() -> None:
    """Its further boxes go with it, and the reason is recorded."""
    order = an_order()
    boxes = [box(order, (1, 3)), ParcelDraft(Tracking(tracking_number="SECOND"))]
    parcel, further = process_shipment(order.pk, boxes, by="Ada").parcels.order_by("pk")
    with heard(signals.parcel_voided) as told:
        void_parcel(parcel.pk, by="Max", reason=" lost ")
    further.refresh_from_db()
    assert line_of(order).open == 3
    assert (further.voided_by, further.void_reason) == ("Max", "lost")
    assert [each["parcel"] for each in told] == [parcel]
    assert order.changes.get(field="parcel").why == "lost"


def test_what_was_refunded_after_shipping_need_not_be_shipped_again() -> None:
    """Two of three came back and were refunded: after the parcel was voided one is open."""
    order = an_order(line(1, quantity=3, refunded=2, shipped=0))
    OrderLine.objects.update(cancelled=0)
    parcel = ship(order, (1, 3))
    void_parcel(parcel.pk, by="Max", reason="came back")
    assert (line_of(order).cancelled, line_of(order).open) == (2, 1)


def test_a_parcel_that_is_not_ours_to_change_is_left_alone() -> None:
    """One that was voided, and one that was made in the store."""
    voided, taken = ship(an_order(), (1, 1)), ship(placed(import_id=None), (1, 1))
    void_parcel(voided.pk, by="Ada", reason="lost")
    Parcel.objects.filter(pk=taken.pk).update(taken_over=True)
    for act in (
        lambda pk: correct_parcel(pk, UPS, by="Ada"),
        lambda pk: void_parcel(pk, by="Ada", reason="again"),
    ):
        assert says(lambda act=act: act(voided.pk)).startswith("This parcel was voided.")
        assert says(lambda act=act: act(taken.pk)).startswith("This parcel was created in the store. Change it there.")


def test_reasons_are_asked_for() -> None:
    """Voiding and cancelling say why."""
    order = an_order()
    parcel, line_id = ship(order, (1, 1)), line_of(order).pk
    assert says(lambda: void_parcel(parcel.pk, by="Ada", reason=" ")) == "Say why the parcel is voided."
    assert says(lambda: cancel_open(order.pk, {line_id: 1}, by="A", reason="")) == "Say why the quantity is cancelled."


def test_open_quantities_are_cancelled_with_a_reason() -> None:
    """Who, how many and why stand in the history; what waits for stock is lowered with them."""
    order = an_order()
    line_id = line_of(order).pk
    set_backordered(order.pk, {line_id: 3}, by="Ada")
    cancel_open(order.pk, {line_id: 2}, by="Ada", reason="sold out")
    kept = line_of(order)
    assert (kept.cancelled, kept.backordered, kept.open) == (2, 1, 1)
    change = order.changes.get(field="MUG cancelled")
    assert (change.by, change.before, change.after, change.why) == ("Ada", "0", "2", "sold out")


@pytest.mark.parametrize("quantity", [0, -1, 4])
def test_more_than_is_open_is_never_cancelled_nor_less_than_one(quantity: int) -> None:
    order = an_order()
    wanted = {line_of(order).pk: quantity}
    sentence = says(lambda: cancel_open(order.pk, wanted, by="Ada", reason="sold out"))
    assert sentence == f"MUG: only 3 open, so {quantity} can’t be cancelled. Correct the quantity."


@pytest.mark.parametrize("quantity", [-1, 4])
def test_more_than_is_open_never_waits_for_stock_nor_less_than_none(quantity: int) -> None:
    order = an_order()
    wanted = {line_of(order).pk: quantity}
    sentence = says(lambda: set_backordered(order.pk, wanted, by="Ada"))
    assert sentence == f"MUG: only 3 open, so {quantity} can’t be backordered. Correct the quantity."


def test_a_line_of_another_order_is_not_touched_whatever_ids_a_page_sends() -> None:
    order, other = an_order(), placed(import_id=None)
    foreign = {other.lines.get().pk: 1}
    sentence = "One of the items is no longer on this order. Reload the page."
    assert says(lambda: cancel_open(order.pk, foreign, by="Ada", reason="sold out")) == sentence
    assert says(lambda: set_backordered(order.pk, foreign, by="Ada")) == sentence


def test_shipping_takes_from_what_waited_for_stock() -> None:
    """What is shipped waits no more."""
    order = an_order()
    set_backordered(order.pk, {line_of(order).pk: 3}, by="Ada")
    ship(order, (1, 2))
    assert (line_of(order).backordered, line_of(order).open) == (1, 1)


@pytest.mark.parametrize("act", ["process", "void", "cancel", "backorder"])
def test_the_number_of_statements_does_not_grow_with_the_lines(act: str) -> None:
    """Two lines or two hundred: each act takes as many statements."""

    def taken(lines: int) -> int:
        order = placed(draft(*(line(number) for number in range(1, lines + 1))), import_id=None)
        everything = dict.fromkeys(order.lines.values_list("pk", flat=True), 1)
        if act == "void":
            parcel = process_shipment(order.pk, [ParcelDraft(UPS, everything)], by="A").parcels.get()
            return statements(lambda: void_parcel(parcel.pk, by="Ada", reason="lost"))
        acts: dict[str, Callable[[], object]] = {
            "process": lambda: process_shipment(order.pk, [ParcelDraft(UPS, everything)], by="Ada"),
            "cancel": lambda: cancel_open(order.pk, everything, by="Ada", reason="sold out"),
            "backorder": lambda: set_backordered(order.pk, everything, by="Ada"),
        }
        return statements(acts[act])

    taken(1)
    assert taken(2) == taken(200)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_ship_the_last_one_at_once_ship_it_once() -> None:
    """Two sessions, two connections: one is served, the other reads that it is not open any more."""
    order = an_order(line(1, quantity=1))
    results = at_once(lambda: ship(order, (1, 1)), lambda: ship(order, (1, 1)))
    refused = [result for result in results if isinstance(result, Refused)]
    assert len(refused) == 1
    assert refused[0].sentence == "1 × MUG is too many: 0 still open."
    assert (line_of(order).shipped, Parcel.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_database_says_no_to_two_sessions_that_do_not_ask_the_program() -> None:
    """Both read that one is open and both count it as shipped, without a lock: the second is refused."""
    order = an_order(line(1, quantity=1, ship_to=1))
    both_have_read = threading.Barrier(2, timeout=20)

    def count_one() -> None:
        with transaction.atomic():
            kept = line_of(order)
            both_have_read.wait()
            with connection.cursor() as cursor:
                cursor.execute("UPDATE sales_orderline SET shipped = shipped + %s WHERE id = %s", [kept.open, kept.pk])

    results = at_once(count_one, count_one)
    refused = [result for result in results if isinstance(result, IntegrityError)]
    assert len(refused) == 1
    assert "line_never_more_shipped_than_ordered" in str(refused[0])
    assert line_of(order).shipped == 1


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returns or raises, each in a thread with a connection of its own."""
    results: list[object] = []
    started = threading.Barrier(len(acts), timeout=20)

    def run(act: Callable[[], object]) -> None:
        try:
            started.wait()
            results.append(act())
        except (Refused, IntegrityError) as refused:
            results.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == len(acts)
    return results


class Warehouse(RuleBasedStateMachine):
    """People who ship, take back, cancel and wait for stock, in any order, also more than there is."""

    @initialize(quantities=st.lists(st.integers(1, 4), min_size=1, max_size=3))
    def an_order_comes(self, quantities: list[int]) -> None:
        lines = [line(number, quantity=quantity) for number, quantity in enumerate(quantities, 1)]
        self.order = placed(draft(*lines), import_id=None)

    @rule(wanted=st.dictionaries(st.integers(0, 2), st.integers(0, 3), min_size=1), further=st.booleans())
    def ship(self, wanted: dict[int, int], further: bool) -> None:
        boxes = [ParcelDraft(UPS, self.ids(wanted)), *([ParcelDraft(UPS)] if further else [])]
        self.attempt(lambda: process_shipment(self.order.pk, boxes, by="Ada"))

    @rule(which=st.integers(0, 5))
    def void(self, which: int) -> None:
        parcels = list(Parcel.objects.filter(shipment__order=self.order).order_by("pk"))
        if which < len(parcels):
            self.attempt(lambda: void_parcel(parcels[which].pk, by="Ada", reason="lost"))

    @rule(wanted=st.dictionaries(st.integers(0, 2), st.integers(0, 2), min_size=1))
    def cancel(self, wanted: dict[int, int]) -> None:
        self.attempt(lambda: cancel_open(self.order.pk, self.ids(wanted), by="Ada", reason="sold out"))

    @rule(wanted=st.dictionaries(st.integers(0, 2), st.integers(0, 3), min_size=1))
    def backorder(self, wanted: dict[int, int]) -> None:
        self.attempt(lambda: set_backordered(self.order.pk, self.ids(wanted), by="Ada"))

    def ids(self, wanted: dict[int, int]) -> dict[int, int]:
        """Quantities by the ids of this order's lines."""
        pks = list(self.order.lines.values_list("pk", flat=True))
        return {pks[place % len(pks)]: quantity for place, quantity in wanted.items()}

    def attempt(self, act: Callable[[], object]) -> None:
        """Done or refused; a refusal leaves the sales data as it was."""
        before = list(self.order.lines.values())
        try:
            act()
        except Refused:
            assert list(self.order.lines.values()) == before

    @invariant()
    def shipped_is_what_lies_in_parcels(self) -> None:
        if not hasattr(self, "order"):
            return
        held = in_parcels(self.order)
        for each in self.order.lines.all():
            assert each.shipped == held.get(each.pk, 0)
            assert each.shipped + each.cancelled + each.backordered <= each.quantity
        assert not ParcelItem.objects.filter(quantity__lt=1).exists()

    @invariant()
    def the_status_follows(self) -> None:
        if not hasattr(self, "order"):
            return
        self.order.refresh_from_db()
        lines = list(self.order.lines.all())
        shipped, is_open = any(each.shipped for each in lines), any(each.open for each in lines)
        expected = {
            (False, True): "initial",
            (True, True): "partially_shipped",
            (True, False): "shipped",
            (False, False): "cancelled",
        }
        assert self.order.status.role == expected[shipped, is_open]


def test_whatever_people_do_the_quantities_agree_with_the_parcels() -> None:
    """Shipped is what lies in parcels that are not voided; nothing is shipped, cancelled and awaited twice."""
    run_state_machine_as_test(
        Warehouse,
        settings=settings(
            max_examples=40,
            stateful_step_count=12,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
