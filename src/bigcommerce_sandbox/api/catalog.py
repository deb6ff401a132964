"""The V3 catalog, read only: products and variants."""

from collections.abc import Callable, Iterable
from operator import eq, ge, gt, le, lt
from typing import Any

from bigcommerce_sandbox.answers import Answer, Refused
from bigcommerce_sandbox.api import envelope, order_list
from bigcommerce_sandbox.api.routing import Call, route
from bigcommerce_sandbox.catalog.documents import SUB_RESOURCES, product_document, variant_document
from bigcommerce_sandbox.catalog.products import CatalogProduct, Variant

PRODUCTS = "store_v2_products"
_FEW = 10  # a page with options or modifiers (vendor: products_catalog.v3.yml, include)

_SORTS: dict[str, Callable[[CatalogProduct], Any]] = {
    "id": lambda product: product.id,
    "name": lambda product: product.name,
    "sku": lambda product: product.sku,
    "price": lambda product: product.price,
    "calculated_price": lambda product: product.price,
    "date_modified": lambda product: product.modified,
    "is_visible": lambda product: product.visible,
    **dict.fromkeys(("date_last_imported", "inventory_level", "total_sold"), lambda product: 0),
}


@route("GET", "/v3/catalog/products", PRODUCTS)
def list_products(call: Call) -> Answer:
    included = _included(call)
    found = _sorted(_selected(call.store.catalog.products.values(), call.query), call.query)
    at_most = _FEW if included & {"options", "modifiers"} else 250
    return envelope.paged(call, found, lambda product: _product(call, product, included), at_most)


@route("GET", "/v3/catalog/products/#", PRODUCTS)
def get_product(call: Call) -> Answer:
    return envelope.one(_product(call, call.store.catalog.product(call.ids[0]), _included(call)))


@route("GET", "/v3/catalog/products/#/variants", PRODUCTS)
def product_variants(call: Call) -> Answer:
    product = call.store.catalog.product(call.ids[0])
    return envelope.paged(call, product.variants, lambda variant: _variant(call, product, variant))


@route("GET", "/v3/catalog/products/#/variants/#", PRODUCTS)
def product_variant(call: Call) -> Answer:
    product = call.store.catalog.product(call.ids[0])
    return envelope.one(_variant(call, product, product.variant(call.ids[1])))


@route("GET", "/v3/catalog/variants", PRODUCTS)
def list_variants(call: Call) -> Answer:
    """Of all products; only product numbers can be asked for several at once."""
    query, found = call.query, list(call.store.catalog.variants())
    for name, value in _OF_VARIANTS.items():
        if query.get(name):
            wanted: set[Any] = {*_text(query, name)} if name == "sku" else envelope.numbers(query, name) or set()
            found = [pair for pair in found if value(*pair) in wanted]
    return envelope.paged(call, found, lambda pair: _variant(call, *pair))


_OF_VARIANTS: dict[str, Callable[[CatalogProduct, Variant], Any]] = {
    "product_id:in": lambda product, variant: product.id,
    "id": lambda product, variant: variant.id,
    "sku": lambda product, variant: variant.sku.casefold(),
}


def _product(call: Call, product: CatalogProduct, included: set[str]) -> dict[str, Any]:
    return envelope.only_fields(product_document(call.store.origin, product, included), call.query, included)


def _variant(call: Call, product: CatalogProduct, variant: Variant) -> dict[str, Any]:
    return envelope.only_fields(variant_document(product, variant), call.query)


def _included(call: Call) -> set[str]:
    return (envelope.texts(call.query, "include") or set()) & set(SUB_RESOURCES)


def _sorted(products: list[CatalogProduct], query: dict[str, str]) -> list[CatalogProduct]:
    name, direction = query.get("sort") or "id", query.get("direction") or "asc"
    if name not in _SORTS or direction not in ("asc", "desc"):
        raise Refused(422, "Invalid field(s): sort", {"sort": "must be a sortable field, asc or desc"})
    return sorted(products, key=lambda product: (_SORTS[name](product), product.id), reverse=direction == "desc")


def _selected(products: Iterable[CatalogProduct], query: dict[str, str]) -> list[CatalogProduct]:
    """The products that pass every filter. Raises Refused with 422."""
    tests = [build(query, name) for name, build in _FILTERS.items() if query.get(name)]
    return [product for product in products if all(test(product) for test in tests)]


_Test = Callable[[CatalogProduct], bool]
_Builder = Callable[[dict[str, str], str], _Test]
_Value = Callable[[CatalogProduct], Any]


def _among(read: Callable[[dict[str, str], str], Any], value: _Value) -> _Builder:
    def build(query: dict[str, str], name: str) -> _Test:
        wanted = read(query, name)
        return lambda product: value(product) in wanted

    return build


def _bound(read: Callable[[dict[str, str], str], Any], fits: Callable[[Any, Any], bool], value: _Value) -> _Builder:
    def build(query: dict[str, str], name: str) -> _Test:
        bound = read(query, name)
        return lambda product: fits(value(product), bound)

    return build


def _text(query: dict[str, str], name: str) -> tuple[str]:
    return (query[name].strip().casefold(),)


def _number(query: dict[str, str], name: str) -> int:
    return order_list.whole(query, name, 0)


_ID, _MODIFIED = _SORTS["id"], _SORTS["date_modified"]
_FILTERS: dict[str, _Builder] = {
    "id": _among(envelope.numbers, _ID),
    "id:in": _among(envelope.numbers, _ID),
    "id:not_in": _bound(envelope.numbers, lambda number, unwanted: number not in unwanted, _ID),
    "id:min": _bound(_number, ge, _ID),
    "id:max": _bound(_number, le, _ID),
    "id:greater": _bound(_number, gt, _ID),
    "id:less": _bound(_number, lt, _ID),
    "sku": _among(_text, lambda product: product.sku.casefold()),
    "sku:in": _among(envelope.texts, lambda product: product.sku.casefold()),
    "name": _among(_text, lambda product: product.name.casefold()),
    "type": _among(_text, lambda product: product.type),
    "keyword": _bound(
        _text, lambda words, wanted: wanted[0] in words, lambda product: f"{product.name} {product.sku}".casefold()
    ),
    "is_visible": _bound(envelope.yes_or_no, eq, lambda product: product.visible),
    "date_modified:min": _bound(envelope.moment, ge, _MODIFIED),
    "date_modified:max": _bound(envelope.moment, le, _MODIFIED),
}
