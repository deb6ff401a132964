"""What the dashboard shows of each store, and of the time that lies behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from counterfoil.sales.models import SalesOrder
from counterfoil.sales.orders.querysets import LATE_AFTER, on_hold, to_ship
from counterfoil.sales.orders.statistics import Periods, Unit, orders_over_time
from counterfoil.sales.shipping.figures import shipped_since
from counterfoil.stores.integrations.statistics import StoreFigures, both_ways, chart_zone, figures_of
from counterfoil.stores.integrations.status import StoreStatus, store_statuses
from counterfoil.stores.models import WebIntegration, WebOrder
from counterfoil.stores.weborders.holds import DISPUTED
from counterfoil.web.dashboard.charts import Chart, duration_chart, orders_charts, other_sales
from counterfoil.web.ui.formatting import beginning_of


@dataclass(frozen=True, slots=True)
class StoreCard:
    """A store in short: its condition, its figures, what of it needs a person, failed updates among it."""

    condition: StoreStatus
    figures: StoreFigures
    attention: int
    failed_updates: int

    @property
    def is_new(self) -> bool:
        """Whether no order of it was ever seen."""
        return not getattr(self.integration, "seen", True)

    @property
    def low_quota(self) -> int:
        """From which number on the requests that are left are few."""
        return (self.integration.state.quota or 0) // 4

    @property
    def new_statuses(self) -> str:
        """The statuses whose orders are imported."""
        return ", ".join(self.integration.status_text(status_id) for status_id in self.integration.new_statuses)

    @property
    def integration(self) -> WebIntegration:
        """The store."""
        return self.condition.integration


def all_stores() -> list[WebIntegration]:
    """With their states. One statement."""
    return list(WebIntegration.objects.select_related("state").annotate(seen=Exists(_SEEN)))


_SEEN = WebOrder.objects.filter(integration=OuterRef("pk"))


def store_cards(stores: Sequence[WebIntegration], attention: Mapping[tuple[str, str], int]) -> list[StoreCard]:
    """Of `all_stores`. `attention`: how many items need a person, by store and kind. Three statements."""
    figures = figures_of(stores)
    return [_card(each, figures[each.integration.pk], attention) for each in store_statuses(stores, counted=False)]


def _card(condition: StoreStatus, figures: StoreFigures, attention: Mapping[tuple[str, str], int]) -> StoreCard:
    code = condition.integration.code
    needs_someone = sum(number for (store, _), number in attention.items() if store == code)
    return StoreCard(condition, figures, needs_someone, attention.get((code, "update"), 0))


@dataclass(frozen=True, slots=True)
class Charts:
    """Orders and sales over time, how long both ways take, and whose days these are."""

    unit: Unit
    source: str | None
    zone: tzinfo
    orders: Sequence[Chart]
    ways: Sequence[Chart]
    others: Sequence[str] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw at all."""
        return all(chart.is_empty for chart in (*self.orders, *self.ways))


def charts(integrations: Sequence[WebIntegration], unit: Unit, source: str | None) -> Charts:
    """Of all stores or of one (`source`: its code). Five statements, each bounded by the time that is shown."""
    now = timezone.now()
    zone = chart_zone(integrations, source)
    periods, days = Periods.until(now, unit, zone, times=2), Periods.until(now, Unit.DAY, zone)
    placed, took = orders_over_time(periods, source=source), both_ways(days, source=source)
    ways = [
        duration_chart("to-the-books", "From the order to Counterfoil", days, took.to_import),
        duration_chart("to-the-store", "From the shipment to the store", days, took.to_store),
    ]
    return Charts(unit, source, zone, orders_charts(periods, placed), ways, other_sales(placed))


@dataclass(frozen=True, slots=True)
class WorkFigures:
    """The work of today: orders to ship, those of them that are late; on hold, those of them disputed; parcels shipped.

    `by_person`: who shipped how many parcels today, most first. `today`: the day, by the reader's clock.
    """

    to_ship: int
    late: int
    held: int
    disputed: int
    by_person: Sequence[tuple[str, int]]
    today: date

    @property
    def shipped(self) -> int:
        """How many parcels."""
        return sum(number for _, number in self.by_person)


def work_figures(zone: tzinfo) -> WorkFigures:
    """Of all orders; `zone`: the reader's, for when today began. Three statements."""
    orders, today = SalesOrder.objects.order_by(), timezone.now().astimezone(zone).date()
    is_late, is_disputed = Q(order_date__lt=timezone.now() - LATE_AFTER), Q(hold_reason=DISPUTED)
    open_orders = to_ship(orders).aggregate(all=Count("pk"), late=Count("pk", filter=is_late))
    held = on_hold(orders).aggregate(all=Count("pk"), disputed=Count("pk", filter=is_disputed))
    by_person = shipped_since(beginning_of(today, zone))
    return WorkFigures(open_orders["all"], open_orders["late"], held["all"], held["disputed"], by_person, today)
