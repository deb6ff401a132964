"""What a person decides where the store's and our values differ, and what else the store changed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.updating.changes import LINES_AND_MONEY
from counterfoil.intake.updating.conflicts import resolve_conflict
from counterfoil.sales.models import AddressKind
from counterfoil.sales.orders.drafts import OrderDraft
from counterfoil.sales.shipping.shipments import ParcelDraft, process_shipment
from counterfoil.stores.models import Conflict
from tests.dispatch.factories import imported
from tests.factories import sales_order, web_order
from tests.intake.imports import HOME, Imports
from tests.sales.factories import draft, line
from tests.sandbox_store import SandboxStore

pytestmark = pytest.mark.django_db


def conflicts() -> dict[str, str]:
    """What waits for a person, and how it is here."""
    return dict(Conflict.objects.values_list("field", "ours"))


def at(street: str, quantity: int = 2) -> OrderDraft:
    """Two mugs to this street."""
    return draft(line(1, quantity=quantity), addresses=(HOME[0], replace(HOME[1], street_1=street)))


def ship_one(books: Imports) -> None:
    """One mug leaves."""
    process_shipment(books.order.pk, [ParcelDraft(items={books.order.lines.get().pk: 1})], by="Ada")


def test_a_decision_that_someone_else_has_made_is_none_any_more() -> None:
    """Two people on one page: the second changes nothing."""
    resolve_conflict(987654, ours=False, by="Ada")


def test_what_is_in_the_store_no_more_cannot_be_taken(store: SandboxStore) -> None:
    """It says so, and what stands here may be kept."""
    order_id, _ = imported(store)
    field = "Ship to 9 street 1"
    conflict = Conflict.objects.create(web_order=web_order(order_id), field=field, ours="here", theirs="there")
    with pytest.raises(NeedsPerson, match=f"The order no longer has a {field}, here or in the store"):
        resolve_conflict(conflict.pk, ours=False, by="Ada")
    assert list(conflicts()) == [field]
    resolve_conflict(conflict.pk, ours=True, by="Ada")
    assert conflicts() == {}


def test_the_store_s_lines_may_be_taken_where_they_are_the_same_by_now(store: SandboxStore) -> None:
    """Nothing is written, and nobody has to decide any more."""
    order_id, _ = imported(store)
    before = sales_order(order_id).total
    conflict = Conflict.objects.create(
        web_order=web_order(order_id), field=LINES_AND_MONEY, ours="here", theirs="there"
    )
    resolve_conflict(conflict.pk, ours=False, by="Ada")
    assert conflicts() == {}
    assert sales_order(order_id).total == before


def test_lines_that_were_changed_here_wait_for_a_person() -> None:
    """Whatever it was that was changed in them."""
    books = Imports(at("Main 1"))
    books.order.lines.update(description="Cup")
    books.again(at("Main 1", quantity=3))
    assert conflicts()[LINES_AND_MONEY].endswith("The lines were changed here.")


def test_amounts_that_were_changed_here_wait_for_a_person() -> None:
    """So do those of the order as a whole."""
    books = Imports(at("Main 1"))
    books.order.shipping += Decimal(1)
    books.order.total += Decimal(1)
    books.order.save()
    books.again(at("Main 1", quantity=3))
    assert conflicts()[LINES_AND_MONEY].endswith("The amounts were changed here.")


def test_an_address_to_which_a_parcel_went_and_that_is_put_back_in_the_store_needs_nobody() -> None:
    """What conflicted is resolved by itself."""
    books = Imports(at("Main 1"))
    ship_one(books)
    books.again(at("Oak 2"))
    assert list(conflicts()) == ["Ship to address"]
    books.again(at("Main 1"))
    assert conflicts() == {}


def test_an_address_that_is_not_imported_any_more_is_passed_over() -> None:
    """Someone deleted it here; the rest of the order is updated."""
    books = Imports(at("Main 1"))
    books.order.lines.update(ship_to=None)
    books.order.addresses.filter(kind=AddressKind.SHIP_TO).delete()
    books.again(replace(at("Oak 2"), customer_message="Hurry"))
    books.order.refresh_from_db()
    assert books.order.customer_message == "Hurry"
