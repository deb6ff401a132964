"""What a scanner reads off an item: which line of an order it is, and whether a parcel's items were all scanned.

A code may be our part number, the SKU that a store sold it as, an alias of it, or the product's UPC, EAN or GTIN. The
page counts while items are scanned (`static/web/scanning.js` reads codes as `item_code` does) and sends the codes; what
counts is what is found here.

    codes = ItemCodes(lines, aliases)
    counted = codes.count(["MUG-01", "]E00012345678905"], {line.pk: 2})
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from counterfoil.sales import signals
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderChange, OrderLine, ProductAlias, SalesOrder
from counterfoil.sales.shipping.symbology import scanned_text

Count = dict[int, int]  # order line id → quantity

_GTIN = re.compile(r"\d{8,14}")
# A GS1 barcode begins with its first application identifier; 01 is a GTIN of 14 digits (GS1 General Specifications).
_GS1_GTIN = re.compile(r"(?:\(01\)|01)(\d{14})(.*)", re.DOTALL)
_SAYS_GS1 = ("]C1", "]d2", "]Q3", "]e0", "(01)")
GTIN_DIGITS = 14
MOST_SCANS = 5_000
UNSCANNED = "This order can be shipped only after its items are scanned."
MAY_OVERRIDE = "Scan the items on Process shipment, or have a manager ship it with a reason."


def item_code(text: str) -> str:
    """One spelling of a code: without case; a UPC, EAN or GTIN with zeros up to 14 digits, so that they are one."""
    bare = scanned_text(text)
    found = _GS1_GTIN.fullmatch(bare)
    if found and (not found[2] or text.strip().startswith(_SAYS_GS1)):
        bare = found[1]
    return bare.zfill(GTIN_DIGITS) if _GTIN.fullmatch(bare) else bare.casefold()


def aliases_of(source: str, lines: Iterable[OrderLine]) -> dict[int, list[str]]:
    """By product id, what else a store calls the products of these lines. One statement."""
    products = {line.product_id for line in lines if line.product_id}
    found: dict[int, list[str]] = {}
    if source and products:
        rows = ProductAlias.objects.filter(source=source, product__in=products).exclude(sku="")
        for product_id, sku in rows.values_list("product_id", "sku"):
            found.setdefault(product_id, []).append(sku)
    return found


class ItemCodes:
    """The codes of some lines of one order, their products loaded along.

    A kit counts by the codes of its parts, or by its own, which counts all parts of one kit. `aliases`: by product id.
    """

    def __init__(self, lines: Sequence[OrderLine], aliases: Mapping[int, Sequence[str]]) -> None:
        self.lines = {line.pk: line for line in lines}
        self._parts = _parts_of_kits(lines)
        self.codes: dict[str, list[Count]] = {}
        for line in lines:
            counts = self._all_of_one(line)
            for code in _codes_of(line, aliases.get(line.product_id or 0, ())):
                self.codes.setdefault(code, []).append(counts)

    def _all_of_one(self, line: OrderLine) -> Count:
        """What one scan of the line counts: itself, or the parts of one kit, and theirs."""
        parts = self._parts.get(line.pk)
        if not parts:
            return {line.pk: 1}
        counts: Count = {}
        for part, each in parts.items():
            for pk, quantity in self._all_of_one(self.lines[part]).items():
                counts[pk] = counts.get(pk, 0) + quantity * each
        return counts

    def needed(self, quantities: Mapping[int, int]) -> Count:
        """How many have to be scanned of what is counted by itself: all but kits, which their parts count."""
        return {pk: quantity for pk, quantity in quantities.items() if quantity and pk not in self._parts}

    def find(self, text: str) -> list[Count]:
        """What a scan may count; nothing for what is no item of the order. Leading zeros of numbers may differ."""
        code = item_code(text)
        return self.codes.get(code) or self.codes.get(code.lstrip("0")) or []

    def count(self, scans: Iterable[str], quantities: Mapping[int, int]) -> Count:
        """How many of each line of a parcel were scanned, kits among them; raises Refused for a wrong or surplus item.

        `quantities`: order line id → how many of it lie in the parcel.
        """
        needed = self.needed(quantities)
        counted = dict.fromkeys(needed, 0)
        for text in scans:
            fitting = self.find(text)
            if not fitting:
                raise Refused(f"“{scanned_text(text)[:60]}” is not on this order.", "Take it out of the parcel.")
            one = next((each for each in fitting if _fits(each, counted, needed)), None)
            if one is None:
                names = ", ".join(self.lines[pk].name for pk in fitting[0])
                raise Refused(f"All of {names} is already in the parcel.", "Take the extra one out of the parcel.")
            for pk, quantity in one.items():
                counted[pk] += quantity
        kits = [kit for kit in self._parts if quantities.get(kit)]
        return counted | {kit: self._kits_counted(kit, quantities[kit], counted, needed) for kit in kits}

    def _kits_counted(self, kit: int, quantity: int, counted: Mapping[int, int], needed: Mapping[int, int]) -> int:
        """All of a kit whose parts are complete; else as many as the parts make."""
        one = self._all_of_one(self.lines[kit])
        if all(counted.get(pk, 0) == needed.get(pk, 0) for pk in one):
            return quantity
        return min(counted.get(pk, 0) // each for pk, each in one.items())

    @property
    def document(self) -> str:
        """What the page counts by, as JSON: `codes` (code → what a scan may count, by line id) and `names` of lines."""
        names = {pk: line.name for pk, line in self.lines.items() if pk not in self._parts}
        return json.dumps({"codes": self.codes, "names": names}, ensure_ascii=False)


def _fits(one: Count, counted: Mapping[int, int], needed: Mapping[int, int]) -> bool:
    return all(counted.get(pk, 0) + quantity <= needed.get(pk, 0) for pk, quantity in one.items())


def _codes_of(line: OrderLine, aliases: Iterable[str]) -> set[str]:
    upc = line.product.upc if line.product else ""
    texts = (line.our_part_number, line.part_number, upc, *aliases)
    return {item_code(text) for text in texts if text and text.strip()}


def _parts_of_kits(lines: Sequence[OrderLine]) -> dict[int, Count]:
    """Each kit with how many of its parts make one of it; a kit whose parts do not come out even counts as a line."""
    by_position = {line.position: line for line in lines}
    parts: dict[int, Count] = {}
    for line in lines:
        kit = by_position.get(line.parent_position) if line.parent_position is not None else None
        if kit is not None and kit.pk != line.pk:
            parts.setdefault(kit.pk, {})[line.pk] = line.quantity
    kits = {kit.pk: kit.quantity for kit in lines}
    even = {
        kit: {part: quantity // kits[kit] for part, quantity in theirs.items()}
        for kit, theirs in parts.items()
        if all(quantity % kits[kit] == 0 for quantity in theirs.values())
    }
    return {kit: theirs for kit, theirs in even.items() if not _is_circle(kit, even)}


def _is_circle(kit: int, parts: Mapping[int, Count]) -> bool:
    """Whether a kit hangs below itself, whatever a store said."""
    seen, waiting = {kit}, list(parts.get(kit, ()))
    while waiting:
        part = waiting.pop()
        if part == kit:
            return True
        if part not in seen:
            seen.add(part)
            waiting += parts.get(part, ())
    return False


def must_be_scanned(order: SalesOrder) -> bool:
    """Whether the parcels of an order go out only when their items were scanned."""
    return any(answer for _, answer in signals.scanning_asked.send(SalesOrder, order=order))


def refuse_unscanned(
    order: SalesOrder,
    lines: Mapping[int, OrderLine],
    items: Mapping[int, int],
    scanned: Mapping[int, int],
    *,
    why: str,
    by: str,
) -> None:
    """Raises Refused where items of a parcel were not scanned and have to be: by the rules, or since scanning began.

    `why`: the reason of whoever lets it go all the same, which the order's history keeps.
    """
    if not items or not (scanned or must_be_scanned(order)):
        return
    missing = {pk: quantity - scanned.get(pk, 0) for pk, quantity in items.items() if quantity != scanned.get(pk, 0)}
    if not missing:
        return
    if why.strip():
        OrderChange.objects.create(order=order, by=by, field="scanning", before="", after="left out", why=why.strip())
        return
    if not any(scanned.values()):
        raise Refused(UNSCANNED, MAY_OVERRIDE)
    kits = {lines[pk].parent_position for pk in missing}  # what is missing of a kit are its parts
    left = ", ".join(f"{count} × {lines[pk].name}" for pk, count in missing.items() if lines[pk].position not in kits)
    raise Refused(f"Not scanned yet: {left}.", "Scan the rest, or pack only what was scanned.")
