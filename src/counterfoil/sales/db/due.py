"""Whether the time of what waits has come, by a clock that may have been set back since it was set."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone


def due(longest: timedelta, *, by: datetime | None = None) -> Q:
    """The rows whose `due_at` has come, `by` then: by default by now.

    One that lies further ahead than the `longest` that anything waits was set before this machine's clock was set back:
    it is not waited for.
    """
    now = timezone.now()
    return Q(due_at__lte=by or now) | Q(due_at__gt=now + longest)


def is_ahead(due_at: datetime, longest: timedelta) -> bool:
    """Whether a `due_at` is still to come; False too where it lies further ahead than `longest` (see `due`)."""
    return timedelta(0) < due_at - timezone.now() <= longest
