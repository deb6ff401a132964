"""Buyers, and what becomes of their orders."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from counterfoil.intake.conversion.converter import Buyer, ConvertedOrder
from counterfoil.intake.matching.buyers import ResolvedBuyer, resolve_buyer
from counterfoil.intake.outcomes import Updated
from counterfoil.intake.updating.order import update_order
from counterfoil.sales.models import AddressKind, SalesOrder
from counterfoil.sales.orders.create import create_order
from counterfoil.sales.orders.drafts import AddressDraft, OrderDraft
from counterfoil.stores.models import WebIntegration, WebOrder, WebOrderState
from tests.sales.factories import draft

ADA = Buyer(
    customer_id=0, company="", first_name="Ada", last_name="Lovelace", email="ada@example.com",
    phone="+49 30 901820", country_code="DE", street_1="Unter den Linden 1", postcode="10117",
)  # fmt: skip
NOBODY = Buyer(
    customer_id=0, company="", first_name="", last_name="", email="", phone="", country_code="", street_1="",
    postcode="",
)  # fmt: skip


def ada(**changes: Any) -> Buyer:
    """Ada, a guest, or as this order writes her."""
    return replace(ADA, **changes)


@dataclass
class Counter:
    """Numbers for import IDs."""

    last: int = 0

    def next(self) -> int:
        """One more."""
        self.last += 1
        return self.last


_numbers = Counter()


def settle(integration: WebIntegration, buyer: Buyer) -> ResolvedBuyer:
    """The client and the contact of an order by this buyer, in a transaction of its own."""
    with transaction.atomic():
        return resolve_buyer(integration, buyer)


def draft_of(buyer: Buyer) -> OrderDraft:
    """An order that this buyer is billed for."""
    names = ("company", "first_name", "last_name", "email", "phone", "country_code", "street_1", "postcode")
    bill_to = AddressDraft(AddressKind.BILL_TO, **{name: getattr(buyer, name) for name in names})
    return draft(addresses=(bill_to, AddressDraft(AddressKind.SHIP_TO, source_id=9)))


class ReimportedOrder:
    """An order in the sales data whose buyer is another one each time that it is imported again."""

    def __init__(self, integration: WebIntegration, buyer: Buyer) -> None:
        self.placed = order_by(integration, buyer)
        number = _numbers.last
        self.web_order = WebOrder.objects.create(
            integration=integration,
            bigcommerce_order_id=number,
            import_id=integration.import_id(number),
            sales_order=self.placed,
            state=WebOrderState.IMPORTED,
        )
        self.buyer = buyer

    def again(self, buyer: Buyer, **fields: object) -> Updated:
        """Imports it again with this buyer; `fields`: what fills the client's custom fields."""
        versions = [ConvertedOrder(draft_of(each), each) for each in (self.buyer, buyer)]
        before, after = versions[0], replace(versions[1], client_fields=tuple(fields.items()))  # type: ignore[arg-type]
        self.buyer = buyer
        with transaction.atomic():
            return update_order(WebOrder.objects.get(pk=self.web_order.pk), before=before, after=after, products={})

    @property
    def order(self) -> SalesOrder:
        """As it is now."""
        return SalesOrder.objects.select_related("client", "contact").get(pk=self.placed.pk)


def order_by(integration: WebIntegration, buyer: Buyer) -> SalesOrder:
    """An order by this buyer, in the sales data."""
    with transaction.atomic():
        settled = resolve_buyer(integration, buyer)
        return create_order(
            draft_of(buyer),
            client_id=settled.client_id,
            contact=settled.contact,
            matched_by=settled.match.rule,
            how_matched=settled.how,
            products={},
            source=integration.code,
            import_id=integration.import_id(_numbers.next()),
        )
