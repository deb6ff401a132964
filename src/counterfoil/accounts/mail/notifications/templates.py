"""The words of the mails: plain text, the sentence first, then what to do, then where."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo

from django.urls import reverse

from counterfoil.accounts.mail.notifications.events import Event
from counterfoil.accounts.mail.outbox import link

MOST_THINGS = 50


def subject_of(things: Sequence[Event]) -> str:
    """How many things, and what most of them are: "3 orders need you – unknown SKU ABC"."""
    (sentence, count), *others = Counter(thing.sentence for thing in things).most_common()
    more = f" (and {number_of(len(things) - count, 'other')})" if others else ""
    return f"{headline(things)} – {sentence.rstrip('.')}{more}"


def headline(things: Sequence[Event]) -> str:
    """How many of what: "3 orders need you", "WEB-10234 needs you", "WEB- is paused"."""
    if len(things) == 1:
        (thing,) = things
        return f"{thing.name} needs you" if thing.needs_person else f"{thing.name} is paused"
    noun = "order" if all(thing.name != thing.store for thing in things) else "thing"
    return f"{number_of(len(things), noun)} need you"


def letter(things: Sequence[Event], zone: tzinfo) -> str:
    """The whole mail: at most MOST_THINGS of the things, the oldest first, then how many more there are."""
    return "\n\n".join((f"{headline(things)}.", *paragraphs(things, zone), footer()))


def paragraphs(things: Sequence[Event], zone: tzinfo) -> list[str]:
    """One for each thing, and one that says how many more there are."""
    found = [paragraph(thing, zone) for thing in things[:MOST_THINGS]]
    if len(things) > MOST_THINGS:
        found.append(_lines(f"… and {len(things) - MOST_THINGS:,} more.", link(reverse("attention"))))
    return found


def paragraph(thing: Event, zone: tzinfo) -> str:
    """Which and since when, the sentence, the next step, the address."""
    next_step = f"What to do: {thing.next_step}" if thing.next_step else ""
    return _lines(f"{thing.name}, since {moment(thing.since, zone)}", thing.sentence, next_step, link(thing.path))


def moment(at: datetime, zone: tzinfo) -> str:
    """A moment as the reader's clock has it: Tue 24 Nov, 14:05."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def footer() -> str:
    """Why one gets this, and where to change it; after the sign at which mail programs cut."""
    return _lines("-- ", "You chose this under “Notifications” in Counterfoil.", link(reverse("notifications")))


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def number_of(number: int, noun: str) -> str:
    """So many of them: "1 order", "1,200 orders"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
