"""Lines as an app or a person names them: a product of the catalog by its number, or a custom one by its name."""

from typing import Any

from bigcommerce_sandbox import money
from bigcommerce_sandbox.answers import Document, invalid
from bigcommerce_sandbox.catalog.products import CatalogProduct, Variant
from bigcommerce_sandbox.generator.fixed_catalog import Product
from bigcommerce_sandbox.generator.spec import LineSketch
from bigcommerce_sandbox.orders.order import Terms
from bigcommerce_sandbox.store import Store

PRICES = ("price_ex_tax", "price_inc_tax")


def named_line(store: Store, product: Any, terms: Terms) -> LineSketch:
    """Raises Refused with 400."""
    quantity = product.get("quantity") if isinstance(product, dict) else None
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        raise invalid("quantity", "The quantity must be a whole number above zero.")
    number = product.get("product_id")
    known = store.catalog.products.get(number) if isinstance(number, int) else None
    if known is None and not product.get("name"):
        raise invalid("product_id", "There is no such product, and no name for a custom one.")
    price, rate = price_and_rate(product, terms)
    if known is None:
        drawn = Product(0, str(product.get("sku") or ""), str(product["name"]), 0, brand="")
        return LineSketch(drawn, quantity, price or 0, rate=rate)
    drawn = Product(known.id, known.sku, known.name, known.price, known.weight, known.type)
    options = [(choice.option, choice.label) for choice in _variant(known, product).choices]
    price = known.price * 100 if price is None else price
    return LineSketch(drawn, quantity, price, options=options, rate=rate)


def price_and_rate(given: Document, terms: Terms) -> tuple[int | None, int | None]:
    """The price on the order's basis and, where both prices are given, the rate between them; None: not given."""
    ex, inc = (money.read(given[name]) if name in given else None for name in PRICES)
    exact, other = (inc, ex) if terms.inclusive else (ex, inc)
    rate = None if ex is None or inc is None else money.share(inc - ex, 10_000, ex)
    return (other if exact is None else exact), rate


def _variant(known: CatalogProduct, product: Document) -> Variant:
    if "variant_id" not in product:
        return known.variants[0]
    for variant in known.variants:
        if variant.id == product["variant_id"]:
            return variant
    raise invalid("variant_id", "The product has no such variant.")
