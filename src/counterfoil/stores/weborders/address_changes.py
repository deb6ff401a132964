"""A person chooses between our address and the one that the store has by now."""

from django.db import transaction

from counterfoil.sales.models import OrderAddress
from counterfoil.sales.orders.addresses import is_about, key_of, names_of
from counterfoil.sales.shipping.address_changes import choose_address
from counterfoil.stores.log import log
from counterfoil.stores.models import ADDRESS_CHANGED, Conflict, LogKind, WebOrder
from counterfoil.stores.weborders.reasons import end_reason


def choose_web_address(address_id: int, *, ours: bool, by: str, seen: str = "") -> str:
    """As `choose_address`, for an order of a store: said in the log, and open conflicts over the address go with it."""
    with transaction.atomic():
        called = choose_address(address_id, ours=ours, by=by, seen=seen)
        address = OrderAddress.objects.select_related("order").get(pk=address_id)
        web_order = WebOrder.objects.select_related("integration").filter(sales_order=address.order_id).first()
        if web_order is not None:
            name = names_of(address.order)[key_of(address)]
            over_it = [each.pk for each in web_order.conflicts.all() if is_about(name, each.field)]
            Conflict.objects.filter(pk__in=over_it).delete()
            end_reason(WebOrder.objects.filter(pk=web_order.pk), ADDRESS_CHANGED)
            whose = "ours was kept" if ours else "the store's is used"
            text = f"{by} decided on the {called} address: {whose}."
            log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)
    return called
