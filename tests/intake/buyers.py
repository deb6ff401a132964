"""Buyers, and what the books make of their orders."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from counterfoil.intake.conversion.converter import Buyer
from counterfoil.intake.matching.buyers import Settled, settle_buyer
from counterfoil.sales.models import AddressKind, SalesOrder
from counterfoil.sales.orders.create import place
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.stores.models import WebIntegration
from tests.sales.house import draft

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


def settle(integration: WebIntegration, buyer: Buyer) -> Settled:
    """The client and the contact of an order by this buyer, in a transaction of its own."""
    with transaction.atomic():
        return settle_buyer(integration, buyer)


def order_by(integration: WebIntegration, buyer: Buyer) -> SalesOrder:
    """An order by this buyer, in the books."""
    names = ("company", "first_name", "last_name", "email", "phone", "country_code", "street_1", "postcode")
    bill_to = AddressDraft(AddressKind.BILL_TO, **{name: getattr(buyer, name) for name in names})
    with transaction.atomic():
        settled = settle_buyer(integration, buyer)
        return place(
            draft(addresses=(bill_to, AddressDraft(AddressKind.SHIP_TO, source_id=9))),
            client_id=settled.client_id,
            contact=settled.contact,
            matched_by=settled.match.rule,
            how_matched=settled.how,
            products={},
            source=integration.code,
            import_id=integration.import_id(_numbers.next()),
        )
