"""Needs attention: everything that waits for a person, one by one and by what caused it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from counterfoil.sales.models import SalesOrder
from counterfoil.sales.orders.addresses import undecided_addresses
from counterfoil.stores.attention import sql as rows
from counterfoil.stores.models import READ_SEPARATELY, Conflict, StoreUpdate, UpdateState, WebOrder

MOST = 1_000_000
KINDS = ("store", "order", "update", "held", "conflict", "address", "label")


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """One item that needs a person: which order (or store), why, what to do, since when.

    `kind`: store, order, update, held, conflict, address or label; `pk` that of its row (of the web integration, for a
    store). A label of an order that is not known, or that was made by hand, has no `store`. `number` is the sales
    order's where there is one, `order_id` BigCommerce's; `difference`: where totals do not add up, in the order's
    `currency`.
    """

    kind: str
    pk: int
    store: str
    import_id: str
    code: str
    cause: str
    sentence: str
    next_step: str
    since: datetime
    is_tried: bool
    store_pk: int
    number: int | None
    order_id: int | None
    difference: Decimal | None
    currency: str
    parcel: int | None
    ours: str
    theirs: str
    trace: str

    @property
    def key(self) -> str:
        """The same as long as it waits, whatever is tried; another when it is solved and comes back."""
        return f"{self.kind}-{self.pk}-{self.since:%Y%m%d%H%M%S%f}"

    @property
    def seen(self) -> str:
        """Of an address: which of the store's versions it is, as `version_of` tells it."""
        return f"{self.since:%Y%m%d%H%M%S%f}"

    @property
    def is_behind(self) -> bool:
        """Whether it is an order of which a version could not be imported."""
        return self.kind == "order" and self.code not in READ_SEPARATELY

    @property
    def field(self) -> str:
        """Of a conflict: what was changed on both sides."""
        return self.cause.split(":", 2)[2]


@dataclass(frozen=True, slots=True)
class AttentionGroup:
    """Items with one cause, which one action may resolve: how many, since when, in which stores.

    `sentence` and `next_step` are those of its items where they all say the same, else "". `sample`: the pk of one of
    them. `tried`: how many are being tried again just now.
    """

    cause: str
    number: int
    since: datetime
    stores: tuple[str, ...]
    store_pk: int
    sample: int
    sentence: str
    next_step: str
    tried: int

    @property
    def kind(self) -> str:
        """As an AttentionItem's."""
        return self.cause.split(":", 2)[0]

    @property
    def why(self) -> str:
        """The code, told apart further where that decides what can be done."""
        return self.cause.split(":", 2)[1]

    @property
    def about(self) -> str:
        """What it is about: a SKU, a store, a field, the kind of an update."""
        about = self.cause.split(":", 2)[2]
        if self.why != "unknown_product":
            return about
        return about.removeprefix(":") if about.startswith(":") else about.rsplit(":", 1)[-1]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of it is looked at.

    A store by its import source code; one cause, or some; sorts of causes as kind:why, or none of these; what is older
    than so long; words that stand in the import ID or in what it is about.
    """

    store: str = ""
    cause: str | tuple[str, ...] = ""
    sorts: Collection[str] | None = None
    none_of: Collection[str] | None = None
    older_than: timedelta | None = None
    words: str = ""


EVERYTHING = Narrowed()


def attention(narrowed: Narrowed = EVERYTHING, *, first: int = 0, most: int = MOST) -> list[AttentionItem]:
    """What needs a person, the oldest first: `most` of them from the `first` on (from 0). One statement.

    Narrowed to causes, an order that has two of them stands for each; else it stands once.
    """
    statement = rows.ITEMS_OF_CAUSES if narrowed.cause else rows.ITEMS
    return [AttentionItem(*row) for row in _rows(statement, narrowed, first=first, most=most)]


def oldest(number: int) -> list[AttentionItem]:
    """Those that have waited longest, the oldest first. One statement."""
    return attention(most=number)


def attention_count(narrowed: Narrowed = EVERYTHING) -> int:
    """How many items need a person. One statement."""
    return counts(narrowed).total()


def counts(narrowed: Narrowed = EVERYTHING) -> Counter[tuple[str, str]]:
    """How many items need a person, by import source code and kind (as an AttentionItem's). One statement."""
    return Counter({(store, kind): number for store, kind, number in _rows(rows.COUNTS, narrowed)})


@dataclass(frozen=True, slots=True)
class Outage:
    """A store that nobody has reached for three polls. `pk`: its web integration's. `since`: the last look, or trouble.

    `why`: trouble (`sentence` and `next_step` say which), silent (it answers no poll), or no_worker.
    """

    store: str
    pk: int
    why: str
    name: str
    since: datetime
    sentence: str
    next_step: str


def navigation_counts() -> tuple[Counter[tuple[str, str]], list[Outage]]:
    """The `counts` of all, and the stores that nobody reaches, those that wait longest first. One statement."""
    counted: Counter[tuple[str, str]] = Counter()
    outages: list[Outage] = []
    for store, kind, number, *outage in _rows(rows.NAVIGATION, EVERYTHING):
        if kind == "outage":
            outages.append(Outage(store, number, *outage))
        else:
            counted[store, kind] = number
    return counted, sorted(outages, key=lambda each: each.since)


def groups(narrowed: Narrowed = EVERYTHING, *, first: int = 0, most: int = MOST) -> tuple[list[AttentionGroup], int]:
    """By cause: stores that cannot be used, then what has waited longest; and how many groups there are in all.

    One statement, whatever the number of items.
    """
    found = _rows(rows.GROUPS, narrowed, first=first, most=most)
    return [_group(*row[:-1]) for row in found], found[0][-1] if found else 0


def _group(cause: str, number: int, since: datetime, stores: list[str], *others: Any) -> AttentionGroup:
    return AttentionGroup(cause, number, since, tuple(filter(None, stores)), *others)


def keys_of(narrowed: Narrowed = EVERYTHING, *, most: int = MOST) -> dict[str, list[int]]:
    """The primary keys of the items, by kind. One statement."""
    found: dict[str, list[int]] = {kind: [] for kind in KINDS}
    for kind, pk in _rows(rows.KEYS, narrowed, most=most):
        found[kind].append(pk)
    return found


def _list(values: Collection[str] | None) -> list[str] | None:
    return None if values is None else list(values)


def _rows(statement: str, narrowed: Narrowed, *, first: int = 0, most: int = MOST) -> list[tuple[Any, ...]]:
    age, cause = narrowed.older_than, narrowed.cause
    asked = {
        "store": narrowed.store,
        "among": _list((cause,) if isinstance(cause, str) else cause) if cause else None,
        "sorts": _list(narrowed.sorts),
        "none_of": _list(narrowed.none_of),
        "before": None if age is None else timezone.now() - age,
        "words": narrowed.words,
        "first": first,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def needing_attention(orders: QuerySet[SalesOrder]) -> QuerySet[SalesOrder]:
    """Those that a newer version of could not be taken over, that an update failed of, or that a person picks for.

    So does a person for a ship-to address that was changed in the store.
    """
    refused = WebOrder.objects.filter(sales_order__isnull=False).exclude(reason_code="").order_by()
    failed = StoreUpdate.objects.filter(state=UpdateState.FAILED, web_order__sales_order__isnull=False).order_by()
    conflicts = Conflict.objects.order_by()
    order = "web_order__sales_order"
    moved = undecided_addresses().order_by().values("order")
    found = refused.values("sales_order").union(failed.values(order), conflicts.values(order), moved)
    return orders.filter(pk__in=found)
