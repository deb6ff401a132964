"""The words of the mails: plain text, the sentence first, then what to do, then where."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo

from django.urls import reverse

from counterfoil.accounts.mail.notifications.events import Event
from counterfoil.accounts.mail.outbox import link
from counterfoil.dates import clock_text

MOST_EVENTS = 50


def subject_of(events: Sequence[Event]) -> str:
    """How many items, and what most of them are: "3 orders need attention – unknown SKU ABC"."""
    (sentence, count), *others = Counter(event.sentence for event in events).most_common()
    more = f" (and {number_of(len(events) - count, 'other')})" if others else ""
    return f"{headline(events)} – {sentence.rstrip('.')}{more}"


def headline(events: Sequence[Event]) -> str:
    """How many of what: "3 orders need attention", "WEB-10234 needs attention", "WEB- is paused"."""
    if len(events) == 1:
        (event,) = events
        return f"{event.name} needs attention" if event.needs_person else f"{event.name} is paused"
    noun = "order" if all(event.name != event.store for event in events) else "item"
    return f"{number_of(len(events), noun)} need attention"


def letter(events: Sequence[Event], zone: tzinfo) -> str:
    """The whole mail: at most MOST_EVENTS of the events, the oldest first, then how many more there are."""
    return "\n\n".join((f"{headline(events)}.", *paragraphs(events, zone), footer()))


def paragraphs(events: Sequence[Event], zone: tzinfo) -> list[str]:
    """One for each thing, and one that says how many more there are."""
    found = [paragraph(event, zone) for event in events[:MOST_EVENTS]]
    if len(events) > MOST_EVENTS:
        found.append(_lines(f"… and {len(events) - MOST_EVENTS:,} more.", link(reverse("attention"))))
    return found


def paragraph(event: Event, zone: tzinfo) -> str:
    """Which and since when, the sentence, the next step, the address."""
    next_step = f"What to do: {event.next_step}" if event.next_step else ""
    return _lines(f"{event.name}, since {moment(event.since, zone)}", event.sentence, next_step, link(event.path))


def moment(at: datetime, zone: tzinfo) -> str:
    """A moment as the reader's clock has it: Tue, Nov 24, 2:05 PM."""
    local = at.astimezone(zone)
    return f"{local:%a, %b} {local.day}, {clock_text(local)}"


def footer() -> str:
    """Why one gets this, and where to change it; after the sign at which mail programs cut."""
    return _lines("-- ", "You chose this under “Notifications” in Counterfoil.", link(reverse("notifications")))


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def number_of(number: int, noun: str) -> str:
    """So many of them: "1 order", "1,200 orders"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
