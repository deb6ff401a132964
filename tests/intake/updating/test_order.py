"""An order set back to a new order status after something of it was shipped, or changed here (design, rule 8)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import ProtectedError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.updating.changes import LINES_AND_MONEY
from counterfoil.intake.updating.conflicts import resolve_conflict
from counterfoil.sales.clients.contacts import add_contact, choose_contact
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, Parcel, ParcelItem
from counterfoil.sales.orders.drafts import AddressDraft, LineDraft, OrderDraft
from counterfoil.sales.orders.edit import edit_address, edit_order
from counterfoil.sales.shipping.external_shipments import note_refunded
from counterfoil.sales.shipping.shipments import ParcelDraft, cancel_open, in_parcels, process_shipment, void_parcel
from counterfoil.stores.models import Conflict
from tests.dispatch.factories import imported, lines_of, ship, shipments_in
from tests.factories import NEW, connect, in_store, run_sync, sales_order
from tests.intake.imports import HOME, Imports
from tests.sales.factories import draft, line
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def set_back(store: SandboxStore, order_id: int, integration: Any, **changes: Any) -> None:
    """Someone edits the order in the store and sets it back to a new order status; it is imported again."""
    store.edit(order_id, status_id=NEW, **changes)
    run_sync(integration)


def change_line(store: SandboxStore, order_id: int, place: int, quantity: int) -> dict[str, Any]:
    """An edit that gives one line another quantity; 0 removes it."""
    return {"lines": [{"id": in_store(store, order_id)["products"][place]["id"], "quantity": quantity}]}


def conflicts() -> dict[str, tuple[str, str]]:
    """What waits for a person: field → ours, theirs."""
    return {each.field: (each.ours, each.theirs) for each in Conflict.objects.all()}


def pick_theirs() -> None:
    resolve_conflict(Conflict.objects.get().pk, ours=False, by="Ada")


def shipped(order_id: int) -> list[tuple[int, int]]:
    """Of each line: ordered, shipped."""
    return [(each.quantity, each.shipped) for each in lines_of(order_id)]


def test_a_contact_that_a_person_chose_waits_for_a_person_and_another_one_follows(store: SandboxStore) -> None:
    """Another buyer in the store: taken over where nobody chose; else both are shown, and the store's can be taken."""
    order_id, integration = imported(store)
    grace = {"first_name": "Grace", "last_name": "Hopper", "email": "grace@example.com"}
    set_back(store, order_id, integration, billing_address=grace)
    order = sales_order(order_id)
    assert (str(order.contact), conflicts()) == ("Grace Hopper", {})
    ours = add_contact(order.client_id, {"last_name": "Babbage"}, by="Ada")
    choose_contact(order.pk, ours.pk, by="Ada")
    set_back(store, order_id, integration, billing_address=grace | {"email": "g.hopper@example.com"})
    assert sales_order(order_id).contact == ours
    assert conflicts() == {"contact": ("Babbage", "Grace Hopper")}
    pick_theirs()
    contact = sales_order(order_id).contact
    assert contact is not None
    assert contact.email == "g.hopper@example.com"
    assert conflicts() == {}


@pytest.mark.parametrize("sent", [False, True])
def test_fewer_than_were_shipped_is_not_imported_and_the_rest_is(store: SandboxStore, sent: bool) -> None:
    """Sent to the store or not: both versions are shown, the message is taken over."""
    order_id, integration = imported(store)
    ship(order_id, 2, 3)
    if sent:
        run_sync(integration)
    change = change_line(store, order_id, 1, 1)
    set_back(store, order_id, integration, **change, customer_message="Ring twice")
    assert shipped(order_id) == [(2, 2), (3, 3)]
    ours, theirs = conflicts()[LINES_AND_MONEY]
    assert ours.endswith(f"3 × {lines_of(order_id)[1].part_number} already shipped.")
    assert theirs.startswith(f"2 × {lines_of(order_id)[0].part_number}, 1 × ")
    assert sales_order(order_id).customer_message == "Ring twice"


def paid(order_id: int) -> dict[str, Decimal]:
    """How the order was paid: kind → amount."""
    return {each.kind: each.amount for each in sales_order(order_id).tenders.all()}


@pytest.mark.parametrize("net_of_tenders", [False, True])
def test_how_it_was_paid_is_taken_over_where_nothing_else_changes(store: SandboxStore, net_of_tenders: bool) -> None:
    """Gift certificate and store credit were used after the import; the total stays what was sold."""
    order_id, integration = imported(store)
    total, header = sales_order(order_id).total, in_store(store, order_id)
    figures = {name: Decimal(header[name]) - 10 * net_of_tenders for name in ("total_inc_tax", "total_ex_tax")}
    held = {"gift_certificate_amount": "5.0000", "store_credit_amount": "5.0000"}
    set_back(store, order_id, integration, raw=True, **held, **{name: f"{each:.4f}" for name, each in figures.items()})
    assert sales_order(order_id).total == total
    assert paid(order_id) == {"gift_certificate": 5, "store_credit": 5, "payment": total - 10}
    assert sales_order(order_id).changes.filter(field="tenders").count() == 1


def test_who_chooses_the_store_s_lines_gets_how_they_were_paid(store: SandboxStore) -> None:
    """What was paid meets the total that came with the lines."""
    order_id, integration = imported(store)
    cancel_open(sales_order(order_id).pk, {lines_of(order_id)[1].pk: 1}, by="Ada", reason="sold out")
    set_back(store, order_id, integration, **change_line(store, order_id, 1, 2))
    assert LINES_AND_MONEY in conflicts()
    pick_theirs()
    total = sales_order(order_id).total
    assert sum(paid(order_id).values()) == total == Decimal(in_store(store, order_id)["total_inc_tax"])


def test_more_of_what_was_shipped_is_taken_over(store: SandboxStore) -> None:
    """Nothing contradicts the parcel: the new quantity is open."""
    order_id, integration = imported(store)
    ship(order_id, 1)
    run_sync(integration)
    set_back(store, order_id, integration, **change_line(store, order_id, 0, 5))
    assert shipped(order_id) == [(5, 1), (3, 0)]
    assert conflicts() == {}


def test_a_line_that_lies_in_a_parcel_is_not_taken_away(store: SandboxStore) -> None:
    """Not even when a person chooses the store's lines: what was shipped stays in the sales data."""
    order_id, integration = imported(store)
    ship(order_id, 1)
    set_back(store, order_id, integration, **change_line(store, order_id, 0, 0))
    assert shipped(order_id) == [(2, 1), (3, 0)]
    with pytest.raises(NeedsPerson, match=r"1 × .* already shipped\. That’s more than the order"):
        pick_theirs()
    assert len(conflicts()) == 1
    resolve_conflict(Conflict.objects.get().pk, ours=True, by="Ada")
    assert conflicts() == {}


def test_a_line_that_lay_in_a_voided_parcel_waits_for_a_person(store: SandboxStore) -> None:
    """No crash: both are shown, and who chooses the store's lines takes the line out; the history keeps it."""
    order_id, integration = imported(store)
    void_parcel(ship(order_id, 1).pk, by="Ada", reason="lost")
    gone = lines_of(order_id)[0]
    set_back(store, order_id, integration, **change_line(store, order_id, 0, 0))
    assert conflicts()[LINES_AND_MONEY][0].endswith(f"{gone.part_number} was in a parcel.")
    pick_theirs()
    assert shipped(order_id) == [(3, 0)]
    assert Parcel.objects.get().items.count() == 0
    assert sales_order(order_id).changes.filter(before=f"2 × {gone.part_number}", by="Ada").exists()


def test_lines_that_the_store_puts_right_again_need_nobody(store: SandboxStore) -> None:
    """The conflict ends by itself where both sides agree again."""
    order_id, integration = imported(store)
    ship(order_id, 2, 3)
    set_back(store, order_id, integration, **change_line(store, order_id, 1, 1))
    assert len(conflicts()) == 1
    store.set(clock_offset_seconds=60.0)
    set_back(store, order_id, integration, **change_line(store, order_id, 1, 3))
    assert conflicts() == {}
    assert shipped(order_id) == [(2, 2), (3, 3)]


def test_an_address_that_a_parcel_went_to_stays_and_the_rest_is_updated(store: SandboxStore) -> None:
    """Both addresses are shown; the store's choice is for what is still open."""
    order_id, integration = imported(store)
    first = ship(order_id, 2)
    run_sync(integration)
    address = store.order(order_id)["addresses"][0]
    set_back(
        store,
        order_id,
        integration,
        addresses=[{"id": address["id"], "street_1": "New Street 7"}],
        customer_message="I moved",
    )
    ours, theirs = conflicts()["Ship to address"]
    assert address["street_1"] in ours
    assert "(a parcel went there)" in ours
    assert "New Street 7" in theirs
    assert sales_order(order_id).customer_message == "I moved"
    assert first.ship_to is not None
    assert OrderAddress.objects.get(pk=first.ship_to.pk).street_1 == address["street_1"]


def test_who_chooses_the_new_address_ships_the_rest_there(store: SandboxStore) -> None:
    """The parcel keeps the address it went to; a later import takes neither for a change."""
    order_id, integration = imported(store)
    first = ship(order_id, 2, 1)
    run_sync(integration)
    address = store.order(order_id)["addresses"][0]
    set_back(store, order_id, integration, addresses=[{"id": address["id"], "street_1": "New Street 7"}])
    pick_theirs()
    second = ship(order_id)
    run_sync(integration)
    for parcel in (first, second):
        parcel.refresh_from_db()
    assert first.ship_to is not None
    assert second.ship_to is not None
    assert (first.ship_to.street_1, second.ship_to.street_1) == (address["street_1"], "New Street 7")
    assert [made["order_address_id"] for made in shipments_in(store, order_id)] == [address["id"]] * 2
    set_back(store, order_id, integration, addresses=[{"id": address["id"], "street_1": "New Street 8"}])
    ours, theirs = conflicts()["Ship to address"]
    assert ("New Street 7" in ours, "New Street 8" in theirs) == (True, True)
    resolve_conflict(Conflict.objects.get().pk, ours=True, by="Ada")
    set_back(store, order_id, integration, customer_message="Thank you")
    assert conflicts() == {}
    assert sales_order(order_id).customer_message == "Thank you"
    set_back(store, order_id, integration, **change_line(store, order_id, 1, 4))
    assert conflicts() == {}
    assert shipped(order_id) == [(2, 2), (4, 3)]


def test_an_address_without_parcels_is_updated(store: SandboxStore) -> None:
    """Also one that a voided parcel went to."""
    order_id, integration = imported(store)
    void_parcel(ship(order_id).pk, by="Ada", reason="lost")
    address = store.order(order_id)["addresses"][0]
    set_back(store, order_id, integration, addresses=[{"id": address["id"], "street_1": "New Street 7"}])
    assert conflicts() == {}
    assert sales_order(order_id).addresses.get(kind=AddressKind.SHIP_TO).street_1 == "New Street 7"


def test_two_addresses_changed_here_and_there_are_two_decisions(store: SandboxStore) -> None:
    """Each by its own name; one decision leaves the other open."""
    integration = connect(store)
    (order_id,) = store.place(1, kind="several_addresses")
    run_sync(integration)
    for row in sales_order(order_id).addresses.filter(kind=AddressKind.SHIP_TO):
        edit_address(row.pk, {"street_1": "Ours 1"}, by="Ada")
    theirs = [{"id": each["id"], "street_1": "Theirs 2"} for each in store.order(order_id)["addresses"]]
    set_back(store, order_id, integration, addresses=theirs)
    names = [f"Ship to {number} street 1" if number > 1 else "Ship to street 1" for number in range(1, len(theirs) + 1)]
    assert conflicts() == dict.fromkeys(names, ("Ours 1", "Theirs 2"))
    resolve_conflict(Conflict.objects.get(field="Ship to 2 street 1").pk, ours=False, by="Ada")
    streets = sales_order(order_id).addresses.filter(kind=AddressKind.SHIP_TO).values_list("street_1", flat=True)
    assert list(streets)[:2] == ["Ours 1", "Theirs 2"]
    assert len(conflicts()) == len(theirs) - 1


def test_what_was_edited_here_conflicts_only_where_the_store_changed_it_too(store: SandboxStore) -> None:
    """Ship-via, notes and ship-to of people's own stay through an import that changes other things."""
    order_id, integration = imported(store)
    order = sales_order(order_id)
    edit_order(order.pk, by="Ada", ship_via="By bike", notes="Fragile")
    edit_address(order.addresses.get(kind=AddressKind.SHIP_TO).pk, {"street_1": "Ours 1"}, by="Ada")
    set_back(store, order_id, integration, **change_line(store, order_id, 0, 4))
    order.refresh_from_db()
    assert (order.ship_via, order.notes) == ("By bike", "Fragile")
    assert order.addresses.get(kind=AddressKind.SHIP_TO).street_1 == "Ours 1"
    assert conflicts() == {}
    assert shipped(order_id) == [(4, 0), (3, 0)]


def test_a_field_on_which_both_sides_agree_again_needs_nobody(store: SandboxStore) -> None:
    """The store takes over what was entered here."""
    order_id, integration = imported(store)
    edit_address(sales_order(order_id).addresses.get(kind=AddressKind.SHIP_TO).pk, {"street_1": "Ours 1"}, by="Ada")
    (address,) = store.order(order_id)["addresses"]
    set_back(store, order_id, integration, addresses=[{"id": address["id"], "street_1": "Theirs 2"}])
    assert conflicts() == {"Ship to street 1": ("Ours 1", "Theirs 2")}
    set_back(store, order_id, integration, addresses=[{"id": address["id"], "street_1": "Ours 1"}])
    assert conflicts() == {}


def test_what_people_cancelled_of_a_line_conflicts_with_a_new_quantity(store: SandboxStore) -> None:
    """Whether the store's new quantity counts it in, a person says."""
    order_id, integration = imported(store)
    second = lines_of(order_id)[1]
    cancel_open(sales_order(order_id).pk, {second.pk: 1}, by="Ada", reason="sold out")
    set_back(store, order_id, integration, **change_line(store, order_id, 1, 2))
    assert conflicts()[LINES_AND_MONEY][0].endswith(f"1 × {second.part_number} cancelled here.")
    pick_theirs()
    second.refresh_from_db()
    assert (second.quantity, second.cancelled) == (2, 1)


def test_what_people_cancelled_stays_when_another_line_changes(store: SandboxStore) -> None:
    """Each line's own quantities are its own."""
    order_id, integration = imported(store)
    first, second = lines_of(order_id)
    cancel_open(sales_order(order_id).pk, {second.pk: 1}, by="Ada", reason="sold out")
    set_back(store, order_id, integration, **change_line(store, order_id, 0, 4))
    second.refresh_from_db()
    assert conflicts() == {}
    assert (second.cancelled, OrderLine.objects.get(pk=first.pk).quantity) == (1, 4)


def test_a_refund_that_was_seen_before_is_no_change_of_people_here(store: SandboxStore) -> None:
    """A partly refunded order that is edited and set back is updated."""
    order_id, integration = imported(store)
    line_there = in_store(store, order_id)["products"][1]
    store.refund(order_id, {"item_type": "PRODUCT", "item_id": line_there["id"], "quantity": 1})
    run_sync(integration)
    set_back(store, order_id, integration, **change_line(store, order_id, 0, 4))
    assert conflicts() == {}
    assert [(each.quantity, each.refunded, each.open) for each in lines_of(order_id)] == [(4, 0, 4), (3, 1, 2)]


def test_an_address_that_a_parcel_went_to_is_not_taken_away() -> None:
    """The lines moved to another consignment: both versions are shown."""
    books = Imports(draft(line(1), addresses=HOME))
    process_shipment(books.order.pk, [ParcelDraft(items={books.order.lines.get().pk: 1})], by="Ada")
    elsewhere = (HOME[0], AddressDraft(AddressKind.SHIP_TO, source_id=10, street_1="Oak 2"))
    books.again(draft(line(1), addresses=elsewhere))
    assert conflicts()[LINES_AND_MONEY][0].endswith("MUG already went to Main 1.")
    assert books.order.addresses.filter(kind=AddressKind.SHIP_TO).get().source_id == 9


def test_an_address_that_a_voided_parcel_went_to_stays_with_it() -> None:
    """The lines go to their new address, and nothing breaks."""
    books = Imports(draft(line(1), line(2, part_number="PEN"), addresses=HOME))
    items = {each.pk: 1 for each in books.order.lines.all()}
    parcel = process_shipment(books.order.pk, [ParcelDraft(items=items)], by="Ada").parcels.get()
    void_parcel(parcel.pk, by="Ada", reason="lost")
    elsewhere = (HOME[0], AddressDraft(AddressKind.SHIP_TO, source_id=10, street_1="Oak 2"))
    books.again(draft(line(1), line(2, part_number="PEN"), addresses=elsewhere))
    assert conflicts() == {}
    assert {each.ship_to.source_id for each in books.order.lines.select_related("ship_to") if each.ship_to} == {10}
    parcel.refresh_from_db()
    assert parcel.ship_to is not None
    assert parcel.ship_to.street_1 == "Main 1"


LINES = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 2), st.integers(0, 4)), min_size=1, max_size=4
)
STREETS = st.sampled_from(["Main 1", "Oak 2"])


class Years(RuleBasedStateMachine):
    """The store's order changes in any way while people ship, take back and cancel here."""

    @initialize(lines=LINES)
    def an_order_comes(self, lines: Any) -> None:
        self.books = Imports(self.of(lines, "Main 1", "Main 1"))

    def of(self, lines: Any, first: str, second: str) -> OrderDraft:
        """An order of these lines (id, quantity, address, refunded) with these two streets."""
        wanted: dict[int, LineDraft] = {}
        for number, quantity, ship_to, refunded in lines:
            wanted[number] = line(number, quantity=quantity, ship_to=ship_to, refunded=min(refunded, quantity))
        addresses = (
            HOME[0],
            replace(HOME[1], street_1=first),
            AddressDraft(AddressKind.SHIP_TO, source_id=10, street_1=second),
        )
        used = {each.ship_to for each in wanted.values()}
        kept = [0, *(place for place in (1, 2) if place in used)]
        moved = [replace(each, ship_to=kept.index(each.ship_to or 0)) for each in wanted.values()]
        return draft(*moved, addresses=tuple(addresses[place] for place in kept))

    @rule(lines=LINES, first=STREETS, second=STREETS)
    def it_is_imported_again(self, lines: Any, first: str, second: str) -> None:
        self.books.again(self.of(lines, first, second))

    @rule(which=st.integers(0, 3), quantity=st.integers(1, 4))
    def ship(self, which: int, quantity: int) -> None:
        rows = list(self.books.order.lines.all())
        items = {rows[which % len(rows)].pk: quantity}
        self.attempt(lambda: process_shipment(self.books.order.pk, [ParcelDraft(items=items)], by="Ada"))

    @rule(which=st.integers(0, 5))
    def void(self, which: int) -> None:
        parcels = list(Parcel.objects.filter(shipment__order=self.books.order).order_by("pk"))
        if which < len(parcels):
            self.attempt(lambda: void_parcel(parcels[which].pk, by="Ada", reason="lost"))

    @rule(which=st.integers(0, 3))
    def cancel(self, which: int) -> None:
        rows = list(self.books.order.lines.all())
        self.attempt(lambda: cancel_open(self.books.order.pk, {rows[which % len(rows)].pk: 1}, by="A", reason="none"))

    @rule(number=st.integers(1, 4), quantity=st.integers(1, 4))
    def refund(self, number: int, quantity: int) -> None:
        note_refunded(self.books.order.pk, {number: quantity}, by="BigCommerce")

    def attempt(self, act: Any) -> None:
        try:
            act()
        except Refused:
            return

    @invariant()
    def what_lies_in_parcels_stays(self) -> None:
        if not hasattr(self, "books"):
            return
        held = in_parcels(self.books.order)
        rows = {row.pk: row for row in self.books.order.lines.all()}
        assert held.keys() <= rows.keys()
        for pk, row in rows.items():
            assert row.shipped == held.get(pk, 0)
        assert not ParcelItem.objects.filter(parcel__ship_to=None).exists()


def test_no_edit_in_the_store_breaks_what_was_shipped() -> None:
    """Whatever changes there, and whatever is done here: no crash, and shipped is what lies in parcels."""
    run_state_machine_as_test(
        Years,
        settings=settings(
            max_examples=40,
            stateful_step_count=12,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_database_refuses_to_lose_a_packed_line() -> None:
    """Whoever tries, also with the whole order."""
    books = Imports(draft(line(1), addresses=HOME))
    process_shipment(books.order.pk, [ParcelDraft(items={books.order.lines.get().pk: 1})], by="Ada")
    with pytest.raises(ProtectedError):
        books.order.lines.get().delete()
