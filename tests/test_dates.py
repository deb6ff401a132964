"""Days and times of day in American English."""

from datetime import UTC, date, datetime

import pytest

from counterfoil.dates import clock_text, day_text


@pytest.mark.parametrize(
    ("hour", "written"), [(0, "12:05 AM"), (1, "1:05 AM"), (11, "11:05 AM"), (12, "12:05 PM"), (13, "1:05 PM")]
)
def test_the_time_of_day_goes_by_twelve_hours(hour: int, written: str) -> None:
    """Midnight and noon are both twelve."""
    assert clock_text(datetime(2026, 12, 1, hour, 5, 9, tzinfo=UTC)) == written


def test_seconds_are_written_where_they_are_asked_for() -> None:
    """In the log."""
    assert clock_text(datetime(2026, 12, 1, 14, 5, 9, tzinfo=UTC), seconds=True) == "2:05:09 PM"


def test_the_month_comes_first() -> None:
    """No day has a leading nought."""
    assert day_text(date(2026, 12, 1)) == "Dec 1, 2026"
