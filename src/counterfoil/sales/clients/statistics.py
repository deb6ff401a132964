"""What a client has ordered, and where each key that it is recognised by was learnt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Max, Sum

from counterfoil.sales.models import Client, ClientKey, SalesOrder, StatusRole

MOST_ORDERS = 2_000
MOST_TEACHERS = 500


@dataclass(frozen=True, slots=True)
class Ordered:
    """The orders of one currency: how many, for how much, when the latest came. Currencies are never added."""

    currency: str
    number: int
    total: Decimal
    latest: datetime


def ordered_by(client: Client) -> list[Ordered]:
    """By currency, the one with most orders first; of the newest 2,000, without those cancelled. One statement."""
    orders = SalesOrder.objects.filter(client=client).exclude(status__role=StatusRole.CANCELLED)
    newest = orders.order_by("-order_date").values("pk")[:MOST_ORDERS]
    counted = SalesOrder.objects.filter(pk__in=newest).order_by().values_list("currency")
    sums = counted.annotate(number=Count("pk"), sum=Sum("total"), latest=Max("order_date"))
    return [Ordered(*row) for row in sums.order_by("-number", "currency")]


@dataclass(frozen=True, slots=True)
class LearntKey:
    """A key, and the first order of the client that carried it; None where no order tells."""

    key: ClientKey
    order: SalesOrder | None


def where_learnt(client: Client, keys: Iterable[ClientKey]) -> list[LearntKey]:
    """Looked for among the client's first 500 orders. One statement."""
    orders = SalesOrder.objects.filter(client=client).exclude(match_keys=[]).order_by("order_date", "pk")
    first: dict[tuple[str, str, str], SalesOrder] = {}
    for order in orders.only("number", "import_id", "source", "order_date", "match_keys")[:MOST_TEACHERS]:
        for rule, value in order.match_keys:
            first.setdefault((order.source, rule, value), order)
    return [LearntKey(key, first.get((key.source, key.rule, key.value))) for key in keys]
