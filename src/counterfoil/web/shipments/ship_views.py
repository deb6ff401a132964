"""Process shipment, and what can be done with a parcel afterwards."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Parcel, SalesOrder, Shipment
from counterfoil.sales.shipping.address_changes import AddressChanged
from counterfoil.sales.shipping.carrier_detection import carrier_by_number
from counterfoil.sales.shipping.scanning import must_be_scanned
from counterfoil.sales.shipping.shipments import Tracking, correct_parcel, void_parcel
from counterfoil.sales.shipping.used_numbers import NumberUsed
from counterfoil.sales.shown import Shown
from counterfoil.storable import LARGEST_ID
from counterfoil.stores.models import Carrier, WebShipment
from counterfoil.stores.shipping.carrier_lookup import CarrierBook
from counterfoil.stores.shipping.letterheads import home_of
from counterfoil.stores.shipping.proposed_carriers import CarrierProposals
from counterfoil.stores.weborders.external_shipments import take_over_web_shipment
from counterfoil.web.shipments.form import TRACKING, ShipForm
from counterfoil.web.shipments.presenters import shown_parcel
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import LONGEST_WHY, shown_again, shown_in, text_in, texts_in
from counterfoil.web.ui.security import current_user, role_required

LABELS = {
    "carrier": "Carrier",
    "service": "Service",
    "tracking_number": "Tracking number",
    "tracking_link": "Tracking URL",
}
RELATED = ("status", "client", "web_order__integration__state")


def carrier_names() -> list[str]:
    """The carriers that are suggested."""
    return list(Carrier.objects.values_list("name", flat=True))


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def process(request: HttpRequest, number: int) -> HttpResponse:
    """Ships all or some of what is open, in one or more parcels."""
    order = get_object_or_404(SalesOrder.objects.select_related(*RELATED), number=number)
    proposals = CarrierProposals(str(current_user(request)), [order.source])
    if request.method != "POST":
        return _form_page(request, ShipForm(order, proposals=proposals))
    form = ShipForm.entered(order, request.POST, proposals)
    if "redraw" in request.POST:  # the login had ended: the page's script sends what was entered before
        form.seen = form.version  # the page shows what is open now
        return _form_page(request, form, restored=True)
    if form.change(request.POST):
        return _form_page(request, form)
    try:
        if form.unscanned and not current_user(request).may(Role.MANAGER):
            raise Refused("Only a manager can ship an order whose items weren’t scanned.", "Scan the items.")
        if form.suggest_carriers():
            return _form_page(request, form)
        shipment = form.process(by=str(current_user(request)))
    except AddressChanged:
        return _form_page(request, form, Refused("Nothing was shipped.", "Choose the right address above first."))
    except Refused as refused:
        form.asks = isinstance(refused, NumberUsed)
        return _form_page(request, form, refused)
    return redirect_back(request, order_path(order, "shipping"), " ".join([_said(shipment), *form.notes]))


def _form_page(
    request: HttpRequest, form: ShipForm, refused: Refused | None = None, *, restored: bool = False
) -> HttpResponse:
    context = {
        "restored": restored,
        "order": form.order,
        "form": form,
        "refused": refused,
        "carriers": carrier_names(),
        "home": home_of(form.order.web_order.integration) if hasattr(form.order, "web_order") else "",
        "to_scan": bool(form.open) and must_be_scanned(form.order),
    }
    return render(request, "web/orders/detail/ship.html", context, status=422 if refused else 200)


def _said(shipment: Shipment) -> str:
    carried = list(shipment.parcels.values_list("belongs_to", "carrier"))
    parcels = [holder for holder, _ in carried]
    known = CarrierBook() if any(carrier for _, carrier in carried) else ()
    unknown = dict.fromkeys(carrier for _, carrier in carried if carrier and carrier not in known)
    told = "".join(f" “{name}” isn’t in the carrier list: the store gets it as typed." for name in unknown)
    boxes = sum(holder is not None for holder in parcels)
    first = f"{len(parcels) - boxes} parcel{'' if len(parcels) - boxes == 1 else 's'}"
    more = f" and {boxes} further box{'' if boxes == 1 else 'es'}" if boxes else ""
    one = len(parcels) == 1
    return f"{first}{more} {'was' if one else 'were'} processed. The store is updated within seconds.{told}"


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def parcel(request: HttpRequest, pk: int) -> HttpResponse:
    """A parcel: what lies in it, and its tracking, which can be corrected."""
    found = _parcel(pk)
    values = shown = {name: getattr(found, name) for name in TRACKING}
    refused: Refused | None = None
    if request.method == "POST":
        values, shown = values | texts_in(request.POST, TRACKING), shown_in(request.POST, TRACKING)
        try:
            allow = bool(request.POST.get("allow_used"))
            changed = correct_parcel(
                found.pk, Tracking(**values), by=str(current_user(request)), ask_about_numbers=not allow, shown=shown
            )
        except Refused as no:
            refused = no
            values, shown = shown_again(values, shown, no)
        else:
            said = "Parcel corrected." if changed else "Nothing was changed."
            _, note = carrier_by_number(values["carrier"], values["tracking_number"])
            said += f" {note}" if note.startswith("By its") else ""
            return redirect_back(request, order_path(found.shipment.order, "shipping"), said)
    return _parcel_page(request, found, values, shown, refused)


@role_required(Role.CLERK)
@require_POST
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a parcel back: its items are open again, and its shipment in the store is deleted."""
    found = _parcel(pk)
    try:
        void_parcel(found.pk, by=str(current_user(request)), reason=text_in(request.POST, "reason", LONGEST_WHY))
    except Refused as refused:
        values = {name: getattr(found, name) for name in TRACKING}
        return _parcel_page(request, found, values, values, refused)
    return redirect_back(
        request, order_path(found.shipment.order, "shipping"), "Parcel voided. Its items are open again."
    )


@role_required(Role.CLERK)
@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a shipment that someone else made in the store over; nothing is sent back."""
    shipments = WebShipment.objects.select_related("web_order__sales_order")
    found = get_object_or_404(shipments, pk=min(pk, LARGEST_ID), web_order__sales_order__isnull=False)
    assert found.web_order.sales_order is not None
    path = order_path(found.web_order.sales_order, "shipping")
    try:
        take_over_web_shipment(found.pk, by=str(current_user(request)))
    except Refused as refused:
        return redirect_back(request, path, str(refused), well=False)
    return redirect_back(request, path, "Shipment taken over.")


def _parcel(pk: int) -> Parcel:
    parcels = Parcel.objects.select_related("shipment__order", "ship_to", "web_shipment", "belongs_to")
    return get_object_or_404(parcels, pk=min(pk, LARGEST_ID))


def _parcel_page(
    request: HttpRequest, found: Parcel, values: Mapping[str, str], shown: Shown, refused: Refused | None
) -> HttpResponse:
    context = {
        "order": found.shipment.order,
        "parcel": found,
        "shown": shown_parcel(found),
        "fields": [(name, LABELS[name], values[name]) for name in TRACKING],
        "shown_values": shown,
        "refused": refused,
        "asks": isinstance(refused, NumberUsed),
        "reason": text_in(request.POST, "reason", LONGEST_WHY),
        "carriers": carrier_names(),
    }
    return render(request, "web/orders/detail/parcel.html", context, status=422 if refused else 200)
