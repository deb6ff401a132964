"""How days and times of day are written in American English, where no browser writes them in the reader's own form."""

from datetime import date, datetime


def day_text(day: date) -> str:
    """Dec 1, 2026."""
    return f"{day:%b} {day.day}, {day.year}"


def clock_text(at: datetime, *, seconds: bool = False) -> str:
    """The time of day: 2:05 PM, or 2:05:09 PM."""
    return f"{at.hour % 12 or 12}:{at:%M:%S %p}" if seconds else f"{at.hour % 12 or 12}:{at:%M %p}"
