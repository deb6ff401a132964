"""Products: the list, one product with its aliases, the list from a file."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterfoil.accounts.models import Role
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Product, ProductType
from counterfoil.sales.products.edit import LONGEST_DESCRIPTION, LONGEST_PART_NUMBER, add_product, edit_product
from counterfoil.sales.products.lookup import newest_lines
from counterfoil.stores.attention.unknown_skus import add_alias, remove_alias
from counterfoil.stores.models import WebIntegration
from counterfoil.web.products.filters import ProductFilter
from counterfoil.web.products.tables import ProductTable, listed_products
from counterfoil.web.ui.filters import narrowed
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import shown_in, text_in, typed_in
from counterfoil.web.ui.security import current_user, role_required
from counterfoil.web.ui.tables import paginated

MOST_SHOWN = 200
MOST_LINES = 20
LONGEST = {
    "part_number": LONGEST_PART_NUMBER + 1,
    "description": LONGEST_DESCRIPTION + 1,
    "type": 20,
    "bin": 1000,
    "upc": 1000,
}


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The list, searched by part number, description, bin, UPC and alias."""
    chosen = ProductFilter(request.GET, queryset=Product.objects.all())
    table = paginated(request, ProductTable(listed_products(chosen.qs)))
    context = {
        "table": table,
        "listed": table.data.data,
        "narrowed": narrowed(chosen),
        "filter": chosen,
        "stores": list(WebIntegration.objects.only("code", "description")),
    }
    return render(request, "web/products/index.html", context)


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Adds a product by hand; orders that lacked it are tried again."""
    values: Mapping[str, str] = {"type": ProductType.PHYSICAL}
    refused: Refused | None = None
    if request.method == "POST":
        values = _entered(request)
        try:
            product = add_product(
                values["part_number"],
                by=str(current_user(request)),
                description=values["description"],
                kind=values["type"],
                bin_name=values["bin"],
                upc=values["upc"],
            )
        except Refused as no:
            refused = no
        else:
            return redirect_back(
                request, reverse("product", args=[product.pk]), f"{product} was added to the product list."
            )
    context = {"values": values, "types": ProductType.choices, "refused": refused}
    return render(request, "web/products/add.html", context, status=422 if refused else 200)


def _entered(request: HttpRequest) -> dict[str, str]:
    return {name: text_in(request.POST, name, longest) for name, longest in LONGEST.items()}


@role_required(Role.VIEWER)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One product: what it is, what a store calls it, where the catalog has it."""
    return _product_page(request, get_object_or_404(Product, pk=pk))


def _product_page(request: HttpRequest, product: Product, refused: Refused | None = None) -> HttpResponse:
    entered = refused is not None and "part_number" in request.POST
    context: dict[str, Any] = {
        "product": product,
        "values": _entered(request) if entered else {name: getattr(product, name) for name in LONGEST},
        "shown": shown_in(request.POST, LONGEST) if entered else {name: getattr(product, name) for name in LONGEST},
        "types": ProductType.choices,
        "aliases": product.aliases.all()[:MOST_SHOWN],
        "sources": product.sources.all()[:MOST_SHOWN],
        "lines": newest_lines(product, MOST_LINES),
        "changes": product.changes.order_by("-pk")[:MOST_SHOWN],
        "stores": list(WebIntegration.objects.only("code", "description")),
        "new_sku": text_in(request.POST, "sku", LONGEST_PART_NUMBER + 1) if refused else "",
        "new_store": text_in(request.POST, "store", 100) if refused else "",
        "refused": refused,
    }
    return render(request, "web/products/show.html", context, status=422 if refused else 200)


@role_required(Role.CLERK)
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes a product, takes it out of use, or into use again."""
    product, who = get_object_or_404(Product, pk=pk), str(current_user(request))
    try:
        if request.POST.get("act") in ("retire", "bring_back"):
            active = request.POST["act"] == "bring_back"
            said = f"{edit_product(pk, by=who, active=active)} was {'reactivated' if active else 'deactivated'}."
        else:
            said = f"{edit_product(pk, by=who, **typed_in(request.POST, _entered(request)))} is saved."
    except Refused as refused:
        return _product_page(request, product, refused)
    return redirect_back(request, reverse("product", args=[pk]), said)


@role_required(Role.CLERK)
@require_POST
def alias_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Says that a store's SKU is this product; orders that it kept out are tried again."""
    product = get_object_or_404(Product, pk=pk)
    store, sku = text_in(request.POST, "store", 100), text_in(request.POST, "sku", LONGEST_PART_NUMBER + 1)
    try:
        tried = add_alias(store, sku, product.part_number, by=str(current_user(request)))
    except Refused as refused:
        return _product_page(request, product, refused)
    return redirect_back(request, reverse("product", args=[pk]), f"{sku} is {product}.{_then(tried)}")


def _then(tried: int) -> str:
    if not tried:
        return ""
    return f" {tried} order{'' if tried == 1 else 's'} will be retried within seconds."


@role_required(Role.CLERK)
@require_POST
def alias_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an alias back."""
    try:
        remove_alias(pk, by=str(current_user(request)))
    except Refused as refused:
        return redirect_back(request, "products", str(refused), well=False)
    return redirect_back(request, "products", "The alias was removed, from existing orders too.")
