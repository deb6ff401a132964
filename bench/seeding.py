"""Fills an empty database with sales orders as two years of trade leave them behind, by COPY.

Everything follows from the number of orders: the same rows whenever, wherever. Ids and dates rise together. Most
orders are shipped and done with; the last days' are open, a few are on hold, and a few need attention.
"""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED
from rich.progress import track

from bench.environment import console
from bench.trade import Buyer, buyer, kinds_of_goods, part_number
from counterfoil.sales.models import (
    Client,
    Contact,
    OrderAddress,
    OrderLine,
    OrderStatus,
    Parcel,
    ParcelItem,
    Product,
    SalesOrder,
    Shipment,
    Tender,
)
from counterfoil.stores.models import (
    Conflict,
    LogEntry,
    StoreState,
    StoreUpdate,
    WebIntegration,
    WebOrder,
)

CHUNK = 20_000
LINES = 3
DAYS = 730
ORDERS_OF_A_CLIENT = 5
FIRST_NUMBER = 10_000


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of it, by the number of orders."""

    orders: int

    @property
    def clients(self) -> int:
        """Each has some orders, the first ones many."""
        return max(self.orders // ORDERS_OF_A_CLIENT, 5)

    @property
    def products(self) -> int:
        """One in 200 orders, and at least all goods in all colours."""
        return max(self.orders // 200, kinds_of_goods())

    @property
    def still_open(self) -> int:
        """The newest orders that are not shipped yet: what comes in two days."""
        return max(self.orders * 2 // DAYS, 5)


class Rows:
    """Rows of several tables that are waiting to be copied; what is the same in every row is given once."""

    def __init__(self) -> None:
        self._names: dict[type[models.Model], tuple[str, ...]] = {}
        self._rest: dict[type[models.Model], str] = {}
        self._rows: dict[type[models.Model], list[str]] = defaultdict(list)

    def table(self, model: type[models.Model], *names: str, **same: object) -> None:
        """Which columns are given row by row, and what stands in the others where it is not the model's default."""
        fields = [field for field in model._meta.concrete_fields if field.attname not in names]
        filled = [field for field in fields if field.attname in same or field.db_default is NOT_PROVIDED]
        values = [same.get(field.attname, field.get_default()) for field in filled]
        prepared = [field.get_db_prep_save(value, connection) for field, value in zip(filled, values, strict=True)]
        self._names[model] = (*names, *(field.attname for field in filled))
        self._rest[model] = "".join(f"\t{_text(value)}" for value in prepared) + "\n"

    def add(self, model: type[models.Model], *values: object) -> None:
        """One row, in the order of the given names."""
        self._rows[model].append("\t".join(map(_text, values)) + self._rest[model])

    @property
    def models(self) -> list[type[models.Model]]:
        """The tables, parents first."""
        return list(self._names)

    def copy(self) -> None:
        """Writes what waits, parents first."""
        with connection.cursor() as cursor:
            for model, names in self._names.items():
                rows = self._rows.pop(model, [])
                columns = ", ".join(names)
                with cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as copy:
                    copy.write("".join(rows))


def _text(value: object) -> str:
    """A value as COPY reads it; what is filled in here has no tabs or backslashes."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    adapted = getattr(value, "obj", value)  # JSON
    return str(adapted).replace("'", '"') if isinstance(adapted, dict | list) else str(value)


def seed(orders: int) -> None:
    """Fills the database; it is to be empty but for what migrations put there."""
    counts = Counts(orders)
    stores = [_store("WEB-", "Web shop"), _store("EU-", "Shop for Europe")]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # neither foreign keys nor triggers, row by row
    rows = _tables()
    _people_and_products(rows, counts)
    chunks = [range(begin, min(begin + CHUNK, orders)) for begin in range(0, orders, CHUNK)]
    maker = _Maker(rows, counts, stores)
    for chunk in track(chunks, f"Writing {orders:,} sales orders …", console=console):
        for index in chunk:
            maker.order(index)
        rows.copy()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
    _write_words(orders)
    _finish(rows)


def _store(code: str, description: str) -> WebIntegration:
    name = code.strip("-").lower()
    integration = WebIntegration.objects.create(
        code=code, description=description, api_path=f"https://api.bigcommerce.com/stores/{name}", store_hash=name
    )
    now = datetime.now(UTC)
    StoreState.objects.create(
        integration=integration,
        store_name=description,
        time_zone="Europe/Berlin",
        visited_at=now,
        glanced_at=now,
        due_at=now + timedelta(days=365),
        counts={"11": 12, "7": 31, "9": 420},
    )
    return integration


def _tables() -> Rows:
    rows = Rows()
    rows.table(Client, "id", "name")
    rows.table(Contact, "id", "client_id", "first_name", "last_name", "email", "email_key", "phone")
    rows.table(Product, "id", "part_number", "description")
    header = ("id", "number", "import_id", "source", "web_order_number", "channel", "po_number", "order_date")
    header += ("status_id", "client_id", "contact_id", "subtotal", "total", "tax", "currency")
    rows.table(
        SalesOrder,
        *(*header, "hold_reason"),
        matched_by="email",
        ship_via="Standard",
        payment_method="Credit card",
        payment_status="captured",
        shipping="0.0000",
        tax_override=True,
    )
    rows.table(
        OrderAddress,
        *("id", "order_id", "kind", "position", "first_name", "last_name", "company", "phone", "email"),
        street_1="12 Long Street",
        city="London",
        postcode="SW1Y 4JH",
        country="United Kingdom",
        country_code="GB",
        shipping_method="Standard",
    )
    line = ("id", "order_id", "position", "source_id", "ship_to_id", "product_id", "part_number", "description")
    line += ("quantity", "shipped", "cancelled", "unit_price", "extended", "total", "tax")
    rows.table(OrderLine, *line, kind="physical")
    rows.table(Tender, "id", "order_id", "amount", kind="payment", description="Credit card")
    rows.table(Shipment, "id", "order_id", "processed_at", processed_by="Ada")
    rows.table(Parcel, "id", "shipment_id", "ship_to_id", "carrier", "tracking_number")
    rows.table(ParcelItem, "id", "parcel_id", "line_id", "quantity")
    web_order = ("id", "integration_id", "bigcommerce_order_id", "import_id", "state", "sales_order_id", "status_seen")
    web_order += ("status_seen_at", "reason_code", "reason", "next_step", "reason_since")
    rows.table(WebOrder, *web_order)
    update = ("id", "web_order_id", "kind", "parcel_id", "status_id", "state", "cause", "created_at", "ended_at")
    rows.table(StoreUpdate, *update, "reason_code", "reason", "next_step")
    rows.table(LogEntry, "id", "integration_id", "at", "import_id", "kind", "text")
    rows.table(Conflict, "id", "web_order_id", "field", "ours", "theirs")
    return rows


def _people_and_products(rows: Rows, counts: Counts) -> None:
    for number in range(1, counts.clients + 1):
        who = buyer(number)
        rows.add(Client, number, who.called)
        rows.add(Contact, number, number, who.first_name, who.last_name, who.email, who.email, who.phone)
    for number in range(1, counts.products + 1):
        rows.add(Product, number, part_number(number), f"{part_number(number).title()} of the house")
    rows.copy()


class _Maker:
    """Makes one order after the other: what it is follows from its place in the row."""

    def __init__(self, rows: Rows, counts: Counts, stores: list[WebIntegration]) -> None:
        self.rows = rows
        self.counts = counts
        self.stores = stores
        self.by_role = {status.role or status.name: status.pk for status in OrderStatus.objects.all()}
        self.now = datetime.now(UTC)
        self.apart = timedelta(days=DAYS) / counts.orders
        self.chance = random.Random(1)  # noqa: S311 (a picture of a trade, no secret)

    def order(self, index: int) -> None:
        """Writes down the order and all that belongs to it."""
        at = self.now - self.apart * (self.counts.orders - index)
        age = self.counts.orders - index  # in orders since
        is_open, cancelled = age <= self.counts.still_open, self.chance.random() < 0.02
        held = (is_open and self.chance.random() < 0.03) or self.chance.random() < 0.0002
        status = self._status(is_open=is_open, cancelled=cancelled, held=held)
        shipped = not (is_open or cancelled or held)
        client = 1 + int(self.counts.clients * self.chance.random() ** 2)
        pk = index + 1
        store = None if index % 33 == 0 else self.stores[index % 8 == 0]
        amounts = self._lines(pk, shipped=shipped, cancelled=cancelled)
        self._header(pk, at, store, status, client, amounts, held=held)
        self._addresses(pk, buyer(client))
        parcel = self._parcel(pk, at) if shipped else None
        if store is not None:
            self._web(pk, at, store, parcel)

    def _status(self, *, is_open: bool, cancelled: bool, held: bool) -> int:
        if held:
            return self.by_role["On Hold"]
        if cancelled:
            return self.by_role["cancelled"]
        if is_open:
            return self.by_role[self.chance.choice(("initial", "initial", "Released", "Picking"))]
        return self.by_role["Closed" if self.chance.random() < 0.6 else "shipped"]

    def _header(
        self,
        pk: int,
        at: datetime,
        store: WebIntegration | None,
        status: int,
        client: int,
        amounts: tuple[str, str],
        *,
        held: bool,
    ) -> None:
        total, tax = amounts
        number = FIRST_NUMBER + pk
        import_id, source, channel = (None, "", None) if store is None else (store.import_id(number), store.code, 1)
        if store is not None and pk % 12 == 0:
            channel = 2 if pk % 1200 else 5
        po_number = f"PO-{number}" if pk % 10 == 0 else str(number)
        web_number = "" if store is None else number
        who = (client, client, total, total, tax, "EUR" if source == "EU-" else "GBP")
        hold = "The client asked to wait." if held else ""
        self.rows.add(SalesOrder, pk, number, import_id, source, web_number, channel, po_number, at, status, *who, hold)
        self.rows.add(Tender, pk, pk, total)

    def _lines(self, order: int, *, shipped: bool, cancelled: bool) -> tuple[str, str]:
        """Writes the lines; returns what they cost, and the tax in it."""
        cents = 0
        for position in range(LINES):
            number = (
                1 if position == 0 and order % 5 == 0 else 2 + int((self.counts.products - 1) * self.chance.random())
            )
            price = 500 + number % 90 * 100
            cents += price
            name = part_number(number)
            money = f"{price / 100:.4f}"
            pk = (order - 1) * LINES + position + 1
            sent = (1, int(shipped), int(cancelled), money, money, money, f"{price / 600:.4f}")
            self.rows.add(OrderLine, pk, order, position, pk, order * 2, number, name, f"{name.title()}", *sent)
        return f"{cents / 100:.4f}", f"{cents / 600:.4f}"

    def _addresses(self, order: int, who: Buyer) -> None:
        self.rows.add(
            *(OrderAddress, order * 2 - 1, order, "bill_to", 0),
            *(who.first_name, who.last_name, who.company, who.phone, who.email),
        )
        other = buyer(order % 97_003) if order % 4 == 0 else who
        self.rows.add(
            OrderAddress, order * 2, order, "ship_to", 1, other.first_name, other.last_name, "", other.phone, ""
        )

    def _parcel(self, order: int, at: datetime) -> int:
        """All of the order in one parcel, the day after."""
        carrier, tracking = ("UPS", f"1Z999AA1{order * 7919 % 10**10:010d}")
        if order % 3 == 0:
            carrier, tracking = "DHL", f"JD{order * 104_729 % 10**14:014d}"
        self.rows.add(Shipment, order, order, at + timedelta(days=1))
        self.rows.add(Parcel, order, order, order * 2, carrier, tracking)
        for position in range(LINES):
            line = (order - 1) * LINES + position + 1
            self.rows.add(ParcelItem, line, order, line, 1)
        return order

    def _web(self, pk: int, at: datetime, store: WebIntegration, parcel: int | None) -> None:
        import_id, number = store.import_id(FIRST_NUMBER + pk), FIRST_NUMBER + pk
        troubled = pk % 4000 == 1
        why = ("conversion", "The quantity was lowered below what is shipped.", "Look at the order.", at)
        self.rows.add(
            *(WebOrder, pk, store.pk, number, import_id, "imported", pk, 2 if parcel else 9, at),
            *(why if troubled else ("", "", "", None)),
        )
        self.rows.add(StoreUpdate, pk * 2, pk, "status", None, 9, "sent", "downloaded", at, at, "", "", "")
        if parcel:
            failed = pk % 9000 == 1
            why_not = ("refused", "Refused by BigCommerce.", "Try again.") if failed else ("", "", "")
            state = "failed" if failed else "sent"
            self.rows.add(StoreUpdate, pk * 2 + 1, pk, "create_shipment", parcel, None, state, "", at, at, *why_not)
            self.rows.add(LogEntry, pk * 2 + 1, store.pk, at, import_id, "sent", "The shipment was sent.")
        self.rows.add(LogEntry, pk * 2, store.pk, at, import_id, "imported", "Imported as a new sales order.")
        if pk % 25_000 == 2:
            self.rows.add(Conflict, pk, pk, "po number", "PO-7", "PO-8")


def _write_words(orders: int) -> None:
    """What the triggers would have written."""
    chunks: Iterable[int] = range(0, orders, CHUNK)
    with connection.cursor() as cursor:
        for begin in track(list(chunks), "Writing the words they are searched by …", console=console):
            cursor.execute(
                "SELECT sales_write_words(ARRAY(SELECT id FROM sales_salesorder WHERE id > %s AND id <= %s))",
                [begin, begin + CHUNK],
            )


def _finish(rows: Rows) -> None:
    """Ids go on after what was copied, and the planner knows what is there."""
    with connection.cursor() as cursor:
        for model in rows.models:
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608
        cursor.execute("SELECT setval('sales_order_number', max(number)) FROM sales_salesorder")
        with console.status("Looking over what there is (VACUUM ANALYZE) …"):
            cursor.execute("VACUUM ANALYZE")
