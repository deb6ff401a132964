"""The words of the digest."""

from collections.abc import Callable, Sequence
from datetime import date, tzinfo

from django.urls import reverse

from counterfoil.accounts.mail.notifications.digest_data import Digest, StoreDigest
from counterfoil.accounts.mail.notifications.templates import footer, number_of, paragraphs
from counterfoil.accounts.mail.outbox import link

MOST_STORES = 50


def digest_subject(digest: Digest) -> str:
    """What needs a person first: "3 items need attention – 42 orders imported, 17 shipments sent"."""
    count = len(digest.needs)
    needs = f"{number_of(count, 'item')} need{'s' if count == 1 else ''} attention" if count else "All caught up"
    imported = number_of(sum(store.imported for store in digest.stores), "order")
    shipped = number_of(sum(store.shipped for store in digest.stores), "shipment")
    return f"{needs} – {imported} imported, {shipped} sent"


def digest_letter(digest: Digest, zone: tzinfo) -> str:
    """The whole digest."""
    parts = [
        f"{days(digest.first, digest.last)}\n{_came_and_went(digest.stores)}",
        _section("Needs attention", "\n\n".join(paragraphs(digest.needs, zone)) or "Nothing."),
        _section("Waiting", _each(digest.stores, _waits)),
        _section("Outside import", _each(digest.stores, _outside)),
        _section("Not synced", _each(digest.stores, _why_not_read)),
        footer(),
    ]
    return "\n\n".join(part for part in parts if part)


def days(first: date, last: date) -> str:
    """The days that a digest tells of: "Tuesday, November 24", "Friday, November 20 to Sunday, November 22"."""
    if first >= last:
        return _day(last)
    return f"{_day(first)} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day:%A, %B} {day.day}"


def _came_and_went(stores: Sequence[StoreDigest]) -> str:
    imported = sum(store.imported for store in stores)
    shipped = sum(store.shipped for store in stores)
    return (
        f"Imported: {number_of(imported, 'order')}{_by_store({s.code: s.imported for s in stores})}\n"
        f"Shipped: {number_of(shipped, 'shipment')} sent to the store{_by_store({s.code: s.shipped for s in stores})}"
    )


def _by_store(numbers: dict[str, int]) -> str:
    some = [f"{code} {number:,}" for code, number in list(numbers.items())[:MOST_STORES] if number]
    return f" ({', '.join(some)})" if len(numbers) > 1 and some else ""


def _waits(store: StoreDigest) -> str:
    parts = []
    if store.condition.waiting:
        parts.append(f"{number_of(store.condition.waiting, 'order')} waiting to be imported")
    if store.figures.updates_waiting:
        parts.append(f"{number_of(store.figures.updates_waiting, 'update')} to be sent")
    return ", ".join(parts)


def _outside(store: StoreDigest) -> str:
    return ", ".join(f"{each.count:,} {each.label}" for each in store.condition.outside)


def _why_not_read(store: StoreDigest) -> str:
    """Of a store that is paused, or that nobody syncs; one in trouble needs a person, and stands there."""
    condition = store.condition
    if not condition.why or condition.integration.state.waiting:
        return ""
    where = link(reverse("integration", args=[condition.integration.pk]))
    return " ".join(part for part in (f"{condition.word}.", condition.why, condition.next_step, where) if part)


def _each(stores: Sequence[StoreDigest], tell: Callable[[StoreDigest], str]) -> str:
    told = [f"{store.code}: {words}" for store in stores[:MOST_STORES] if (words := tell(store))]
    return "\n".join(told)


def _section(title: str, body: str) -> str:
    return f"{title}\n{'=' * len(title)}\n{body}" if body else ""
