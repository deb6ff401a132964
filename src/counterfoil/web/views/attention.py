"""Needs attention: what waits for a person, and what a person can do about it."""

from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from counterfoil.intake.unknown_products import MissingProduct, missing_products
from counterfoil.sales import product_list
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.refusals import Refused
from counterfoil.stores.attention import AttentionItem, attention
from counterfoil.stores.mending import accept_difference, retry, skip
from counterfoil.stores.models import Conflict, WebOrder
from counterfoil.stores.unknown_skus import count_blocked
from counterfoil.web.context import badges
from counterfoil.web.forms import ProductForm, SkipForm
from counterfoil.web.going_back import back
from counterfoil.web.models import Role
from counterfoil.web.security import person, role_required

ITEMS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Card:
    """An item with what its buttons need: missing products, the sales order and both values of a conflict."""

    item: AttentionItem
    number: int | None = None
    conflict: Conflict | None = None
    missing: list[MissingProduct] = field(default_factory=list)


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Everything, the oldest first."""
    return _show(request)


def _show(request: HttpRequest, skip_form: SkipForm | None = None, status: int = 200) -> HttpResponse:
    items = attention()
    page = Paginator(items, ITEMS_PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "cards": _cards(list(page.object_list)),
        "count": len(items),
        "can_retry": any(item.kind in ("order", "update") for item in items),
        "skip_form": skip_form,
    }
    return render(request, "web/attention/index.html", context, status=status)


def _cards(items: list[AttentionItem]) -> list[Card]:
    """Four statements at most, whatever the number of items."""
    import_ids = {item.import_id for item in items if item.import_id}
    numbers = dict(SalesOrder.objects.filter(import_id__in=import_ids).values_list("import_id", "number"))
    conflicts = Conflict.objects.in_bulk([item.pk for item in items if item.kind == "conflict"])
    unknown = [item.pk for item in items if item.code == "unknown_product" and item.kind == "order"]
    missing = missing_products(unknown) if unknown else {}
    return [
        Card(
            item,
            number=numbers.get(item.import_id),
            conflict=conflicts.get(item.pk) if item.kind == "conflict" else None,
            missing=missing.get(item.pk, []) if item.kind == "order" else [],
        )
        for item in items
    ]


@role_required(Role.VIEWER)
@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """The numbers in the navigation, by themselves."""
    return render(request, "web/attention/badge.html", badges())


@role_required(Role.CLERK)
@require_POST
def retry_items(request: HttpRequest) -> HttpResponse:
    """Tries one order again, or all."""
    chosen = None if request.POST.get("all") else [request.POST.get("import_id", "").replace("\x00", "")]
    tried = retry(chosen)
    if not tried:
        return back(request, "attention", "There is nothing to try again.")
    return back(request, "attention", f"{_things(tried)} tried again within seconds.")


def _things(number: int) -> str:
    return "It is" if number == 1 else f"{number} are"


@role_required(Role.CLERK)
@require_POST
def skip_order(request: HttpRequest) -> HttpResponse:
    """Gives up on an order, or on its failed updates, with a reason."""
    form = SkipForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    import_id = form.cleaned_data["import_id"]
    if not skip(import_id, why=form.cleaned_data["reason"], by=str(person(request))):
        return back(request, "attention", f"Nothing of {import_id} needs attention any more.")
    return back(request, "attention", f"{import_id} is skipped.")


@role_required(Role.MANAGER)
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Accepts the difference that stopped an order."""
    import_id = request.POST.get("import_id", "").replace("\x00", "")
    try:
        accept_difference(import_id, by=str(person(request)))
    except WebOrder.DoesNotExist:
        return back(request, "attention", "Nothing is to be accepted there any more.")
    return back(request, "attention", f"{import_id} is imported with a Rounding line.")


@role_required(Role.CLERK)
@require_POST
def add_product(request: HttpRequest) -> HttpResponse:
    """Adds a product that an order lacks, and tries the orders again that it kept out."""
    form = ProductForm(request.POST)
    if not form.is_valid():
        return back(request, "attention", "A product needs a part number of at most 300 characters.", well=False)
    number, description = form.cleaned_data["part_number"], form.cleaned_data["description"]
    tried = count_blocked(number)
    try:
        product_list.add_product(number, by=str(person(request)), description=description)
    except Refused as refused:  # somebody else has just added it
        return back(request, "attention", str(refused), well=False)
    then = f" {_things(tried)} tried again within seconds." if tried else ""
    return back(request, "attention", f"{number} is in the product list.{then}")
