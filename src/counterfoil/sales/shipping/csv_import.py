"""Ships many parcels from a file: `read_rows`, a test run with `plan`, then `apply`; and the file of what is open.

    rows = read_rows(content)                      # raises Refused: the file or its header cannot be used
    answers = plan(rows)                           # one Answer for each row, in their order; writes nothing
    answers = apply(rows, by="Ada", progress=bar)  # the same shape, after each order's own transaction
    content = open_orders_csv()                    # what is open, in the same columns

An Answer is `ok`, `skipped` (applied already, or a row twice) or `refused`, with a sentence and, where there is
something to do, a next step. Rows with the same order, carrier and tracking number are one parcel; a row without a SKU
is all that is open. One row that is refused refuses its parcel; the order's other parcels, and all other orders, go on.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q

from counterfoil.sales.csv.text import written_csv
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import AddressKind, AppliedRow, LineKind, OrderLine, Parcel, StatusRole
from counterfoil.sales.orders.lookup import find_orders
from counterfoil.sales.shipping.csv_columns import COLUMNS, Row, read_rows
from counterfoil.sales.shipping.csv_parcels import (
    OrderBook,
    WantedParcel,
    fingerprint,
    locked_book,
    order_books,
    wanted_parcels,
)
from counterfoil.sales.shipping.shipments import ParcelDraft, ship_locked

__all__ = ["COLUMNS", "Answer", "Outcome", "Row", "apply", "open_orders_csv", "open_rows", "plan", "read_rows"]
Progress = Callable[[int, int], None]  # how many orders are done, of how many


class Outcome(StrEnum):
    """What becomes of a row."""

    OK = "ok"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a row, and why. `order_name`: the import ID; `parcel_id`: the parcel it became, or had become."""

    row: Row
    outcome: Outcome
    sentence: str
    next_step: str = ""
    order_name: str = ""
    parcel_id: int | None = None


@dataclass(slots=True)
class _Settled:
    """One wanted parcel: the answers to its rows, and what is to be processed for it."""

    answers: list[Answer]
    drafts: list[ParcelDraft] = field(default_factory=list)
    fingerprints: list[str] = field(default_factory=list)


def plan(rows: Sequence[Row], *, carriers: Collection[str] | None = None) -> list[Answer]:
    """What `apply` would answer now. Writes nothing; a fixed number of statements, whatever the number of rows.

    `carriers`: the names that the stores know; a row with another one says so.
    """
    by_order, answers = _by_order(rows)
    for book in order_books(list(by_order)):
        for settled in _settle(book, by_order[book.order.pk]):
            answers += settled.answers
    return _in_order(answers, carriers)


def apply(
    rows: Sequence[Row], *, by: str, carriers: Collection[str] | None = None, progress: Progress | None = None
) -> list[Answer]:
    """Processes the parcels, each order in its own transaction; stopped in between, the file is applied again."""
    by_order, answers = _by_order(rows)
    for done, (order_id, theirs) in enumerate(by_order.items(), 1):
        answers += _apply_order(order_id, theirs, by)
        if progress is not None:
            progress(done, len(by_order))
    return _in_order(answers, carriers)


def _by_order(rows: Sequence[Row]) -> tuple[dict[int, list[Row]], list[Answer]]:
    """The rows of each order, and the answers to those whose order is not known."""
    found = find_orders({row.order for row in rows if row.order})
    by_order: dict[int, list[Row]] = {}
    answers: list[Answer] = []
    for row in rows:
        order = found.get(row.order)
        if isinstance(order, int):
            by_order.setdefault(order, []).append(row)
        elif row.trouble or order is None:
            answers.append(Answer(row, Outcome.REFUSED, row.trouble, row.next_step))
        else:
            answers.append(Answer(row, Outcome.REFUSED, order.sentence, order.next_step))
    return by_order, answers


def _apply_order(order_id: int, rows: Sequence[Row], by: str) -> list[Answer]:
    try:
        with transaction.atomic():
            book = locked_book(order_id)
            settled = _settle(book, rows)
            drafts = [draft for each in settled for draft in each.drafts]
            if drafts:
                _note_parcels(ship_locked(book.order, book.lines, drafts, by=by), settled)
    except Refused as refused:
        return [Answer(row, Outcome.REFUSED, refused.sentence, refused.next_step) for row in rows]
    return [answer for each in settled for answer in each.answers]


def _note_parcels(parcels: Sequence[Parcel], settled: Sequence[_Settled]) -> None:
    """Tells each answer its parcel, and keeps the fingerprints of parcels that no tracking number tells apart."""
    added = iter(parcels)
    for each in settled:
        theirs = [next(added).pk for _ in each.drafts]
        if not theirs:
            continue
        each.answers[:] = [_done(answer, theirs[0]) for answer in each.answers]
        for print_ in each.fingerprints:
            AppliedRow.objects.update_or_create(fingerprint=print_, defaults={"parcel_id": theirs[0]})


def _done(answer: Answer, parcel_id: int) -> Answer:
    if answer.outcome != Outcome.OK:
        return answer
    return replace(answer, parcel_id=parcel_id, sentence=answer.sentence.replace("Ships", "Shipped", 1))


def _settle(book: OrderBook, rows: Sequence[Row]) -> list[_Settled]:
    return [_settle_parcel(book, wanted) for wanted in wanted_parcels(rows)]


def _settle_parcel(book: OrderBook, wanted: WantedParcel) -> _Settled:
    name = book.order.name
    troubles = [row for row in wanted.rows if row.trouble]
    if troubles:
        return _Settled([_beside_trouble(row, troubles[0], name) for row in wanted.rows])
    applied: dict[str, int] = {}
    try:
        tracking, items = wanted.tracking, wanted.items
        applied = book.applied(tracking, items)
        rest = {sku: quantity for sku, quantity in items.items() if sku not in applied}
        drafts = book.drafts(tracking, rest) if rest else []
    except Refused as refused:
        return _Settled([_answer(wanted, row, Outcome.REFUSED, refused, name, applied) for row in wanted.rows])
    held = book.words(drafts)
    said = Refused(f"Ships {held}." if held else "Ships as a further box of the parcel before it.")
    answers = [_answer(wanted, row, Outcome.OK, said, name, applied) for row in wanted.rows]
    if tracking.tracking_number or tracking.tracking_link:
        return _Settled(answers, drafts)
    return _Settled(answers, drafts, [fingerprint(book.order.pk, *item) for item in rest.items()])


def _answer(
    wanted: WantedParcel, row: Row, outcome: Outcome, said: Refused, name: str, applied: Mapping[str, int]
) -> Answer:
    twin = wanted.twins.get(row.number)
    if twin is not None:
        return Answer(row, Outcome.SKIPPED, f"It says the same as row {twin}.", "", name)
    parcel_id = applied.get(row.sku.casefold())
    if parcel_id is not None:
        sentence = f"It was applied already: parcel {parcel_id}."
        return Answer(row, Outcome.SKIPPED, sentence, _another(row), name, parcel_id)
    return Answer(row, outcome, said.sentence, said.next_step, name)


def _another(row: Row) -> str:
    if row.tracking_number or row.tracking_link or row.quantity is None:
        return ""
    return "For another parcel of the same items enter its tracking number, or ship it on the order's page."


def _beside_trouble(row: Row, trouble: Row, name: str) -> Answer:
    if row.trouble:
        return Answer(row, Outcome.REFUSED, row.trouble, row.next_step, name)
    sentence = f"Row {trouble.number}, of the same parcel, cannot be used."
    return Answer(row, Outcome.REFUSED, sentence, "Correct that row.", name)


def _in_order(answers: list[Answer], carriers: Collection[str] | None) -> list[Answer]:
    answers.sort(key=lambda answer: answer.row.number)
    if carriers is None:
        return answers
    known = {name.casefold() for name in carriers}
    return [_with_carrier(answer, known) for answer in answers]


def _with_carrier(answer: Answer, known: Collection[str]) -> Answer:
    carrier = answer.row.carrier
    if answer.outcome != Outcome.OK or not carrier or carrier.casefold() in known:
        return answer
    link = "with its own tracking link only" if answer.row.tracking_link else "without a tracking link"
    note = f"“{carrier}” is not in the carrier list: the store gets it {link}."
    return replace(answer, sentence=f"{answer.sentence} {note}")


def open_orders_csv() -> str:
    """What can be shipped now, a row for each SKU and address, to fill in and to read again. Safe to open anywhere.

    Orders on hold are left out. An order with an open item that has no SKU is one row: all that is open.
    """
    return written_csv(([*COLUMNS], *open_rows()))


def open_rows() -> Iterator[list[str]]:
    """The rows of `open_orders_csv`, the oldest order first: a cell for each of COLUMNS."""
    lines = (
        OrderLine.objects.filter(
            Q(order__hold_reason="") | ~Q(order__hold_overridden_by=""),
            quantity__gt=F("shipped") + F("cancelled"),
            kind=LineKind.PHYSICAL,
            ship_to__kind=AddressKind.SHIP_TO,
        )
        .exclude(order__status__role=StatusRole.CANCELLED)
        .select_related("order", "ship_to")
        .order_by("order__order_date", "order_id", "ship_to__position", "position")
    )
    for _, theirs in groupby(lines.iterator(chunk_size=2000), key=lambda line: line.order_id):
        yield from _rows_of_order(list(theirs))


def _rows_of_order(lines: Sequence[OrderLine]) -> Iterator[list[str]]:
    name = lines[0].order.name
    if any(not line.our_part_number for line in lines):
        yield [name, "", lines[0].order.ship_via, "", "", "", ""]
        return
    quantities: dict[tuple[int | None, str], int] = {}
    services: dict[int | None, str] = {}
    for line in lines:
        services[line.ship_to_id] = (line.ship_to.shipping_method if line.ship_to else "") or line.order.ship_via
        key = (line.ship_to_id, line.our_part_number)
        quantities[key] = quantities.get(key, 0) + line.open
    for (ship_to_id, part_number), quantity in quantities.items():
        yield [name, "", services[ship_to_id], "", "", part_number, str(quantity)]
