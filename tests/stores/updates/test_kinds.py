"""A kind of store update has all its parts: a row, words, a turn, a sender, and a place in the database."""

import pytest

from counterfoil.bigcommerce import StatusId
from counterfoil.dispatch.sender import SENDERS
from counterfoil.dispatch.update_sender import UpdateSender
from counterfoil.sales.models import Parcel
from counterfoil.stores.models import StoreUpdate, UpdateKind, UpdateState, WebOrder
from counterfoil.stores.updates.descriptions import describe, preloaded
from counterfoil.stores.updates.kinds import OTHER_KINDS, SHIPMENT_KINDS, UPDATE_TYPES, SendingOrder, type_of
from counterfoil.stores.updates.parcel_status import parcel_state
from tests.web.factories.orders import a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", UpdateKind)


def an_update(kind: UpdateKind) -> StoreUpdate:
    """One that waits, of a parcel where its kind concerns one."""
    shipment = a_shipment(an_order(a_store()))
    StoreUpdate.objects.all().delete()
    order = WebOrder.objects.get(sales_order=shipment.order)
    if kind in SHIPMENT_KINDS:
        return StoreUpdate.objects.create(web_order=order, kind=kind, parcel=Parcel.objects.get(belongs_to=None))
    status_id = StatusId.SHIPPED.value if kind == UpdateKind.STATUS else None
    return StoreUpdate.objects.create(web_order=order, kind=kind, status_id=status_id)


def test_each_kind_has_one_row() -> None:
    """The rows and the stored values are the same kinds."""
    assert sorted(each.kind for each in UPDATE_TYPES) == sorted(UpdateKind)


def test_each_kind_has_one_sender() -> None:
    """Of the class that all senders are."""
    assert sorted(each.kind for each in SENDERS) == sorted(UpdateKind)
    assert all(issubclass(each, UpdateSender) for each in SENDERS)


def test_each_kind_is_sent_in_one_of_the_two_groups() -> None:
    """Shipments first, then the rest."""
    assert sorted(SHIPMENT_KINDS + OTHER_KINDS) == sorted(UpdateKind)
    assert not set(SHIPMENT_KINDS) & set(OTHER_KINDS)


@EACH
def test_each_kind_is_kept_and_described(kind: UpdateKind) -> None:
    """The database takes it, and its own words tell it from the others."""
    (update,) = preloaded(StoreUpdate.objects.filter(pk=an_update(kind).pk))
    others = {each.subject for each in UPDATE_TYPES if each.kind != kind}
    assert describe(update)
    assert type_of(kind).subject not in others
    assert kind.label


@EACH
def test_each_kind_of_a_parcel_says_where_the_parcel_stands(kind: UpdateKind) -> None:
    """In each state; other kinds say nothing of parcels."""
    update = an_update(kind)
    parcel, row = Parcel.objects.get(belongs_to=None), type_of(kind)
    for state in UpdateState:
        update.state = state
        told = parcel_state(parcel, [update])
        if row.sending_order is SendingOrder.SHIPMENT:
            assert (told.word, told.text) == (state, row.parcel_words.get(state, state.label))
        else:
            assert (told.word, told.text) == ("not_for_store", "Not for a store")
