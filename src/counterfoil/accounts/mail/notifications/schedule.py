"""When a digest is due: pure reckoning with days and hours in the reader's time zone."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from counterfoil.accounts.models import DigestDays, Notifications

A_DAY = timedelta(days=1)
A_WEEK_OF_DAYS = range(8)
LONGEST_PERIOD = timedelta(days=31)


def due_day(wishes: Notifications, now: datetime) -> date | None:
    """The day whose digest is to be sent now, if one is: the last one only, however many were slept through."""
    today = now.astimezone(wishes.zone).date()
    days = (today - A_DAY * back for back in A_WEEK_OF_DAYS)
    day = next((each for each in days if is_digest_day(wishes, each) and moment_of(wishes, each) <= now), None)
    if day is None or moment_of(wishes, day) < wishes.digest_since:
        return None
    return day if wishes.digest_for is None or day > wishes.digest_for else None


def is_digest_day(wishes: Notifications, day: date) -> bool:
    """Whether the person gets a digest on that day."""
    return {
        DigestDays.DAILY.value: True,
        DigestDays.WORKDAYS.value: day.weekday() < 5,
        DigestDays.WEEKLY.value: day.weekday() == wishes.digest_weekday,
    }.get(wishes.digest, False)


def moment_of(wishes: Notifications, day: date) -> datetime:
    """When that day's digest is due, in UTC.

    An hour that the clocks skip is due an hour later by the clock; of one that comes twice the first counts.
    """
    return datetime.combine(day, time(wishes.digest_hour), tzinfo=wishes.zone).astimezone(UTC)


def first_day(wishes: Notifications, day: date) -> date:
    """The first day that this digest tells of: the day of the one before. It ends the day before `day`."""
    before = next(day - A_DAY * back for back in A_WEEK_OF_DAYS[1:] if is_digest_day(wishes, day - A_DAY * back))
    if wishes.digest_for is not None:
        before = min(before, wishes.digest_for)
    return max(before, day - LONGEST_PERIOD)


def midnight(day: date, zone: tzinfo) -> datetime:
    """When the day begins there."""
    return datetime.combine(day, time.min, tzinfo=zone)
