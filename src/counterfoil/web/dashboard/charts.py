"""The charts of the dashboard: what each shows, as points to draw and as rows to read."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from counterfoil.sales.money import money_in, money_text
from counterfoil.sales.orders.statistics import OrdersOverTime, Periods, Unit
from counterfoil.stores.integrations.statistics import Duration

MOST_CURRENCIES = 3
Number = TypeVar("Number")
LENGTHS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, slots=True)
class Series:
    """Bars or a line: what it is called, a value (or none) for each period, and each value in words."""

    name: str
    values: Sequence[float | None]
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. `scale`: count, money or seconds; `summary`: what it says, in a sentence; `unit`: of its periods."""

    key: str
    title: str
    scale: str
    unit: str
    labels: Sequence[str]
    series: Sequence[Series]
    summary: str

    @property
    def drawn(self) -> str:
        """What the script draws, as JSON."""
        series = [asdict(each) for each in self.series]
        return json.dumps({"scale": self.scale, "unit": self.unit, "labels": self.labels, "series": series})

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The same for readers: each period, the latest first, with the words of each series."""
        rows = [(label, [each.texts[at] for each in self.series]) for at, label in enumerate(self.labels)]
        return rows[::-1]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for each in self.series for value in each.values)


def orders_charts(periods: Periods, figures: OrdersOverTime) -> list[Chart]:
    """The number of orders, and the sales in each of the currencies most used, each by itself.

    `periods`: those that are shown, and before them as many to compare with; `figures` has all of them.
    """
    shown = periods.latter_half
    total, before = sum(_now(figures.orders)), sum(_before(figures.orders))
    summary = f"{total:,} order{'' if total == 1 else 's'} in {_span(shown)}{_compared(total, before, f'{before:,}')}"
    texts = [f"{number:,}" for number in figures.orders]
    series = _both("orders", shown, figures.orders, texts)
    charts = [Chart("orders", "Orders placed", "count", shown.unit, labels_of(shown), series, summary)]
    drawn = currencies_shown(figures)[:MOST_CURRENCIES]
    return charts + [_sales_chart(shown, currency, figures.sales[currency]) for currency in drawn]


def currencies_shown(figures: OrdersOverTime) -> list[str]:
    """Those in which something was sold in the time that is shown, most used first."""
    return [currency for currency, totals in figures.sales.items() if any(_now(totals))]


def _now(values: Sequence[Number]) -> Sequence[Number]:
    return values[len(values) // 2 :]


def _before(values: Sequence[Number]) -> Sequence[Number]:
    return values[: len(values) // 2]


def _both(name: str, shown: Periods, values: Sequence[float], texts: Sequence[str]) -> list[Series]:
    """What is shown, and beside each period the one as long ago as is shown; none where nothing was sold then."""
    series = [Series(name, _now(values), _now(texts))]
    if any(_before(values)):
        series.append(Series(f"{_span(shown)} earlier", _before(values), _before(texts)))
    return series


def _compared(total: float | Decimal, before: float | Decimal, text: str) -> str:
    """As in ", 32 before (+41%)"."""
    if not before:
        return ""
    return f", {text} before ({(float(total) / float(before) - 1) * 100:+.0f}%)"


def other_sales(figures: OrdersOverTime) -> list[str]:
    """The sum in each currency that has no chart of its own, over the time that is shown."""
    return [_sum(currency, _now(figures.sales[currency])) for currency in currencies_shown(figures)[MOST_CURRENCIES:]]


def _sales_chart(periods: Periods, currency: str, totals: Sequence[Decimal]) -> Chart:
    texts = [money_text(total, currency) for total in totals]
    series = _both(currency, periods, [float(total) for total in totals], texts)
    now, before = sum(_now(totals), Decimal(0)), sum(_before(totals), Decimal(0))
    summary = (
        f"{_sum(currency, _now(totals))} in {_span(periods)}{_compared(now, before, money_text(before, currency))}"
    )
    key, title = f"sales-{currency.lower()}", f"Sales in {currency}"
    return Chart(key, title, "money", periods.unit, labels_of(periods), series, summary)


def _sum(currency: str, totals: Sequence[Decimal]) -> str:
    return money_in(sum(totals, Decimal(0)), currency)


def duration_chart(key: str, title: str, periods: Periods, found: Sequence[Duration | None]) -> Chart:
    """How long something took: what half of them, and nine of ten, stayed within."""
    half = [each.median if each else None for each in found]
    most = [each.nine_of_ten if each else None for each in found]
    series = [
        Series("Median", half, [seconds_text(each) for each in half]),
        Series("90% within", most, [seconds_text(each) for each in most]),
    ]
    last = next((each for each in reversed(found) if each), None)
    summary = ""
    if last:
        summary = f"Median {seconds_text(last.median)}, 90% within {seconds_text(last.nine_of_ten)}"
    return Chart(key, title, "seconds", periods.unit, labels_of(periods), series, summary)


def seconds_text(seconds: float | None) -> str:
    """A length of time in its two largest units: 0.8 s, 34 s, 3 h 20 min."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    parts: list[tuple[int, str]] = []
    left = round(seconds)
    for length, name in LENGTHS:
        number, left = divmod(left, length)
        if number or parts:
            parts.append((number, name))
    return " ".join(f"{number} {name}" for number, name in parts[:2] if number)


def labels_of(periods: Periods) -> list[str]:
    """What each period is called."""
    return [_label(day, periods.unit) for day in periods.first_days]


def _label(day: date, unit: Unit) -> str:
    if unit is Unit.MONTH:
        return f"{day:%b %Y}"
    return f"{day:%b} {day.day}"


def _span(periods: Periods) -> str:
    return f"{len(periods.first_days)} {periods.unit}s"
