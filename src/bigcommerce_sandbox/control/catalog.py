"""The control of what orders stand on: the catalog and the customers."""

from dataclasses import asdict

from bigcommerce_sandbox.answers import Document, Refused
from bigcommerce_sandbox.api import order_list
from bigcommerce_sandbox.catalog.documents import product_document
from bigcommerce_sandbox.catalog.products import MOST_VARIANTS, CatalogProduct, Choice, Variant, edit
from bigcommerce_sandbox.store import Store

PAGE = 50


def products(store: Store, query: dict[str, str]) -> Document:
    """By number, 50 a page; ``search`` looks at numbers, names and SKUs."""
    search, page = query.get("search", "").casefold(), max(1, order_list.whole(query, "page", 1))
    found = [product for product in store.catalog.products.values() if search in _searchable(product)]
    shown = [product_shown(store, product) for product in found[(page - 1) * PAGE : page * PAGE]]
    return {"products": shown, "total": len(found), "page": page, "pages": max(1, -(-len(found) // PAGE))}


def _searchable(product: CatalogProduct) -> str:
    return f"{product.id} {product.sku} {product.name}".casefold()


def product_shown(store: Store, product: CatalogProduct) -> Document:
    return product_document(store.origin, product, {"variants"})


def add_product(store: Store, body: Document) -> Document:
    """With the fields of ``catalog.edit``, and ``skus``: one for each variant, where it has several."""
    number, second = store.catalog.next_id(), store.clock.second()
    fields = dict(body)
    skus = fields.pop("skus", [""])
    if not isinstance(skus, list) or not 1 <= len(skus) <= MOST_VARIANTS or not all(isinstance(s, str) for s in skus):
        raise Refused(400, f"A product's “skus” are 1 to {MOST_VARIANTS} texts, one for each variant.")
    variants = [
        Variant(number * MOST_VARIANTS + place, sku, _choices(number, place, skus)) for place, sku in enumerate(skus)
    ]
    product = CatalogProduct(number, "", f"Product {number}", "physical", 1000, 16, second, second, variants=variants)
    edit(product, fields, second)
    store.changes += 1
    return product_shown(store, store.catalog.add(product))


def _choices(number: int, place: int, skus: list[str]) -> tuple[Choice, ...]:
    """Several variants differ by their number."""
    option = number * 10
    return (Choice(option, "Number", option * 100 + place, str(place + 1)),) if len(skus) > 1 else ()


def edit_product(store: Store, product_id: int, body: Document) -> Document:
    product = store.catalog.product(product_id)
    edit(product, body, store.clock.second())
    store.catalog.changed.add(product_id)
    store.changes += 1
    return product_shown(store, product)


def forget_product(store: Store, product_id: int) -> Document:
    store.catalog.forget(product_id)
    store.changes += 1
    return {"deleted": product_id}


def customer(store: Store, customer_id: int) -> Document:
    return asdict(store.customers.customer(customer_id))


def edit_customer(store: Store, customer_id: int, body: Document) -> Document:
    store.customers.edit(store.customers.customer(customer_id), body, store.clock.second())
    store.changes += 1
    return customer(store, customer_id)
