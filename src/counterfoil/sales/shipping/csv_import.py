"""Ships many parcels from a file: `read_rows`, a test run with `plan`, then `apply`; and the file of what is open.

    rows = read_rows(content)                      # raises Refused: the file or its header cannot be used
    answers = plan(rows)                           # one result for each row, in their order; writes nothing
    answers = apply(rows, by="Ada", progress=bar)  # the same shape, after each order's own transaction
    content = open_orders_csv()                    # what is open, in the same columns

A result is `ok`, `skipped` (applied already, or a row twice) or `refused`, with a sentence and, where there is
something to do, a next step. Rows with the same order and tracking number are one parcel, in which equal SKUs add up; a
row without a SKU is all that is open. One row that is refused refuses its parcel; the order's other parcels, and all
other orders, go on. Where no carrier is named, the one is taken whose number it is beyond doubt.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.db import transaction

from counterfoil.sales.csv.rows import REFUSED, RowResult
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AppliedRow, Parcel
from counterfoil.sales.orders.lookup import find_orders
from counterfoil.sales.shipping.carrier_detection import carrier_by_number, says_none
from counterfoil.sales.shipping.csv_columns import COLUMNS, ShipmentRow, read_rows
from counterfoil.sales.shipping.csv_export import open_orders_csv, open_rows
from counterfoil.sales.shipping.csv_parcels import PackList, WantedParcel, locked_pack_list, pack_lists, wanted_parcels
from counterfoil.sales.shipping.external_shipments import ForeignParcel
from counterfoil.sales.shipping.scanning import MAY_OVERRIDE, UNSCANNED
from counterfoil.sales.shipping.shipments import ParcelDraft, ship_locked
from counterfoil.sales.shipping.tracking_numbers import comparable, names_number
from counterfoil.sales.shipping.used_numbers import (
    NumberUsed,
    Use,
    UsedNumbers,
    has_number,
    refuse_used_elsewhere,
    refuse_used_here,
    used_numbers,
    wait_for_others_with,
)

__all__ = [
    "COLUMNS",
    "ShipmentRow",
    "ShipmentRowOutcome",
    "ShipmentRowResult",
    "apply",
    "open_orders_csv",
    "open_rows",
    "plan",
    "read_rows",
]
VOIDED = "If it did ship, process it on the order's page; otherwise leave out the row."
TAKE_OVER = "To have it as a parcel here too, take it over on the order's page."
Progress = Callable[[int, int], None]  # how many orders are done, of how many
ShippedThere = Callable[[Iterable[int]], Mapping[int, Sequence[ForeignParcel]]]  # of orders, by their ids


class ShipmentRowOutcome(StrEnum):
    """What becomes of a row."""

    OK = "ok"
    SKIPPED = "skipped"
    REFUSED = REFUSED


@dataclass(frozen=True, slots=True)
class ShipmentRowResult(RowResult[ShipmentRow, ShipmentRowOutcome]):
    """What becomes of a row, and why. `order_name`: the import ID; `parcel_id`: the parcel it became, or had become.

    `may_be_allowed`: it was refused for a number that is used already, and goes where those are allowed.
    """

    order_name: str = ""
    parcel_id: int | None = None
    may_be_allowed: bool = False


@dataclass(slots=True)
class _ParcelPlan:
    """One wanted parcel: the answers to its rows, and what is to be processed for it."""

    answers: list[ShipmentRowResult]
    drafts: list[ParcelDraft] = field(default_factory=list)
    fingerprints: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The tracking numbers that are in use, the ones that the file has used so far among them.

    `there`: what others shipped where the orders came from, by the orders' ids. `to_scan`: sources whose orders are
    shipped only when their items were scanned, which no file can say.
    """

    used: UsedNumbers
    allow: bool
    there: Mapping[int, Sequence[ForeignParcel]]
    to_scan: Container[str] = ()

    def look_again(self, rows: Sequence[ShipmentRow]) -> None:
        """Adds what others have used since, for the rows of a locked order; who ships with one of these now waits."""
        if self.allow:
            return
        wanted = [number for row in rows for number in row.numbers]
        wait_for_others_with(wanted)
        for number, uses in used_numbers(wanted).items():
            known = self.used.setdefault(number, [])
            known += [use for use in uses if use not in known]

    def ask(self, pack_list: PackList, numbers: Sequence[str]) -> None:
        """Raises NumberUsed where a parcel has one of the numbers, or had it here; Refused where it was voided."""
        voided = [each for each in pack_list.all_parcels if each.voided_at is not None]
        standing = [number for number in numbers if any(has_number(each, number) for each in pack_list.parcels)]
        if not self.allow:
            refuse_used_here(standing, pack_list.parcels)
        try:
            refuse_used_here([number for number in numbers if number not in standing], voided)
        except NumberUsed as refused:
            raise Refused(refused.sentence, VOIDED) from refused
        if not self.allow:
            refuse_used_elsewhere(numbers, pack_list.order, self.used)
        for number in numbers:
            self.used.setdefault(comparable(number), []).append(Use(0, pack_list.order.pk, pack_list.order.name))


def plan(
    rows: Sequence[ShipmentRow],
    *,
    carriers: Container[str] | None = None,
    allow_used_numbers: bool = False,
    shipped_there: ShippedThere | None = None,
    to_scan: Container[str] = (),
) -> list[ShipmentRowResult]:
    """What `apply` would answer now. Writes nothing; a fixed number of statements, whatever the number of rows.

    `carriers`: the names that the stores know; a row with another one says so. `allow_used_numbers`: also ship with
    numbers that other parcels have. `shipped_there`: what others shipped where the orders came from; a row that says
    what is counted as shipped by that is skipped. `to_scan`: the import source codes whose orders are shipped only
    when their items were scanned.
    """
    by_order, answers = _by_order(rows)
    numbers = _numbers(by_order, allow_used_numbers, shipped_there, to_scan)
    pack_lists_by_order = {pack_list.order.pk: pack_list for pack_list in pack_lists(list(by_order))}
    for order_id, theirs in by_order.items():
        for planned in _plan_rows(pack_lists_by_order[order_id], theirs, numbers):
            answers += planned.answers
    return _in_order(answers, carriers)


def apply(
    rows: Sequence[ShipmentRow],
    *,
    by: str,
    carriers: Container[str] | None = None,
    allow_used_numbers: bool = False,
    shipped_there: ShippedThere | None = None,
    to_scan: Container[str] = (),
    progress: Progress | None = None,
) -> list[ShipmentRowResult]:
    """Processes the parcels, each order in its own transaction; stopped in between, the file is applied again."""
    by_order, answers = _by_order(rows)
    numbers = _numbers(by_order, allow_used_numbers, shipped_there, to_scan)
    for done, (order_id, theirs) in enumerate(by_order.items(), 1):
        answers += _apply_order(order_id, theirs, numbers, by)
        if progress is not None:
            progress(done, len(by_order))
    return _in_order(answers, carriers)


def _by_order(rows: Sequence[ShipmentRow]) -> tuple[dict[int, list[ShipmentRow]], list[ShipmentRowResult]]:
    """The rows of each order, and the answers to those whose order is not known."""
    found = find_orders({row.order for row in rows if row.order})
    by_order: dict[int, list[ShipmentRow]] = {}
    answers: list[ShipmentRowResult] = []
    for row in rows:
        order = found.get(row.order)
        if isinstance(order, int):
            by_order.setdefault(order, []).append(row)
        elif row.trouble or order is None:
            answers.append(ShipmentRowResult(row, ShipmentRowOutcome.REFUSED, row.trouble, row.next_step))
        else:
            answers.append(ShipmentRowResult(row, ShipmentRowOutcome.REFUSED, order.sentence, order.next_step))
    return by_order, answers


def _numbers(
    by_order: Mapping[int, Sequence[ShipmentRow]],
    allow: bool,
    shipped_there: ShippedThere | None,
    to_scan: Container[str],
) -> _Numbers:
    used = used_numbers(number for rows in by_order.values() for row in rows for number in row.numbers)
    there = shipped_there(by_order) if shipped_there is not None and by_order else {}
    return _Numbers(used, allow, there, to_scan)


def _apply_order(order_id: int, rows: Sequence[ShipmentRow], numbers: _Numbers, by: str) -> list[ShipmentRowResult]:
    try:
        with transaction.atomic():
            pack_list = locked_pack_list(order_id)
            numbers.look_again(rows)
            planned = _plan_rows(pack_list, rows, numbers)
            drafts = [draft for each in planned for draft in each.drafts]
            if drafts:
                _note_parcels(ship_locked(pack_list.order, pack_list.lines, drafts, by=by), planned)
    except Refused as refused:
        return [ShipmentRowResult(row, ShipmentRowOutcome.REFUSED, refused.sentence, refused.next_step) for row in rows]
    return [answer for each in planned for answer in each.answers]


def _note_parcels(parcels: Sequence[Parcel], planned: Sequence[_ParcelPlan]) -> None:
    """Tells each answer its parcel, and keeps the fingerprints of parcels that no tracking number tells apart."""
    added = iter(parcels)
    for each in planned:
        theirs = [next(added).pk for _ in each.drafts]
        if not theirs:
            continue
        each.answers[:] = [_done(answer, theirs[0]) for answer in each.answers]
        for print_ in each.fingerprints:
            AppliedRow.objects.update_or_create(fingerprint=print_, defaults={"parcel_id": theirs[0]})


def _done(answer: ShipmentRowResult, parcel_id: int) -> ShipmentRowResult:
    if answer.outcome != ShipmentRowOutcome.OK:
        return answer
    return replace(answer, parcel_id=parcel_id, sentence=answer.sentence.replace("Ships", "Shipped", 1))


def _plan_rows(pack_list: PackList, rows: Sequence[ShipmentRow], numbers: _Numbers) -> list[_ParcelPlan]:
    return [_plan_parcel(pack_list, wanted, numbers) for wanted in wanted_parcels(rows)]


def _plan_parcel(pack_list: PackList, wanted: WantedParcel, numbers: _Numbers) -> _ParcelPlan:
    name = pack_list.order.name
    prints = {} if wanted.is_tracked else pack_list.prints(wanted.rows)
    troubles = [row for row in wanted.rows if row.trouble]
    if troubles:
        return _ParcelPlan([_refused_with(row, troubles[0], name) for row in wanted.rows])
    applied: dict[int, int] = {}
    try:
        applied = (
            _applied_parcel(pack_list, wanted) if wanted.is_tracked else pack_list.applied_rows(wanted.rows, prints)
        )
        rest = [row for row in wanted.rows if row.number not in applied]
        there = _shipped_there(pack_list, wanted, numbers) if rest else None
        if there is not None:
            return _ParcelPlan(
                [ShipmentRowResult(row, ShipmentRowOutcome.SKIPPED, there, TAKE_OVER, name) for row in wanted.rows]
            )
        drafts, note = _drafts(pack_list, wanted, rest, numbers) if rest else ([], "")
    except Refused as refused:
        return _ParcelPlan(
            [_answer(wanted, row, ShipmentRowOutcome.REFUSED, refused, name, applied) for row in wanted.rows]
        )
    held = pack_list.words(drafts)
    said = Refused((f"Ships {held}." if held else "Ships as a further box of the parcel before it.") + note)
    answers = [_answer(wanted, row, ShipmentRowOutcome.OK, said, name, applied) for row in wanted.rows]
    return _ParcelPlan(answers, drafts, [prints[row.number] for row in rest if prints])


def _applied_parcel(pack_list: PackList, wanted: WantedParcel) -> dict[int, int]:
    """All rows of a parcel with the parcel that they have become; none where they have not. Raises Refused."""
    same = pack_list.applied_parcel(wanted.tracking, wanted.items(wanted.rows))
    if same is None:
        return {}
    for number in wanted.further_numbers:
        if not any(has_number(each, number) for each in pack_list.parcels):
            raise Refused(
                f"{wanted.tracking.tracking_number} already shipped as parcel {same.pk}; {number} can’t be added to "
                "it.",
                "Leave out that number, or void the parcel and import the row again with new numbers.",
            )
    return {row.number: same.pk for row in wanted.rows}


def _shipped_there(pack_list: PackList, wanted: WantedParcel, numbers: _Numbers) -> str | None:
    """What to say of a parcel that someone else shipped, and that is counted as shipped here; None where nobody has.

    What is open all the same is processed like any other: its shipment in the store is found and becomes the parcel's.
    """
    number = comparable(wanted.rows[0].tracking_number)
    same = [
        each
        for each in numbers.there.get(pack_list.order.pk, ())
        if number and names_number(each.tracking.tracking_number, number)
    ]
    if not same:
        return None
    held = pack_list.shipped_elsewhere([each.items for each in same], wanted.items(wanted.rows), ship_to=wanted.ship_to)
    return f"The store already has it: a shipment of {held}." if held else None


def _drafts(
    pack_list: PackList, wanted: WantedParcel, rows: Sequence[ShipmentRow], numbers: _Numbers
) -> tuple[list[ParcelDraft], str]:
    """What is to be processed for these rows of a parcel, and what the answer adds. Raises Refused."""
    if pack_list.order.source and pack_list.order.source in numbers.to_scan:
        raise Refused(UNSCANNED, MAY_OVERRIDE)
    items, tracking, boxes = wanted.items(rows), wanted.tracking, wanted.further_numbers
    carrier, note = carrier_by_number(tracking.carrier, tracking.tracking_number)
    left, holder = pack_list.left.copy(), pack_list.holder
    drafts = pack_list.drafts(replace(tracking, carrier=carrier), items, ship_to=wanted.ship_to, boxes=boxes)
    try:
        numbers.ask(pack_list, [number for number in (tracking.tracking_number, *boxes) if number])
    except Refused:
        pack_list.left, pack_list.holder = left, holder
        raise
    further = f" Further box{'es' if len(boxes) > 1 else ''}: {', '.join(boxes)}." if boxes else ""
    return drafts, further + (f" {note}" if note else "")


def _answer(
    wanted: WantedParcel,
    row: ShipmentRow,
    outcome: ShipmentRowOutcome,
    said: Refused,
    name: str,
    applied: Mapping[int, int],
) -> ShipmentRowResult:
    parcel_id = applied.get(row.number)
    if parcel_id is not None:
        sentence = f"Already applied: parcel {parcel_id}."
        return ShipmentRowResult(row, ShipmentRowOutcome.SKIPPED, sentence, _another(row), name, parcel_id)
    twin = wanted.twins.get(row.number)
    if twin is not None and outcome == ShipmentRowOutcome.OK:
        return ShipmentRowResult(
            row, ShipmentRowOutcome.SKIPPED, f"It’s the same as row {twin}: everything open.", "", name
        )
    asks = isinstance(said, NumberUsed)
    return ShipmentRowResult(row, outcome, said.sentence, said.next_step, name, may_be_allowed=asks)


def _another(row: ShipmentRow) -> str:
    if row.tracking_number or row.tracking_link or row.quantity is None:
        return ""
    return "For another parcel of the same items, enter its tracking number, or ship it on the order's page."


def _refused_with(row: ShipmentRow, trouble: ShipmentRow, name: str) -> ShipmentRowResult:
    if row.trouble:
        return ShipmentRowResult(row, ShipmentRowOutcome.REFUSED, row.trouble, row.next_step, name)
    sentence = f"Row {trouble.number} of the same parcel can’t be used."
    return ShipmentRowResult(row, ShipmentRowOutcome.REFUSED, sentence, "Correct that row.", name)


def _in_order(answers: list[ShipmentRowResult], carriers: Container[str] | None) -> list[ShipmentRowResult]:
    answers.sort(key=lambda answer: answer.row.number)
    return answers if carriers is None else [_with_carrier(answer, carriers) for answer in answers]


def _with_carrier(answer: ShipmentRowResult, known: Container[str]) -> ShipmentRowResult:
    carrier = answer.row.carrier
    is_known = not carrier or says_none(carrier) or carrier in known or carrier.casefold() in known
    if answer.outcome != ShipmentRowOutcome.OK or is_known:
        return answer
    link = "with only its tracking URL" if answer.row.tracking_link else "without a tracking URL"
    note = f"“{carrier}” isn’t in the carrier list: the store gets it {link}."
    return replace(answer, sentence=f"{answer.sentence} {note}")
