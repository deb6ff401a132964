"""Matches the lines of two versions of an order whose ids where they came from differ: by what they are.

A line that is taken off an order in BigCommerce and put on it again has a new id (vendor: Update an order, "to add a
product don't include id"). It is the same line to whoever packs it.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from counterfoil.sales.models import OrderAddress, OrderLine
from counterfoil.sales.orders.drafts import AddressDraft, LineDraft

Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineLike:
    """What a line is. `id`: where it came from. `sku` and `product`: empty and None where it has none."""

    id: int
    sku: str
    product: tuple[int, int] | None
    name: str
    options: str
    quantity: int
    place: Place | None


_Key = Callable[[LineLike], Hashable]


def match_lines(before: Sequence[LineLike], after: Sequence[LineLike]) -> dict[int, int]:
    """Which line of `after` each line of `before` has become, one to one, by their ids; those that keep theirs too.

    The likest first: with the same quantity and address, then with another quantity, then with another address.
    """
    stay = {line.id for line in before} & {line.id for line in after}
    found = {line: line for line in stay}
    old = [line for line in before if line.id not in stay]
    new = [line for line in after if line.id not in stay]
    for key in _KEYS:
        for one, other in _pairs(old, new, key):
            found[one.id] = other.id
        old = [line for line in old if line.id not in found]
        taken = set(found.values())
        new = [line for line in new if line.id not in taken]
        if not old or not new:
            break
    return found


def _pairs(old: Iterable[LineLike], new: Iterable[LineLike], key: _Key) -> list[tuple[LineLike, LineLike]]:
    """Of equal ones the first belongs to the first."""
    waiting: dict[Hashable, list[LineLike]] = {}
    for line in new:
        waiting.setdefault(key(line), []).append(line)
    pairs = []
    for line in old:
        same = waiting.get(key(line)) if key(line) is not None else None
        if same:
            pairs.append((line, same.pop(0)))
    return pairs


def _product_and_sku(line: LineLike) -> Hashable:
    return (line.product, line.sku) if line.product and line.sku else None


def _product(line: LineLike) -> Hashable:
    return line.product


def _sku(line: LineLike) -> Hashable:
    return line.sku or None


def _name(line: LineLike) -> Hashable:
    """Of what is no product of the store: its words are all that there is."""
    return None if line.product else line.name


def _key(thing: _Key, *, quantity: bool, place: bool) -> _Key:
    def key(line: LineLike) -> Hashable:
        what = thing(line)
        if what is None:
            return None
        return what, line.options, line.quantity if quantity else 0, line.place if place else None

    return key


_KEYS = tuple(
    _key(thing, quantity=quantity, place=place)
    for place in (True, False)
    for quantity in (True, False)
    for thing in (_product_and_sku, _product, _sku, _name)
)


def like_row(row: OrderLine, place: Place | None) -> LineLike:
    """A line of a sales order that came from a store."""
    return _like(row, row.source_id or 0, place)


def like_draft(line: LineDraft, place: Place | None) -> LineLike:
    """A line that is to come into the sales data."""
    return _like(line, line.source_id or 0, place)


def _like(line: OrderLine | LineDraft, source_id: int, place: Place | None) -> LineLike:
    product = (line.source_product_id, line.source_variant_id or 0) if line.source_product_id else None
    return LineLike(source_id, line.part_number, product, line.description, line.options, line.quantity, place)


def place_of(address: OrderAddress | AddressDraft | None) -> Place | None:
    """Where something goes, whatever id the address has."""
    if address is None:
        return None
    who_and_where = (
        address.first_name,
        address.last_name,
        address.company,
        address.street_1,
        address.street_2,
        address.city,
        address.postcode,
        address.country_code,
    )
    return place(who_and_where)


def place(who_and_where: Iterable[str]) -> Place:
    """First and last name, company, both lines of the street, city, postcode and country code, as they are compared."""
    return tuple(" ".join(part.split()).casefold() for part in who_and_where)
