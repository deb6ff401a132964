"""System setup: the order statuses and the carriers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus, StatusRole
from counterfoil.sales.settings.order_statuses import (
    add_status,
    bring_back,
    move_status,
    orders_in_each,
    rename_status,
    retire_status,
    set_role,
)
from counterfoil.storable import LARGEST_ID, without_nulls
from counterfoil.stores.models import Carrier
from counterfoil.stores.shipping.carrier_lookup import checked_provider, checked_slug
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import LONGEST_WHY, text_in
from counterfoil.web.ui.security import role_required

if TYPE_CHECKING:
    _OfCarrier = forms.ModelForm[Carrier]
else:
    _OfCarrier = forms.ModelForm


class CarrierForm(_OfCarrier):
    """A carrier by the name people use, and what the store calls it."""

    name = forms.CharField(label="Name", max_length=100, help_text="What your team calls it: UPS, DHL Germany.")
    shipping_provider = forms.CharField(
        label="Shipping provider",
        required=False,
        max_length=100,
        help_text="BigCommerce’s code: ups, usps, fedex, royalmail, auspost, canadapost, endicia, or carrier_5 for one "
        "of your own. Leave empty if the store doesn’t know it; it then shows the tracking URL you enter.",
    )
    tracking_carrier = forms.CharField(
        label="Tracking carrier",
        required=False,
        max_length=100,
        help_text="The AfterShip code that builds the shopper’s tracking link, such as dhl-germany.",
    )

    class Meta:
        model = Carrier
        fields = ("name", "shipping_provider", "tracking_carrier")

    def clean_name(self) -> str:
        """One name for one carrier, whatever its case."""
        name = " ".join(self.cleaned_data["name"].split())
        if Carrier.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"There’s already a carrier {name}.")
        return name

    def clean(self) -> None:
        """The store takes its own words only; a word that was saved before may stay."""
        for name, checked in (("shipping_provider", checked_provider), ("tracking_carrier", checked_slug)):
            if name not in self.changed_data:
                continue
            try:
                self.cleaned_data[name] = checked(self.cleaned_data.get(name, ""))
            except Refused as refused:
                self.add_error(name, str(refused))


@dataclass(frozen=True, slots=True)
class StatusRow:
    """An order status with what stands in its row of the page."""

    status: OrderStatus
    name: str
    role: str
    orders: int


@role_required(Role.MANAGER)
@require_GET
def statuses(request: HttpRequest) -> HttpResponse:
    """The merchant's own list of order statuses."""
    return _statuses_page(request)


def _statuses_page(request: HttpRequest, refused: Refused | None = None, typed: int | None = None) -> HttpResponse:
    """`typed`: the status whose row shows what was sent; the others show what is stored."""
    counts = orders_in_each()
    rows = []
    for status in OrderStatus.objects.all():
        sent = request.POST if status.pk == typed else {}
        rows.append(
            StatusRow(status, sent.get("name", status.name), sent.get("role", status.role), counts.get(status.pk, 0))
        )
    context = {
        "rows": rows,
        "roles": StatusRole.choices,
        "refused": refused,
        "new_name": text_in(request.POST, "name", LONGEST_WHY) if refused and typed is None else "",
    }
    return render(request, "web/setup/statuses.html", context, status=422 if refused else 200)


@role_required(Role.MANAGER)
@require_POST
def status_add(request: HttpRequest) -> HttpResponse:
    """A new order status at the end of the list."""
    try:
        status = add_status(without_nulls(request.POST.get("name", "")))
    except Refused as refused:
        return _statuses_page(request, refused)
    audit(request, "Added an order status.", about=status.name)
    return redirect_back(request, "statuses", f"{status} was added.")


@role_required(Role.MANAGER)
@require_POST
def status_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Renames a status, gives it another role, moves it, retires it or brings it back: as the button says."""
    pk = min(pk, LARGEST_ID)
    try:
        said = _edit(request, pk)
    except Refused as refused:
        return _statuses_page(request, refused, pk)
    audit(request, "Changed an order status.", about=str(OrderStatus.objects.filter(pk=pk).first() or ""))
    return redirect_back(request, "statuses", said)


def _edit(request: HttpRequest, pk: int) -> str:
    act = request.POST.get("act", "save")
    if act in ("up", "down"):
        move_status(pk, up=act == "up")
        return ""
    if act == "retire":
        retire_status(pk)
        return "The status is retired: orders can’t be changed to it anymore."
    if act == "bring_back":
        bring_back(pk)
        return "Orders can be changed to this status again."
    return _save(request, pk)


def _save(request: HttpRequest, pk: int) -> str:
    sent = request.POST
    name, role = without_nulls(sent.get("name", "")), sent.get("role")
    renamed = name != without_nulls(sent.get("shown-name", "")) and rename_status(pk, name)
    before = set_role(pk, role) if role is not None and role != sent.get("shown-role") else ""
    moved = f" {before} no longer has this role." if before else ""
    return f"{'Renamed' if renamed else 'Saved'}.{moved}"


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def carriers(request: HttpRequest) -> HttpResponse:
    """The carriers, and what the store calls them; a POST adds one."""
    form = CarrierForm(request.POST or None)
    if request.method == "POST" and _saved(form):
        audit(request, "Added a carrier.", about=form.instance.name)
        return redirect_back(request, "carriers", f"{form.instance} was added.")
    context = {"carriers": Carrier.objects.all(), "form": form}
    return render(request, "web/setup/carriers.html", context, status=422 if request.method == "POST" else 200)


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def carrier(request: HttpRequest, pk: int) -> HttpResponse:
    """One carrier to change or delete."""
    found = get_object_or_404(Carrier, pk=min(pk, LARGEST_ID))
    if "delete" in request.POST:
        found.delete()
        audit(request, "Deleted a carrier.", about=found.name)
        return redirect_back(request, "carriers", f"{found} was deleted. Parcels keep its name.")
    form = CarrierForm(request.POST or None, instance=found)
    if request.method == "POST" and _saved(form):
        audit(request, "Changed a carrier.", about=found.name)
        return redirect_back(request, "carriers", f"{found} was changed. New shipments use it.")
    context = {"carrier": Carrier.objects.get(pk=found.pk), "form": form}
    return render(request, "web/setup/carrier.html", context, status=422 if request.method == "POST" else 200)


def _saved(form: CarrierForm) -> bool:
    if not form.is_valid():
        return False
    try:
        form.save()
    except IntegrityError:  # somebody else saved the same name between our check and now
        form.add_error("name", "Someone else just saved a carrier with this name.")
        return False
    return True
