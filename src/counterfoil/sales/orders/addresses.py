"""The addresses of a sales order: what each is known by and called, and whether two of them are the same place."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet

from counterfoil.sales.models import AddressKind, OrderAddress, OrderLine, Parcel, SalesOrder
from counterfoil.sales.models.orders import LINE_TO_SHIP, WHO_AND_WHERE
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.text.postal_addresses import country_code_of, folded, state_code

MAY_NOT_HAVE_LEFT = timedelta(days=1)
Key = tuple[str, int | None]
WhoAndWhere = Mapping[str, str]
"""The columns of `WHO_AND_WHERE` with their values."""


def key_of(address: AddressDraft | OrderAddress) -> Key:
    """What an address is known by: its kind, and its id where the order came from."""
    return str(address.kind), address.source_id


def address_rows(order: SalesOrder) -> dict[Key, OrderAddress]:
    """The order's present addresses. One that changed after a parcel went there stands twice: the last counts."""
    return {key_of(row): row for row in order.addresses.all()}


def names_of(order: SalesOrder) -> dict[Key, str]:
    """What people call each address: "Bill to", "Ship to", "Ship to 2" …; a name stays when another one is added."""
    names: dict[Key, str] = {}
    numbers: dict[str, int] = {}
    for row in order.addresses.all():
        if key_of(row) not in names:
            number = numbers[row.kind] = numbers.get(row.kind, 0) + 1
            names[key_of(row)] = f"{row.get_kind_display()} {number} " if number > 1 else f"{row.get_kind_display()} "
    return names


def who_and_where(address: AddressDraft | OrderAddress) -> dict[str, str]:
    """Who is reached there, and how."""
    return {name: getattr(address, name) for name in WHO_AND_WHERE}


def in_one_line(values: Mapping[str, object]) -> str:
    """Who and where, in one line."""
    return ", ".join(str(values[name]) for name in WHO_AND_WHERE if values.get(name))


def as_lines(values: WhoAndWhere) -> list[str]:
    """As it is written on an envelope, with the phone below."""
    known = {name: values.get(name, "") for name in WHO_AND_WHERE}
    return [*OrderAddress(**known).lines, *([known["phone"]] if known["phone"] else [])]


def is_same_place(one: WhoAndWhere, other: WhoAndWhere) -> bool:
    """Whether a parcel to the one goes to the other, to the same person: case, spaces and commas are no difference.

    The e-mail address is not on a parcel. "California" and "CA" are one state, "United States" and "US" one country.
    """
    return _comparable(one) == _comparable(other)


def _comparable(address: WhoAndWhere) -> tuple[str, ...]:
    country = country_code_of(address.get("country_code") or "", address.get("country") or "")
    return (
        _plain(address, "first_name", "last_name"),
        _plain(address, "company"),
        _plain(address, "street_1", "street_2"),
        _plain(address, "city"),
        folded(state_code(address.get("state") or "", country)),
        _plain(address, "postcode").replace(" ", "").replace("-", ""),
        country or _plain(address, "country"),
        "".join(digit for digit in address.get("phone", "") if digit.isalnum()).casefold(),
    )


def _plain(address: WhoAndWhere, *names: str) -> str:
    text = " ".join(address.get(name) or "" for name in names)
    return " ".join("".join(" " if letter in ",.;" else letter for letter in text).casefold().split())


def is_about(called: str, field: str) -> bool:
    """Whether a conflict's field says who and where an address is; `called`: as `names_of` names it."""
    parts = ("address", *(name.replace("_", " ") for name in WHO_AND_WHERE))
    return any(field == called + part for part in parts)


def changed_there(addresses: Iterable[OrderAddress | None]) -> list[OrderAddress]:
    """Those that were changed where the order came from, and that nobody has chosen for yet; each once."""
    found = {each.pk: each for each in addresses if each is not None and each.source_address is not None}
    return list(found.values())


def undecided_addresses() -> QuerySet[OrderAddress]:
    """Ship-to addresses that were changed where the order came from, and that still matter.

    Something is to go there, or a parcel that may not have left yet: it was processed since a day before the change.
    """
    changed = OrderAddress.objects.filter(source_changed_at__isnull=False, kind=AddressKind.SHIP_TO)
    is_open = OrderLine.objects.filter(LINE_TO_SHIP, ship_to=OuterRef("pk"))
    just_left = Parcel.objects.filter(
        ship_to=OuterRef("pk"),
        voided_at=None,
        shipment__processed_at__gt=OuterRef("source_changed_at") - MAY_NOT_HAVE_LEFT,
    )
    return changed.filter(Exists(is_open) | Exists(just_left))


def mark_decided(address: OrderAddress) -> None:
    """Nobody has to choose any more between ours and what it is where the order came from. Saved."""
    address.agreed_address = address.source_address
    address.source_address = address.source_changed_at = None
    address.save(update_fields=["source_address", "source_changed_at", "agreed_address"])


def decide_where_same(address: OrderAddress) -> None:
    """Decides where a person has entered here what it is there."""
    theirs = address.source_address
    if theirs is not None and is_same_place(theirs, who_and_where(address)):
        mark_decided(address)
