"""A sketch of an order: what a shopper chose. ``making.build`` turns it into documents with all their sums."""

from dataclasses import dataclass, field
from random import Random

from bigcommerce_sandbox.answers import Document
from bigcommerce_sandbox.generator import people
from bigcommerce_sandbox.generator.fixed_catalog import Product
from bigcommerce_sandbox.orders import statuses
from bigcommerce_sandbox.orders.order import THIS_YEAR, Terms


@dataclass(slots=True)
class LineSketch:
    """``price`` in ten-thousandths of the order's currency; ``ship_to`` is a place in ``Sketch.ship_tos``."""

    product: Product
    quantity: int
    price: int
    ship_to: int = 0
    children_of: "LineSketch | None" = None
    options: list[tuple[str, str]] = field(default_factory=list)
    wrapping: int = 0  # price of gift wrapping, ten-thousandths
    rate: int | None = None  # where it is taxed at another rate than the other goods
    percent_off: int = 0
    coupon: str | None = None  # the code that takes the percentage off; None: a promotion


@dataclass(slots=True)
class Sketch:
    """Money in ten-thousandths, ``rate`` in hundredths of a percent, ``step`` the currency's smallest coin.

    ``tax_inclusive`` of None: as the store prices. Prices and costs are with or without tax accordingly.
    """

    rng: Random
    customer_id: int
    bill_to: Document
    ship_tos: list[Document]
    lines: list[LineSketch] = field(default_factory=list)
    currency: str = "USD"
    display_currency: str | None = None
    exchange_rate: str = "1.0000000000"
    step: int = 100
    rate: int = 825
    tax_name: str = "Sales tax"
    tax_inclusive: bool | None = None
    shipping_rate: int | None = None  # None: that of the goods
    year: int = THIS_YEAR
    net: bool = False
    odd: Document = field(default_factory=dict)
    shipping_method: str = "Flat rate"
    shipping: int = 79_500
    handling: int = 0
    fee: int = 0
    percent_off_order: int = 0
    order_coupon: str | None = None
    shipping_coupon: str | None = None
    discount: int = 0  # an amount off the order, entered by a person
    store_credit_percent: int = 0
    gift_certificate_percent: int = 0
    pickup: bool = False
    form_fields: list[Document] = field(default_factory=list)
    message: str = ""
    staff_notes: str = ""
    payment_method: str = "Credit Card"
    payment_status: str = "captured"
    status_id: int = statuses.AWAITING_FULFILLMENT
    order_source: str = "www"

    def terms(self) -> Terms:
        shipping = self.rate if self.shipping_rate is None else self.shipping_rate
        rates = dict.fromkeys(("goods", "handling", "wrapping", "fees"), self.rate) | {"shipping": shipping}
        return Terms(self.tax_inclusive is not False, self.step, self.year, rates, self.tax_name, self.net)

    def price(self, cents: int) -> int:
        """A catalog price in the order's currency; one dollar counts as a hundred yen."""
        return cents * 100 * (100 if self.step == 10_000 else 1)

    def add(self, product: Product, quantity: int = 1, **more: object) -> LineSketch:
        line = LineSketch(product, quantity, self.price(product.price), **more)  # type: ignore[arg-type]
        self.lines.append(line)
        return line


def plain(rng: Random, *, guest: bool) -> Sketch:
    """An order without anything special yet, and without lines."""
    who = people.stranger(rng) if guest else people.person(rng)
    place = dict(who["address"])
    sketch = Sketch(rng, who["customer_id"], place, [dict(place)])
    sketch.shipping_method, sketch.shipping = rng.choice(_METHODS)
    return sketch


_METHODS = (("Flat rate", 79_500), ("UPS Ground", 112_300), ("Free shipping", 0), ("USPS Priority Mail", 94_000))
