"""What a person does with a sales order besides shipping it: its status, a hold, open quantities, edits."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderAddress, OrderStatus, SalesOrder
from counterfoil.sales.orders.edit import ADDRESS_FIELDS, edit_address, edit_order, why_address_stays
from counterfoil.sales.orders.kits import PlacedLine, lines_under_kits
from counterfoil.sales.orders.status import close_without_shipping, override_hold
from counterfoil.sales.orders.status_by_hand import Doubtful, change_status_by_hand
from counterfoil.sales.shipping.shipments import cancel_open, set_backordered
from counterfoil.storable import LARGEST_ID, LARGEST_QUANTITY, number_of
from counterfoil.stores.updates.status_difference import set_status_there
from counterfoil.web.orders.create import ADDRESS
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import LONGEST_WHY, key_in, shown_again, shown_in, text_in, texts_in
from counterfoil.web.ui.security import current_user, role_required

ADDRESS_LABELS = dict(ADDRESS) | {
    "country_code": "Country code",
    "email": "E-mail",
    "shipping_method": "Shipping method",
}


def _order(number: int) -> SalesOrder:
    return get_object_or_404(SalesOrder.objects.select_related("status"), number=number)


def _done(request: HttpRequest, order: SalesOrder, act: Callable[[], object], said: str) -> HttpResponse:
    """Back to the order with a message: done, or the refusal."""
    try:
        act()
    except Refused as refused:
        return redirect_back(request, order_path(order), str(refused), well=False)
    return redirect_back(request, order_path(order), said)


@role_required(Role.CLERK)
@require_POST
def set_status(request: HttpRequest, number: int) -> HttpResponse:
    """Puts the order into another order status; what speaks against it is asked about first."""
    order = _order(number)
    status = OrderStatus.objects.filter(pk=key_in(request.POST, "status") or 0).first()
    if status is None:
        return redirect_back(request, order_path(order), "Choose an order status.", well=False)
    who, why = str(current_user(request)), text_in(request.POST, "why", LONGEST_WHY)
    anyway, seen = text_in(request.POST, "anyway", LONGEST_WHY), key_in(request.POST, "shown-status")
    try:
        change_status_by_hand(order.pk, status, by=who, why=why, anyway=anyway, seen=seen)
    except Doubtful as doubt:
        context = {"order": order, "status": status, "doubt": doubt, "why": why}
        return render(request, "web/orders/detail/status_confirmation.html", context, status=422)
    except Refused as refused:
        return redirect_back(request, order_path(order), str(refused), well=False)
    return redirect_back(request, order_path(order), f"Status changed to {status}.")


@role_required(Role.CLERK)
@require_POST
def set_status_in_store(request: HttpRequest, number: int) -> HttpResponse:
    """Sets the status in the store that the order should have there, where it says shipped and is open here."""
    order = _order(number)
    try:
        target = set_status_there(order.pk, by=str(current_user(request)))
    except Refused as refused:
        return redirect_back(request, order_path(order), str(refused), well=False)
    return redirect_back(request, order_path(order), f"The store will be set to {target} within seconds.")


@role_required(Role.MANAGER)
@require_POST
def release(request: HttpRequest, number: int) -> HttpResponse:
    """Lets an order on hold be shipped all the same."""
    order, who, why = _order(number), str(current_user(request)), text_in(request.POST, "why", LONGEST_WHY)

    def override() -> None:
        override_hold(order.pk, by=who, why=why, shown=request.POST.get("shown-hold"))
        audit(request, "Released an order from hold.", about=order.import_id or str(order.number))

    return _done(request, order, override, "It can be shipped now.")


@role_required(Role.CLERK)
@require_POST
def close(request: HttpRequest, number: int) -> HttpResponse:
    """Picked up, or nothing to ship: the order goes to the shipped status, and the store gets no shipment."""
    order, who = _order(number), str(current_user(request))
    why = "Picked up" if request.POST.get("picked_up") else "Nothing to ship"
    said = "Marked as picked up." if request.POST.get("picked_up") else "Closed: there was nothing to ship."
    return _done(request, order, lambda: close_without_shipping(order.pk, by=who, why=why), said)


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def quantities(request: HttpRequest, number: int) -> HttpResponse:
    """Cancels open quantities, with a reason, or notes what waits for stock."""
    order = _order(number)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            return redirect_back(
                request, order_path(order), _change_quantities(order, request.POST, str(current_user(request)))
            )
        except Refused as no:
            refused = no
    lines = lines_under_kits([line for line in order.lines.all() if line.open])
    rows = [_row(each, request.POST) for each in lines]
    context = {"order": order, "rows": rows, "refused": refused, "reason": text_in(request.POST, "reason", LONGEST_WHY)}
    return render(request, "web/orders/detail/quantities.html", context, status=422 if refused else 200)


def _row(each: PlacedLine, sent: QueryDict) -> tuple[PlacedLine, str, str]:
    """A line with what stands in its two fields."""
    pk, backordered = each.line.pk, str(each.line.backordered or "")
    return each, sent.get(f"cancel-{pk}", ""), sent.get(f"back-{pk}", backordered)


def _change_quantities(order: SalesOrder, sent: QueryDict, by: str) -> str:
    if "backorder" in sent:
        shown = _quantities(sent, "shown-back-", keep_zero=True)
        typed = _quantities(sent, "back-", keep_zero=True)
        set_backordered(order.pk, {pk: each for pk, each in typed.items() if each != shown.get(pk)}, by=by)
        return "Backordered quantities saved."
    wanted = _quantities(sent, "cancel-")
    if not wanted:
        raise Refused("There’s nothing to cancel.", "Enter how many of a line won’t be delivered.")
    shown = _quantities(sent, "shown-open-", keep_zero=True)
    cancel_open(order.pk, wanted, by=by, reason=text_in(sent, "reason", LONGEST_WHY), shown=shown)
    return "The open quantity was cancelled."


def _quantities(sent: QueryDict, prefix: str, *, keep_zero: bool = False) -> dict[int, int]:
    """Order line id → what was typed for it; raises Refused for what is no quantity."""
    found = {}
    for name, typed in sent.items():
        pk, value = number_of(name.removeprefix(prefix)), str(typed).strip() or "0"
        if not name.startswith(prefix) or pk is None:
            continue
        quantity = number_of(value, LARGEST_QUANTITY)
        if quantity is None:
            raise Refused(f"“{value[:50]}” isn’t a quantity.", "Enter a whole number.")
        if quantity or keep_zero:
            found[pk] = quantity
    return found


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Edits how the order is shipped, and the notes that stay here."""
    order = _order(number)
    values = {"ship_via": order.ship_via, "notes": order.notes}
    shown = dict(values)
    refused: Refused | None = None
    if request.method == "POST":
        given, shown = texts_in(request.POST, values), shown_in(request.POST, values)
        try:
            changed = edit_order(order.pk, by=str(current_user(request)), shown=shown, **given)
        except Refused as no:
            refused = no
            values, shown = shown_again(values | given, shown, no)
        else:
            return redirect_back(request, order_path(order), "Saved." if changed else "Nothing was changed.")
    context = {"order": order, "values": values, "shown": shown, "refused": refused}
    return render(request, "web/orders/detail/edit.html", context, status=422 if refused else 200)


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Edits an address that things are shipped to."""
    order = _order(number)
    row = get_object_or_404(OrderAddress, pk=min(pk, LARGEST_ID), order=order)
    values = {name: getattr(row, name) for name in ADDRESS_FIELDS}
    shown = dict(values)
    refused = why_address_stays(row)
    if request.method == "POST":
        values, shown = values | texts_in(request.POST, values), shown_in(request.POST, values)
        try:
            changed = edit_address(row.pk, values, by=str(current_user(request)), shown=shown)
        except Refused as no:
            refused = no
            values, shown = shown_again(values, shown, no)
        else:
            said = "Address changed." if changed else "Nothing was changed."
            return redirect_back(request, order_path(order, "addresses"), said)
    fields = [(name, ADDRESS_LABELS[name], values[name]) for name in ADDRESS_FIELDS]
    context = {"order": order, "address": row, "fields": fields, "shown": shown, "refused": refused}
    return render(
        request, "web/orders/detail/edit_address.html", context, status=422 if request.method == "POST" else 200
    )
