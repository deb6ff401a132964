"""One sales order."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.conflicts import pick
from counterfoil.sales.models import AddressKind, SalesOrder
from counterfoil.stores.models import Conflict, WebOrder
from counterfoil.web.going_back import back
from counterfoil.web.models import Role
from counterfoil.web.order_page import history, ledger, lines_under_kits, ship_tos, unpaid
from counterfoil.web.security import person, role_required
from counterfoil.web.templatetags.shown import field_name
from counterfoil.web.views.orders import ALONG

TABS = {
    "items": "Items",
    "addresses": "Bill to / Ship to",
    "shipping": "Shipping",
    "payment": "Payment",
    "notes": "Notes",
    "history": "History",
}


@role_required(Role.VIEWER)
@require_GET
def order(request: HttpRequest, number: int) -> HttpResponse:
    """A sales order with one of its tabs; open conflicts stand on top."""
    found = get_object_or_404(SalesOrder.objects.select_related(*ALONG), number=number)
    web_order: WebOrder | None = getattr(found, "web_order", None)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "items"
    context = {
        "order": found,
        "web_order": web_order,
        "integration": web_order.integration if web_order else None,
        "store_status": web_order.integration.status_text(web_order.status_seen) if web_order else "",
        "conflicts": list(web_order.conflicts.all()) if web_order else [],
        "tabs": list(TABS.items()),
        "tab": tab,
        "tab_template": f"web/order/{tab}.html",
    }
    return render(request, "web/order/index.html", context | _tab_contents(tab, found, web_order))


def _tab_contents(tab: str, found: SalesOrder, web_order: WebOrder | None) -> dict[str, Any]:
    if tab == "items":
        lines = lines_under_kits(list(found.lines.select_related("ship_to")))
        places = {each.line.ship_to_id for each in lines if each.line.ship_to_id}
        return {"lines": lines, "several_places": len(places) > 1}
    if tab in ("addresses", "shipping"):
        addresses, lines_ = list(found.addresses.all()), list(found.lines.all())
        bill_to = next((each for each in addresses if each.kind == AddressKind.BILL_TO), None)
        nowhere = [line for line in lines_ if line.ship_to_id is None]
        return {"bill_to": bill_to, "ship_tos": ship_tos(addresses, lines_), "nowhere": nowhere}
    if tab == "payment":
        tenders = list(found.tenders.all())
        return {"ledger": ledger(found, found.lines.all()), "tenders": tenders, "unpaid": unpaid(found, tenders)}
    return {"history": history(found, web_order)} if tab == "history" else {}


@role_required(Role.CLERK)
@require_POST
def pick_value(request: HttpRequest, conflict: int) -> HttpResponse:
    """Settles a conflict: keep ours, or take the store's."""
    row = Conflict.objects.select_related("web_order__sales_order").filter(pk=conflict).first()
    whose = request.POST.get("whose")
    if row is None:
        return back(request, "attention", "Someone has decided on this already.")
    if whose not in ("ours", "theirs"):
        return back(request, "attention", "Choose which value is right.", well=False)
    try:
        pick(row.pk, ours=whose == "ours", by=str(person(request)))
    except NeedsPerson as trouble:
        return back(request, "attention", f"{trouble.sentence} {trouble.next_step}", well=False)
    kept = "stays as it is here" if whose == "ours" else "is the store's now"
    return back(request, "attention", f"The {field_name(row.field)} {kept}.")
