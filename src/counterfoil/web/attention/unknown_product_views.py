"""An order lacks a product: which of ours is it, or is it new?"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from counterfoil.accounts.models import Role
from counterfoil.intake.matching.products import MissingProduct
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Product
from counterfoil.sales.products import edit as product_list
from counterfoil.sales.products.edit import LONGEST_PART_NUMBER
from counterfoil.sales.products.lookup import Variant
from counterfoil.stores.attention.items import Narrowed, groups
from counterfoil.stores.attention.unknown_skus import count_blocked, say_what_it_is
from counterfoil.web.attention.cards import UNKNOWN, cards, digest
from counterfoil.web.attention.progress import follow
from counterfoil.web.attention.views import narrowed_in, store_codes, things
from counterfoil.web.products.filters import ProductFilter
from counterfoil.web.products.forms import ProductForm
from counterfoil.web.ui.redirects import redirect_back, safe_next
from counterfoil.web.ui.request_data import key_in, text_in
from counterfoil.web.ui.security import current_user, role_required

MOST_STORES = 1000
MOST_FOUND = 20
LONGEST_DESCRIPTION = 1000
MOST_SUGGESTED = 5
TELLING = 3
"""So many letters a word of a description has at least that says something."""


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def our_part(request: HttpRequest) -> HttpResponse:
    """Which of our products an SKU is (or an item without one): searched for, chosen, and known from then on."""
    sent = request.POST if request.method == "POST" else request.GET
    stores = [store for store in sent.getlist("store")[:MOST_STORES] if store and "\x00" not in store]
    sku = text_in(sent, "sku", LONGEST_PART_NUMBER)
    if not stores or not sku:
        return redirect("attention")
    refused: Refused | None = None
    if request.method == "POST":
        try:
            said = _said(request, stores, sku)
        except Refused as no:
            refused = no
        else:
            return redirect_back(request, "attention", said)
    context = {
        "id": digest(stores, sku),
        "stores": stores,
        "sku": sku,
        "refused": refused,
        "next": safe_next(request, text_in(sent, "next")),
        **_search(sent),
    }
    in_place = request.method == "GET" and "HX-Request" in request.headers
    template = "web/attention/product_choice_form.html" if in_place else "web/attention/product_choice.html"
    return render(request, template, context, status=422 if refused else 200)


def _said(request: HttpRequest, stores: list[str], sku: str) -> str:
    product = Product.objects.filter(pk=key_in(request.POST, "product") or 0).first()
    if product is None:
        raise Refused("No product selected.", "Search for it and select one.")
    follow(request.session, Narrowed(cause=_causes(stores, sku)))
    tried = say_what_it_is(
        stores, sku, product.part_number, by=str(current_user(request)), variant=_variant(request.POST)
    )
    then = f" {tried:,} order{'' if tried == 1 else 's'} will be retried within seconds." if tried else ""
    return f"{sku} is {product}.{then}"


def _causes(stores: list[str], sku: str) -> tuple[str, ...]:
    """What it resolves."""
    about = [f":{sku}", *(f"{store}:{sku}" for store in stores)]
    return tuple(f"order:unknown_product:{each}" for each in about)


def _variant(sent: Mapping[str, str]) -> Variant | None:
    item = key_in(sent, "item")
    return None if item is None else (item, key_in(sent, "variant"))


def _search(sent: Mapping[str, str]) -> dict[str, Any]:
    """What was looked for and found; before that, what the description reminds of."""
    words, description = text_in(sent, "q", 200), text_in(sent, "description", 1000)
    found = list(_found(words)[:MOST_FOUND]) if words else []
    suggested = [] if words else _suggested(text_in(sent, "sku", LONGEST_PART_NUMBER), description)
    return {
        "words": words,
        "description": description,
        "item": key_in(sent, "item"),
        "variant": key_in(sent, "variant"),
        "found": found or suggested,
        "is_suggested": bool(suggested),
    }


def _found(words: str) -> Any:
    return ProductFilter({"q": words}, queryset=Product.objects.order_by("-active", "part_number")).qs


def _suggested(sku: str, description: str) -> list[Product]:
    """Products with the first telling words of the description, else with the beginning of the SKU."""
    telling = [word for word in description.split() if len(word) >= TELLING][:2]
    for words in (" ".join(telling), sku[: max(TELLING, len(sku) - 2)]):
        if words and (found := list(_found(words)[:MOST_SUGGESTED])):
            return found
    return []


@role_required(Role.CLERK)
@require_POST
def add_product(request: HttpRequest) -> HttpResponse:
    """Adds a product that an order lacks, and tries the orders again that it kept out."""
    form = ProductForm(request.POST)
    if not form.is_valid():
        return redirect_back(
            request, "attention", "A product needs a part number of at most 300 characters.", well=False
        )
    number, description = form.cleaned_data["part_number"], form.cleaned_data["description"]
    tried = count_blocked(number)
    follow(request.session, narrowed_in(request))
    try:
        product_list.add_product(number, by=str(current_user(request)), description=description)
    except Refused as refused:  # somebody else has just added it
        return redirect_back(request, "attention", str(refused), well=False)
    then = f" {things(tried)} being retried." if tried else ""
    return redirect_back(request, "attention", f"{number} is in the product list.{then}")


@role_required(Role.CLERK)
@require_POST
def add_products(request: HttpRequest) -> HttpResponse:
    """Adds every product with an SKU that orders lack, as they describe it, and tries these orders again."""
    stores, narrowed = store_codes(), narrowed_in(request)
    found = cards(groups(replace(narrowed, cause="", sorts=[UNKNOWN], none_of=None))[0], narrowed, "", stores)
    lacking = [card for card in found if card.missing and not card.missing.variant]
    causes = tuple(card.group.cause for card in lacking)
    if not causes:
        return redirect_back(request, "attention", "There are no products to add.")
    follow(request.session, Narrowed(store=narrowed.store, cause=causes))
    added = [card.missing.part_number for card in lacking if card.missing and _is_added(request, card.missing)]
    if not added:
        return redirect_back(request, "attention", "There are no products to add.")
    which = added[0] if len(added) == 1 else f"{len(added):,} products"
    are = "is" if len(added) == 1 else "are"
    return redirect_back(request, "attention", f"{which} {are} in the product list. Their orders are being retried.")


def _is_added(request: HttpRequest, missing: MissingProduct) -> bool:
    """False for one that cannot be added, or that somebody else has just added: it stays, with its own button."""
    try:
        product_list.add_product(
            missing.part_number, by=str(current_user(request)), description=missing.description[:LONGEST_DESCRIPTION]
        )
    except Refused:
        return False
    return True
