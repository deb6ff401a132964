"""The merchant's names for a store's shipping and payment methods."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from counterfoil.intake.conversion.method_names import Names, names_in, with_names
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, TenderKind
from counterfoil.sales.orders.drafts import AddressDraft, TenderDraft
from counterfoil.stores.integrations.method_names import learn_names, map_name, seen_names, set_default_name
from counterfoil.stores.models import LogEntry, LogKind, NameKind, NameMapping
from tests.factories import NEW, connect, fresh, run_sync, sales_order
from tests.sales.factories import D, draft
from tests.sandbox_store import SandboxStore
from tests.stores.factories import saved

SHIPPING, PAYMENT = NameKind.SHIPPING, NameKind.PAYMENT
OWN = {SHIPPING: {"ground": "UPS Ground", "express": ""}, PAYMENT: {"card": "Stripe"}}


@pytest.mark.parametrize(
    ("store_name", "default", "name"),
    [
        ("Ground", "", "UPS Ground"),
        (" GROUND ", "Other", "UPS Ground"),
        ("Express", "", "Express"),
        ("Express", "Other", "Other"),
        ("Boat", "", "Boat"),
        ("Boat", "Other", "Other"),
        ("", "Other", ""),
        ("  ", "Other", "  "),
    ],
)
def test_a_name_is_mapped_else_the_default_else_as_it_came(store_name: str, default: str, name: str) -> None:
    """Capital letters make no difference, and an order without a method gets none by default."""
    assert Names(OWN, {SHIPPING: default}).name(SHIPPING, store_name) == name


def test_every_place_of_an_order_gets_the_merchant_s_names() -> None:
    """Each address, the order's ship-via, the payment method and its tender; other tenders keep their words."""
    addresses = (
        AddressDraft(AddressKind.BILL_TO),
        AddressDraft(AddressKind.SHIP_TO, source_id=1, shipping_method="Ground"),
        AddressDraft(AddressKind.SHIP_TO, source_id=2, shipping_method="Boat"),
        AddressDraft(AddressKind.SHIP_TO, source_id=3, shipping_method="ground"),
    )
    tenders = (TenderDraft(TenderKind.STORE_CREDIT, "Card", D(1)), TenderDraft(TenderKind.PAYMENT, "Card", D(2)))
    before = draft(addresses=addresses, tenders=tenders, payment_method="Card", ship_via="Ground, Boat, ground")
    after = with_names(before, Names(OWN))
    assert [address.shipping_method for address in after.addresses] == ["", "UPS Ground", "Boat", "UPS Ground"]
    assert after.ship_via == "UPS Ground, Boat"
    assert after.payment_method == "Stripe"
    assert [tender.description for tender in after.tenders] == ["Card", "Stripe"]
    assert names_in(before) == [(SHIPPING, "Ground"), (SHIPPING, "Boat"), (SHIPPING, "ground"), (PAYMENT, "Card")]


def test_without_any_mapping_nothing_changes() -> None:
    """Names are imported as they came."""
    before = draft(payment_method="Card")
    assert with_names(before, Names()).tenders == before.tenders
    assert with_names(before, Names()).payment_method == "Card"


@pytest.mark.django_db
def test_names_are_seen_mapped_and_applied_to_the_next_import(store: SandboxStore) -> None:
    """An order's names stand on the list; once mapped, the next order carries the merchant's own."""
    first, second = store.place(2, kind="guest")
    store.edit(second, status_id=1)
    for order_id in (first, second):
        store.edit(order_id, payment_method="Credit Card")
    integration = connect(store)
    run_sync(integration)
    seen = {(name.kind, name.store_name, name.name) for name in seen_names(integration)}
    assert ("payment", "Credit Card", "") in seen
    (method,) = seen_names(integration, SHIPPING)
    assert map_name(integration, PAYMENT, "credit card", "Stripe", by="Eve")
    assert not map_name(integration, PAYMENT, "Credit Card", " Stripe ", by="Eve")
    assert set_default_name(integration, SHIPPING, "Standard", by="Eve")
    store.edit(second, status_id=NEW)
    run_sync(integration)
    assert sales_order(first).payment_method == "Credit Card"
    assert sales_order(second).payment_method == "Stripe"
    assert sales_order(second).tenders.get(kind="payment").description == "Stripe"
    assert (sales_order(first).ship_via, sales_order(second).ship_via) == (method.store_name, "Standard")
    texts = list(LogEntry.objects.filter(kind=LogKind.SETTINGS).values_list("text", flat=True))
    assert "Eve: the payment method “Credit Card” becomes “Stripe”." in texts
    assert "Eve: a shipping method that is not mapped becomes “Standard”." in texts


@pytest.mark.django_db
def test_a_mapping_made_later_changes_no_order_by_itself(store: SandboxStore) -> None:
    """An order set back to a new order status without a change stays as it is; one with a change changes in that."""
    (order_id,) = store.place(1, kind="guest")
    integration = connect(store)
    run_sync(integration)
    came = sales_order(order_id).payment_method
    map_name(integration, PAYMENT, came, "Stripe", by="Eve")
    store.edit(order_id, status_id=NEW)
    assert run_sync(integration).imports.outcomes == {"Unchanged": 1}
    store.edit(order_id, status_id=NEW, customer_message="Ring twice")
    assert run_sync(integration).imports.outcomes == {"Updated": 1}
    assert sales_order(order_id).payment_method == came
    assert [change.field for change in sales_order(order_id).changes.filter(by="BigCommerce")] == ["customer message"]


@pytest.mark.django_db
def test_a_name_that_cannot_be_is_refused() -> None:
    """Nothing and too much, in a sentence; a default may be taken away again."""
    integration = saved()
    with pytest.raises(Refused, match="1 to 200 characters"):
        map_name(integration, SHIPPING, " ", "x", by="Eve")
    with pytest.raises(Refused, match="1 to 200 characters"):
        map_name(integration, SHIPPING, "Ground", "x" * 201, by="Eve")
    with pytest.raises(Refused, match="at most 200 characters"):
        set_default_name(integration, PAYMENT, "x" * 201, by="Eve")
    assert set_default_name(integration, PAYMENT, "Other", by="Eve")
    assert set_default_name(integration, PAYMENT, "", by="Eve")
    assert not set_default_name(integration, PAYMENT, "", by="Eve")
    assert fresh(integration).payment_default == ""


@pytest.mark.django_db
def test_learning_names_again_leaves_what_is_mapped() -> None:
    """Whatever an order carries, a mapping is only changed by a person."""
    integration = saved()
    map_name(integration, SHIPPING, "Ground", "UPS", by="Eve")
    learn_names(integration, [(SHIPPING, "GROUND"), (SHIPPING, "Boat"), (PAYMENT, "x" * 500)])
    learn_names(integration, [(SHIPPING, "Boat")])
    learn_names(integration, [])
    names = [(name.store_name, name.name) for name in seen_names(integration)]
    assert names == [("x" * 200, ""), ("Boat", ""), ("Ground", "UPS")]


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"store_name": "GROUND"}, {"store_name": ""}, {"kind": "colour"}])
def test_the_database_refuses_a_name_twice_or_none_whatever_code_writes_it(wrong: dict[str, Any]) -> None:
    integration = saved()
    NameMapping.objects.create(integration=integration, kind=SHIPPING, store_name="Ground")
    values = {"kind": SHIPPING, "store_name": "Boat"} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        NameMapping.objects.create(integration=integration, **values)
