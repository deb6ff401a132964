"""People and places that orders come from, common and uncommon."""

from random import Random

from bigcommerce_sandbox.answers import Document

_FIRST = (
    "Ava",
    "Noah",
    "Mia",
    "Liam",
    "Zoe",
    "Ethan",
    "Ruth",
    "Omar",
    "Ines",
    "Piotr",
    "Leila",
    "Tom",
    "Grace",
    "Hugo",
)
_LAST = ("Miller", "Okafor", "Nguyen", "Schmidt", "Rossi", "Haddad", "Lindqvist", "Brown", "García", "Patel", "Novak")
_COMPANIES = ("Blue Door Café", "Northside Offices Ltd", "Millrace Hotel Group", "Tidewater Supply Co.", "Atelier Roux")
_ODD = (
    ("Siobhán", "O’Brien-D'Arcy"), ("Zoë", "Ångström"), ("X Æ", "A-12"), ("  Lee ", "van der  Berg "),
    ("Robert'); --", "<b>Tables</b>"), ("", "Madonna"), ("null", "Null"), ("José‑María", "Ñíguez & Sons"),
)  # fmt: skip
_CJK = (("小明", "王"), ("太郎", "山田"), ("서연", "김"))
_RTL = (("محمد", "الفارسي"), ("נועה", "כהן"))
_EMOJI = (("Sunny ☀️", "Day"), ("👩‍🍳", "Baker"))

_PLACES = (
    ("United States", "US", "Texas", "Austin", "78751", "{n} Congress Avenue", "512-555-{p:04d}"),
    ("United States", "US", "New York", "Brooklyn", "11201", "{n} Atlantic Avenue", "(718) 555-{p:04d}"),
    ("United States", "US", "California", "Oakland", "94607", "{n} Grand Avenue", "+1 510 555 {p:04d}"),
    ("Canada", "CA", "Quebec", "Montréal", "H2T 1S6", "{n} rue Saint-Viateur", "514 555 {p:04d}"),
    ("United Kingdom", "GB", "", "Leeds", "LS1 4AP", "{n} Park Row", "0113 496 {p:04d}"),
    ("Australia", "AU", "Victoria", "Fitzroy", "3065", "{n} Brunswick Street", "+61 3 5550 {p:04d}"),
    ("Germany", "DE", "Berlin", "Berlin", "10405", "Prenzlauer Allee {n}", "030 23125 {p:03d}"),
    ("Japan", "JP", "Tokyo", "渋谷区", "150-0001", "神宮前 {n}-5", "03-5550-{p:04d}"),
)
PLACE_OF = {place[1]: place for place in reversed(_PLACES)}


def person(rng: Random, customers: int = 400) -> Document:
    """A returning customer: the same number is always the same person at the same address."""
    number = rng.randrange(1, customers)
    return _person(Random(number), number)  # noqa: S311 - reproducible, not secret


def stranger(rng: Random) -> Document:
    """A guest: customer 0."""
    return _person(rng, 0)


def _person(rng: Random, customer_id: int) -> Document:
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    found = address(rng, first, last)
    return {"customer_id": customer_id, "address": found}


def address(rng: Random, first: str, last: str, country: str | None = None) -> Document:
    place = PLACE_OF[country] if country else rng.choice(_PLACES[:5] if rng.random() < 0.9 else _PLACES)
    name, code, state, city, postcode, street, phone = place
    handle = f"{first}.{last}.{rng.randrange(10_000)}".encode("ascii", "ignore").decode().strip(".").lower()
    return {
        "first_name": first,
        "last_name": last,
        "company": "",
        "street_1": street.format(n=rng.randrange(1, 900)),
        "street_2": rng.choice(("", "", "", "Apt 4", "Suite 210")),
        "city": city,
        "state": state,
        "zip": postcode,
        "country": name,
        "country_iso2": code,
        "phone": phone.format(p=rng.randrange(100, 1000)),
        "email": "".join(c for c in handle if c.isalnum() or c == ".") + "@example.com",
    }


def company(rng: Random) -> str:
    return rng.choice(_COMPANIES)


def odd_name(rng: Random) -> tuple[str, str]:
    return rng.choice(_ODD)


def cjk_name(rng: Random) -> tuple[str, str]:
    return rng.choice(_CJK)


def rtl_name(rng: Random) -> tuple[str, str]:
    return rng.choice(_RTL)


def emoji_name(rng: Random) -> tuple[str, str]:
    return rng.choice(_EMOJI)
