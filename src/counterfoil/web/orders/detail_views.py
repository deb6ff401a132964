"""One sales order."""

import re
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from counterfoil.accounts.models import Role
from counterfoil.bigcommerce import NeedsPerson, StatusId
from counterfoil.intake.updating.conflicts import resolve_conflict
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, OrderStatus, SalesOrder, StatusRole
from counterfoil.sales.orders.addresses import is_about
from counterfoil.sales.orders.kits import lines_under_kits
from counterfoil.stores.attention.causes import cause_of
from counterfoil.stores.models import IN_HAND, Conflict, StoreUpdate, UpdateState, WebOrder
from counterfoil.stores.shipping.letterheads import home_of
from counterfoil.stores.updates.status_difference import status_difference
from counterfoil.stores.weborders.holds import is_stopped
from counterfoil.web.orders.detail import OrderTrouble, ledger, next_action, ship_tos, unpaid, way_out
from counterfoil.web.orders.store_tab import control_panel, foreign_shipments, store_says
from counterfoil.web.orders.tables import RELATED_WITH_STORE
from counterfoil.web.orders.timeline import SIDES, history
from counterfoil.web.shipments.address_changes import AddressChoice, address_choices
from counterfoil.web.shipments.order_tracking import MOST as MOST_NUMBERS
from counterfoil.web.shipments.order_tracking import numbers_of, tracking_numbers
from counterfoil.web.shipments.presenters import shipments_of
from counterfoil.web.ui.formatting import field_name
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import text_in
from counterfoil.web.ui.security import current_user, role_required

TABS = {
    "items": "Items",
    "addresses": "Bill to / Ship to",
    "shipping": "Shipping",
    "payment": "Payment",
    "notes": "Notes",
    "web": "Web",
    "history": "History",
}
MOST_PRINTOUTS = 4


@role_required(Role.VIEWER)
@require_GET
def order(request: HttpRequest, number: int) -> HttpResponse:
    """A sales order with one of its tabs; a hold and open conflicts stand on top."""
    found = get_object_or_404(_orders(), number=number)
    web_order: WebOrder | None = getattr(found, "web_order", None)
    lines = list(found.lines.select_related("ship_to"))
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS and (web_order or tab != "web") else "items"
    context = {
        "order": found,
        "web_order": web_order,
        "tabs": [(name, label) for name, label in TABS.items() if web_order or name != "web"],
        "tab": tab,
        "tab_template": f"web/orders/detail/{tab}.html",
    } | _head(request, found, web_order, lines)
    contents = _history(request, found, web_order) if tab == "history" else _tab_contents(tab, found, web_order, lines)
    return render(request, "web/orders/detail/index.html", context | contents)


def _head(
    request: HttpRequest, found: SalesOrder, web_order: WebOrder | None, lines: list[OrderLine]
) -> dict[str, Any]:
    """How the order stands, and what can be done with it."""
    choices = address_choices(lines)
    conflicts = [each for each in web_order.conflicts.all() if not (choices and _is_asked(each))] if web_order else []
    failed = getattr(found, "updates_failed", False)
    waits = getattr(found, "status_waits", False)
    trouble = _trouble(found, web_order, conflicts=bool(conflicts), address=any(each.is_open for each in choices))
    differs = status_difference(web_order, found, lines) if web_order and not waits and not failed else None
    return {
        "integration": web_order.integration if web_order else None,
        "home": home_of(web_order.integration) if web_order else "",
        "store_status": web_order.integration.status_text(web_order.status_seen) if web_order else "",
        "control_panel": control_panel(web_order) if web_order else "",
        "conflicts": conflicts,
        "address_choices": choices,
        "tracking": numbers_of(found)[:MOST_NUMBERS],
        "more_tracking": len(numbers_of(found)) > MOST_NUMBERS,
        "gift_messages": list(dict.fromkeys(line.wrapping_message for line in lines if line.wrapping_message)),
        "updates_failed": failed,
        "status_differs": differs,
        "next_act": next_action(found, lines, trouble, may_release=current_user(request).may(Role.MANAGER)),
        "retry_text": cause_of("order", web_order.reason_code if web_order else "").retry,
        "way_out": way_out(found, lines),
        "something_open": any(line.open for line in lines),
        "statuses": OrderStatus.objects.filter(retired=False),
        "cancelled_role": StatusRole.CANCELLED,
    }


def _trouble(found: SalesOrder, web_order: WebOrder | None, *, conflicts: bool, address: bool) -> OrderTrouble:
    """What needs a person before the order is shipped; an order made by hand is in no store."""
    if web_order is None:
        return OrderTrouble(conflicts, to_retry=False, address=address)
    return OrderTrouble(
        conflicts,
        to_retry=bool(web_order.reason_code or getattr(found, "updates_failed", False)),
        address=address,
        stopped_there=is_stopped(web_order, gone=getattr(found, "gone_there", False)),
        disputed=web_order.status_seen == StatusId.DISPUTED,
    )


def _is_asked(conflict: Conflict) -> bool:
    """Whether the choice between two ship-to addresses asks it already: a conflict over one of them."""
    return is_about("Ship to ", re.sub(r"^Ship to \d+ ", "Ship to ", conflict.field))


def _orders() -> QuerySet[SalesOrder]:
    """With what stands at the head of the page."""
    updates = StoreUpdate.objects.filter(web_order__sales_order=OuterRef("pk"))
    failed = updates.filter(state=UpdateState.FAILED)
    return SalesOrder.objects.select_related(*RELATED_WITH_STORE).annotate(
        updates_failed=Exists(failed),
        gone_there=Exists(failed.filter(reason_code="not_in_store")),
        status_waits=Exists(updates.filter(state__in=IN_HAND)),
        **tracking_numbers(),
    )


def _history(request: HttpRequest, found: SalesOrder, web_order: WebOrder | None) -> dict[str, Any]:
    side, after = request.GET.get("side", ""), request.GET.get("after", "")
    side = side if side in SIDES else ""
    shown = history(found, web_order, side=side, after=after)
    return {"history": shown, "side": side, "after": after, "sides": list(SIDES.items())}


def _tab_contents(tab: str, found: SalesOrder, web_order: WebOrder | None, lines: list[OrderLine]) -> dict[str, Any]:
    if tab == "items":
        places = {line.ship_to_id for line in lines if line.ship_to_id}
        return {
            "lines": lines_under_kits(lines),
            "several_places": len(places) > 1,
        }
    if tab == "addresses":
        return _addresses(list(found.addresses.all()), lines)
    if tab == "shipping":
        foreign = foreign_shipments(web_order, lines) if web_order is not None else []
        return _addresses(list(found.addresses.all()), lines) | _shipments(found, web_order) | {"foreign": foreign}
    if tab == "payment":
        tenders = list(found.tenders.all())
        refunds = list(web_order.refunds.all()) if web_order else []
        owed = unpaid(found, tenders)
        return {"ledger": ledger(found, lines), "tenders": tenders, "unpaid": owed, "refunds": refunds}
    return {"says": store_says(web_order, lines)} if tab == "web" and web_order is not None else {}


def _shipments(found: SalesOrder, web_order: WebOrder | None) -> dict[str, Any]:
    shipments = shipments_of(found, web_order)
    return {
        "shipments": shipments,
        "on_its_way": any(parcel.is_on_its_way for each in shipments for parcel in each.parcels),
        "printouts": found.printouts.order_by("-pk")[:MOST_PRINTOUTS],
    }


def _addresses(addresses: list[OrderAddress], lines: list[OrderLine]) -> dict[str, Any]:
    bill_to = next((each for each in addresses if each.kind == AddressKind.BILL_TO), None)
    return {
        "bill_to": bill_to,
        "bill_to_choice": AddressChoice.of(bill_to, is_open=False) if bill_to and bill_to.source_address else None,
        "ship_tos": ship_tos(addresses, lines),
        "nowhere": [line for line in lines if line.ship_to_id is None],
    }


@role_required(Role.CLERK)
@require_POST
def pick_value(request: HttpRequest, conflict: int) -> HttpResponse:
    """Resolves a conflict: keep ours, or take the store's."""
    row = Conflict.objects.select_related("web_order__sales_order").filter(pk=conflict).first()
    whose = request.POST.get("whose")
    if row is None:
        return redirect_back(request, "attention", "Someone already decided this.")
    if whose not in ("ours", "theirs"):
        return redirect_back(request, "attention", "Choose which value is right.", well=False)
    try:
        resolve_conflict(
            row.pk, ours=whose == "ours", by=str(current_user(request)), seen=text_in(request.POST, "seen", 64)
        )
    except (NeedsPerson, Refused) as trouble:
        return redirect_back(request, "attention", f"{trouble.sentence} {trouble.next_step}", well=False)
    kept = "was kept as it is here" if whose == "ours" else "now has the store's value"
    return redirect_back(request, "attention", f"The {field_name(row.field)} {kept}.")
