"""Tracking numbers that parcels have, or had: asked about before one is used again.

A number that stands on another order may be right (two orders in one box), so it is asked about: `NumberUsed` is
refused unless used numbers were allowed. The same holds for a number of this order's own, voided or standing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Parcel, SalesOrder
from counterfoil.sales.models.shipments import comparable_number
from counterfoil.sales.shipping.tracking_numbers import comparable

ASK = "If it’s right anyway, allow numbers that are already used."


class NumberUsed(Refused):
    """A tracking number is used already; a person may allow it.

    `question`: that, as a person is asked; `orders`: the names of the other orders that have it.
    """

    def __init__(self, sentence: str, next_step: str = ASK, *, orders: Sequence[str] = ()) -> None:
        super().__init__(sentence, next_step)
        self.orders = tuple(orders)

    @property
    def question(self) -> str:
        """As in "Already used on WEB-1116. Use it anyway?"."""
        where = ", ".join(self.orders) or "this order"
        return f"Already used on {where}. Use it anyway?"


@dataclass(frozen=True, slots=True)
class Use:
    """A standing parcel that has a number: its id, its order's id and name."""

    parcel_id: int
    order_id: int
    order_name: str


UsedNumbers = dict[str, list[Use]]  # by the comparable number


def used_numbers(numbers: Iterable[str]) -> UsedNumbers:
    """Which parcels that stand have these numbers, the oldest first. One statement; none without a number."""
    wanted = {comparable(number) for number in numbers} - {""}
    found: UsedNumbers = {}
    if not wanted:
        return found
    standing = Parcel.objects.exclude(tracking_number="").filter(voided_at=None).alias(number=comparable_number())
    parcels = standing.filter(number__in=RawSQL("SELECT unnest(%s::text[])", [list(wanted)]))
    columns = ("pk", "tracking_number", "shipment__order", "shipment__order__import_id", "shipment__order__number")
    for pk, number, order_id, import_id, order_number in parcels.order_by("pk").values_list(*columns):
        found.setdefault(comparable(number), []).append(Use(pk, order_id, import_id or str(order_number)))
    return found


def refuse_used_elsewhere(numbers: Collection[str], order: SalesOrder, used: Mapping[str, Sequence[Use]]) -> None:
    """Raises NumberUsed where a parcel of another order has one of the numbers."""
    for number in numbers:
        others = dict.fromkeys(use.order_name for use in used.get(comparable(number), ()) if use.order_id != order.pk)
        if others:
            raise NumberUsed(f"{number} is already used on order {', '.join(others)}.", orders=tuple(others))


def has_number(parcel: Parcel, number: str) -> bool:
    """Whether a parcel has this number, or had it before it was corrected."""
    wanted = comparable(number)
    return any(comparable(each) == wanted for each in (parcel.tracking_number, *parcel.former_numbers) if each)


def refuse_used_here(numbers: Collection[str], parcels: Iterable[Parcel]) -> None:
    """Raises NumberUsed where a parcel of the order itself has one of the numbers, or had it: standing, or voided."""
    parcels = sorted(parcels, key=lambda parcel: parcel.voided_at is not None)
    for number in numbers:
        for parcel in parcels:
            if has_number(parcel, number):
                raise NumberUsed(_told(number, parcel))


def _told(number: str, parcel: Parcel) -> str:
    if parcel.voided_at is not None:
        when = f"{parcel.voided_at.astimezone(UTC):%Y-%m-%d at %H:%M} UTC"
        return (
            f"{number} was voided: parcel {parcel.pk}, on {when} by {parcel.voided_by}. {parcel.void_reason}".rstrip()
        )
    held = ", ".join(str(item) for item in parcel.items.all()) or "a further box"
    now = "" if comparable(number) == comparable(parcel.tracking_number) else f", now {parcel.tracking_number or '–'}"
    return f"{number} is already used on this order: parcel {parcel.pk}{now} ({held})."


def wait_for_others_with(numbers: Iterable[str]) -> None:
    """A label that was scanned twice comes for two orders at the same moment: one waits for the other.

    Until the end of the transaction. One statement; none without a number.
    """
    keys = sorted({comparable(number) for number in numbers} - {""})
    if not keys:
        return
    with connection.cursor() as cursor:
        one_each = "SELECT pg_advisory_xact_lock(hashtextextended(number, 1)) FROM unnest(%s::text[]) AS number"
        cursor.execute(one_each, [keys])


def refuse_used(order: SalesOrder, numbers: Collection[str], *, but: int | None = None) -> None:
    """Raises NumberUsed for a number that a parcel of any order has, or one of this order had. `but`: not this one."""
    numbers = [number for number in numbers if number]
    if not numbers:
        return
    for key, count in Counter(map(comparable, numbers)).items():
        if count > 1:
            twice = next(number for number in numbers if comparable(number) == key)
            raise NumberUsed(f"{twice} is on {count} of these parcels.")
    wait_for_others_with(numbers)
    here = Q(shipment__order=order) & ~Q(tracking_number="", former_numbers=[])
    parcels = Parcel.objects.filter(here).prefetch_related("items__line")
    refuse_used_here(numbers, [parcel for parcel in parcels if parcel.pk != but])
    refuse_used_elsewhere(numbers, order, used_numbers(numbers))
