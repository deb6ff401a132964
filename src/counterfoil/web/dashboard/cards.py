"""What the dashboard shows of each store, and of the time that lies behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from django.db.models import Exists, OuterRef
from django.utils import timezone

from counterfoil.sales.orders.statistics import Periods, Unit, orders_over_time
from counterfoil.stores.integrations.statistics import StoreFigures, both_ways, chart_zone, figures_of
from counterfoil.stores.integrations.status import StoreStatus, store_statuses
from counterfoil.stores.models import WebIntegration, WebOrder
from counterfoil.web.dashboard.charts import Chart, duration_chart, orders_charts, other_sales


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
    periods, days = Periods.until(now, unit, zone), Periods.until(now, Unit.DAY, zone)
    placed, took = orders_over_time(periods, source=source), both_ways(days, source=source)
    ways = [
        duration_chart("to-the-books", "From the order to Counterfoil", days, took.to_import),
        duration_chart("to-the-store", "From the shipment to the store", days, took.to_store),
    ]
    return Charts(unit, source, zone, orders_charts(periods, placed), ways, other_sales(placed))
