"""An order that is imported again and again, for tests of what a later version changes."""

from counterfoil.intake.conversion.converter import Buyer, ConvertedOrder
from counterfoil.intake.updating.order import update_order
from counterfoil.sales.models import AddressKind
from counterfoil.sales.orders.drafts import AddressDraft, OrderDraft
from counterfoil.stores.models import WebOrder
from tests.sales.factories import placed
from tests.stores.factories import saved, web_order

BUYER = Buyer(0, "", "Ada", "Byron", "ada@example.com", "", "US", "Main 1", "12345")
HOME = (AddressDraft(AddressKind.BILL_TO), AddressDraft(AddressKind.SHIP_TO, source_id=9, street_1="Main 1"))


class Imports:
    """An order in the sales data, without a store behind it, that is imported again and again."""

    def __init__(self, before: OrderDraft) -> None:
        self.order = placed(before, import_id=None)
        number = WebOrder.objects.count() + 1
        self.web_order = web_order(
            saved(code=f"W{number}-", store_hash=str(number)), number, sales_order=self.order, state="imported"
        )
        self.version = before

    def again(self, after: OrderDraft) -> None:
        before, self.version = self.version, after
        update_order(
            self.web_order, before=ConvertedOrder(before, BUYER), after=ConvertedOrder(after, BUYER), products={}
        )
