"""The kinds of orders there are to make: each takes a plain sketch and gives it one thing that is special."""

from collections.abc import Callable
from random import Random

from bigcommerce_sandbox.generator import people
from bigcommerce_sandbox.generator.fixed_catalog import DIGITAL, KITS, PRODUCTS, SINGLES, WITHOUT_SKU, Product
from bigcommerce_sandbox.generator.spec import Sketch
from bigcommerce_sandbox.orders import statuses

Kind = Callable[[Sketch], None]
KINDS: dict[str, Kind] = {}
_ON_REQUEST = {"without_sku", "pounds"}  # the first would stop many a demo's import; a seed stays what it was
WIDE: set[str] = set()  # kinds that only the wide mix draws, so that a seed of the usual one stays what it was
_COMMON = ("guest", "registered", "registered", "options", "company", "message")


def kind(special: Kind) -> Kind:
    KINDS[special.__name__] = special
    return special


def wide(special: Kind) -> Kind:
    WIDE.add(special.__name__)
    return kind(special)


def fill(sketch: Sketch) -> None:
    """A few ordinary lines, where the kind has brought none of its own."""
    if not sketch.lines:
        for _ in range(sketch.rng.choice((1, 1, 2, 2, 3, 4))):
            line = sketch.add(sketch.rng.choice(SINGLES), sketch.rng.choice((1, 1, 1, 2, 3)))
            _choose_options(sketch.rng, line.product, line.options)


def _choose_options(rng: Random, product: Product, options: list[tuple[str, str]]) -> None:
    options.extend((name, rng.choice(values)) for name, values in product.options)


def random_kinds(rng: Random, mix: str = "usual") -> list[str]:
    """Half of the orders are ordinary, the others have one or two things that are special.

    In the "wide" mix all have up to three, and there are more kinds of them.
    """
    if mix == "wide":
        return rng.sample(sorted(KINDS.keys() - _ON_REQUEST), rng.choice((1, 2, 2, 3)))
    if rng.random() < 0.5:
        return [rng.choice(_COMMON)]
    return rng.sample(sorted(KINDS.keys() - _ON_REQUEST - WIDE), rng.choice((1, 1, 2)))


@kind
def guest(sketch: Sketch) -> None:
    sketch.customer_id = 0


@kind
def registered(sketch: Sketch) -> None:
    sketch.customer_id = sketch.customer_id or sketch.rng.randrange(1, 400)


@kind
def company(sketch: Sketch) -> None:
    sketch.bill_to["company"] = sketch.ship_tos[0]["company"] = people.company(sketch.rng)


@kind
def options(sketch: Sketch) -> None:
    line = sketch.add(PRODUCTS["SHIRT-CREW"], sketch.rng.choice((1, 2)))
    _choose_options(sketch.rng, line.product, line.options)
    line.options.append(("Embroidery", "For “Grandma” — 100% ♥"))


@kind
def many_lines(sketch: Sketch) -> None:
    for _ in range(sketch.rng.randrange(12, 30)):
        sketch.add(sketch.rng.choice(SINGLES), sketch.rng.randrange(1, 6))


@kind
def over_fifty_lines(sketch: Sketch) -> None:
    """More lines than a consignment shows (facts, section 2)."""
    for _ in range(sketch.rng.randrange(51, 70)):
        sketch.add(sketch.rng.choice(SINGLES), sketch.rng.randrange(1, 4))


@kind
def kit(sketch: Sketch) -> None:
    """The parts are lines of their own, without a price, under the line that was bought."""
    bought = sketch.add(sketch.rng.choice(KITS), sketch.rng.choice((1, 2)))
    for sku, quantity in bought.product.parts:
        part = sketch.add(PRODUCTS[sku], quantity * bought.quantity, children_of=bought)
        part.price = 0


@kind
def line_coupon(sketch: Sketch) -> None:
    line = sketch.add(sketch.rng.choice(SINGLES), 2)
    line.percent_off, line.coupon = 15, "SPRING15"
    sketch.add(sketch.rng.choice(SINGLES))


@kind
def order_coupon(sketch: Sketch) -> None:
    sketch.percent_off_order, sketch.order_coupon = 10, "WELCOME10"


@kind
def shipping_coupon(sketch: Sketch) -> None:
    sketch.shipping, sketch.shipping_coupon = 79_500, "FREESHIP"


@kind
def line_discount(sketch: Sketch) -> None:
    sketch.add(sketch.rng.choice(SINGLES), 3).percent_off = 20


@kind
def order_discount(sketch: Sketch) -> None:
    sketch.percent_off_order, sketch.order_coupon = 5, None


@kind
def without_sku(sketch: Sketch) -> None:
    """A product that only its numbers tell from others."""
    sketch.add(WITHOUT_SKU, 2)
    sketch.add(sketch.rng.choice(SINGLES))


@kind
def wrapping(sketch: Sketch) -> None:
    sketch.add(sketch.rng.choice(SINGLES)).wrapping = sketch.price(450)


@kind
def fees(sketch: Sketch) -> None:
    sketch.fee, sketch.handling = sketch.price(350), sketch.price(200)


@kind
def tax_inclusive(sketch: Sketch) -> None:
    sketch.tax_inclusive, sketch.rate, sketch.tax_name = True, 2000, "VAT"


@kind
def tax_free(sketch: Sketch) -> None:
    sketch.rate = 0


@kind
def store_credit(sketch: Sketch) -> None:
    sketch.store_credit_percent = 40


@kind
def paid_by_gift_certificate(sketch: Sketch) -> None:
    sketch.gift_certificate_percent, sketch.payment_method = 100, "Gift Certificate"


@kind
def zero_total(sketch: Sketch) -> None:
    sketch.percent_off_order, sketch.order_coupon, sketch.shipping = 100, "ONTHEHOUSE", 0
    sketch.handling = sketch.fee = 0
    sketch.shipping_coupon, sketch.payment_method = None, "No Payment Required"


@kind
def several_addresses(sketch: Sketch) -> None:
    for _ in range(sketch.rng.choice((1, 2))):
        other = people.stranger(sketch.rng)["address"]
        sketch.ship_tos.append(dict(other))
    for ship_to in range(len(sketch.ship_tos)):
        sketch.add(sketch.rng.choice(SINGLES), 2, ship_to=ship_to)


@kind
def pickup(sketch: Sketch) -> None:
    sketch.pickup, sketch.shipping, sketch.handling, sketch.shipping_coupon = True, 0, 0, None


@kind
def digital(sketch: Sketch) -> None:
    sketch.add(sketch.rng.choice(DIGITAL))


@kind
def digital_and_physical(sketch: Sketch) -> None:
    sketch.add(sketch.rng.choice(DIGITAL))
    sketch.add(sketch.rng.choice(SINGLES))


@kind
def gift_certificate(sketch: Sketch) -> None:
    sketch.add(Product(0, "", "$25 Gift Certificate", 2500, 0, type="giftcertificate", brand=""))
    sketch.add(sketch.rng.choice(SINGLES))


@kind
def yen(sketch: Sketch) -> None:
    _in_currency(sketch, "JPY", 10_000)
    sketch.rate, sketch.tax_name = 1000, "消費税"
    _move_to(sketch, "JP")


@kind
def euros(sketch: Sketch) -> None:
    _in_currency(sketch, "EUR", 100)
    sketch.rate, sketch.tax_name = 1900, "MwSt."
    _move_to(sketch, "DE")


@kind
def pounds(sketch: Sketch) -> None:
    _in_currency(sketch, "GBP", 100)
    sketch.rate, sketch.tax_name = 2000, "VAT"
    _move_to(sketch, "GB")


@kind
def display_currency(sketch: Sketch) -> None:
    """Shown in euros, paid in dollars (facts, section 2)."""
    sketch.display_currency, sketch.exchange_rate = "EUR", "0.9200000000"


@wide
def dinars(sketch: Sketch) -> None:
    """Three decimals."""
    if not sketch.lines:
        fill(sketch)
    _in_currency(sketch, "KWD", 10)
    sketch.rate, sketch.tax_name = 500, "VAT"
    for line in sketch.lines:
        line.price += 50 if line.price else 0


@wide
def several_rates(sketch: Sketch) -> None:
    """Each of the goods at another rate, one of them at none; and the shipping at yet another."""
    for rate in (2000, 500, 0):
        sketch.add(sketch.rng.choice(SINGLES), sketch.rng.choice((1, 2, 3)), rate=rate)
    sketch.rate, sketch.shipping_rate, sketch.tax_name = 2000, 700, "VAT"


@wide
def shipping_at_another_rate(sketch: Sketch) -> None:
    sketch.rate, sketch.shipping_rate = 300, 100
    sketch.shipping = sketch.shipping or sketch.price(1000)


@wide
def several_discounts(sketch: Sketch) -> None:
    """A coupon and a promotion on lines, a coupon on all of them, one for shipping, and a person's discount."""
    line = sketch.add(sketch.rng.choice(SINGLES), 3)
    line.percent_off, line.coupon = 15, "SPRING15"
    sketch.add(sketch.rng.choice(SINGLES), 2).percent_off = 20
    sketch.percent_off_order, sketch.order_coupon, sketch.shipping_coupon = 7, "SEVEN", "FREESHIP"
    sketch.discount = sketch.price(333)


@wide
def nothing_to_pay(sketch: Sketch) -> None:
    """Goods and shipping for nothing, by coupons, though shipping has its price."""
    sketch.percent_off_order, sketch.order_coupon, sketch.shipping_coupon = 100, "ALLFREE", "FREESHIP"
    sketch.handling = sketch.fee = 0
    sketch.shipping = sketch.shipping or sketch.price(1000)
    sketch.payment_method = "No Payment Required"


@wide
def free_item(sketch: Sketch) -> None:
    """A gift beside what was bought."""
    sketch.add(sketch.rng.choice(SINGLES), 2)
    sketch.add(PRODUCTS["STICKER-01"]).price = 0


@wide
def everything_charged(sketch: Sketch) -> None:
    """Wrapping, handling, a fee and shipping beside the goods."""
    sketch.add(sketch.rng.choice(SINGLES), 2).wrapping = sketch.price(333)
    sketch.fee, sketch.handling, sketch.shipping = sketch.price(349), sketch.price(199), sketch.price(1037)


@wide
def custom_product(sketch: Sketch) -> None:
    """Of no product of the catalog: a person named it when the order was taken."""
    sketch.add(Product(0, f"CUSTOM-{sketch.rng.randrange(9)}", "Terminal block, cut to size", 1249, brand=""), 2)


@wide
def wallet_name(sketch: Sketch) -> None:
    """Wallets send a sign for the last name that they do not know."""
    _name(sketch, ("Madonna", sketch.rng.choice(("-", "."))))


@wide
def marketplace(sketch: Sketch) -> None:
    """Marketplaces send words for a company that there is not."""
    company = sketch.rng.choice(("N/A", "none", "-"))
    sketch.bill_to["company"] = sketch.ship_tos[0]["company"] = company
    sketch.order_source = "external"


def _in_currency(sketch: Sketch, currency: str, step: int) -> None:
    sketch.currency, sketch.step = currency, step
    sketch.display_currency, sketch.exchange_rate = None, "1.0000000000"
    if step != 10_000:
        sketch.shipping = min(sketch.shipping, 112_300)
    else:
        sketch.shipping, sketch.handling, sketch.fee = 5_000_000, sketch.handling * 100, sketch.fee * 100
    for line in sketch.lines:
        line.price = sketch.price(line.product.price) if line.price else 0
        line.wrapping = sketch.price(450) if line.wrapping else 0


def _move_to(sketch: Sketch, country: str) -> None:
    first, last = sketch.bill_to["first_name"], sketch.bill_to["last_name"]
    place = people.address(sketch.rng, first, last, country)
    sketch.bill_to = dict(place)
    sketch.ship_tos[0] = dict(place)


@kind
def odd_name(sketch: Sketch) -> None:
    _name(sketch, people.odd_name(sketch.rng))


@kind
def cjk(sketch: Sketch) -> None:
    _name(sketch, people.cjk_name(sketch.rng))


@kind
def right_to_left(sketch: Sketch) -> None:
    _name(sketch, people.rtl_name(sketch.rng))


@kind
def emoji(sketch: Sketch) -> None:
    _name(sketch, people.emoji_name(sketch.rng))
    sketch.message = "Thank you 🙏🏽 — see you soon 👋"


@kind
def very_long(sketch: Sketch) -> None:
    _name(sketch, ("Hubert Blaine " + "Wolfeschlegelsteinhausen" * 3, "Bergerdorff" * 6))
    sketch.message = "Please ring twice. " * 400
    sketch.bill_to["street_1"] = sketch.ship_tos[0]["street_1"] = "Llanfairpwllgwyngyllgogerychwyrndrobwll Road " * 4


def _name(sketch: Sketch, name: tuple[str, str]) -> None:
    for place in (sketch.bill_to, sketch.ship_tos[0]):
        place["first_name"], place["last_name"] = name


@kind
def form_fields(sketch: Sketch) -> None:
    sketch.form_fields = [
        {"name": "Delivery Instructions", "value": "Leave it with the neighbor"},
        {"name": "Floor", "value": 3},
        {"name": "Contact by", "value": ["phone", "e-mail"]},
    ]


@kind
def message(sketch: Sketch) -> None:
    sketch.message = "It's a present: no invoice in the box, please.\nRing at “Miller & Sons”."
    sketch.staff_notes = "Checked by phone."


@kind
def awaiting_payment(sketch: Sketch) -> None:
    sketch.status_id, sketch.payment_method = statuses.AWAITING_PAYMENT, "Bank Deposit"
    sketch.payment_status = ""


@kind
def authorised(sketch: Sketch) -> None:
    sketch.payment_status = "authorized"
