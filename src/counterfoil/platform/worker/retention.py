"""Removes what is kept for a time only (docs/running.md says what, and for how long)."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from counterfoil.accounts.api_tokens import forget_api
from counterfoil.accounts.models import AuditEntry
from counterfoil.events.publish import KEEP_EVENTS, forget_events
from counterfoil.stores.retention import forget_lines, forget_versions
from counterfoil.stores.shipstation.notices import forget_notices


def delete_expired(*, go_on: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """Removes it, a thousand rows at a time while `go_on()`; how many of each: versions, log_lines, audit_lines,
    sessions, idempotency_keys, api_acts, events, shipstation_notices.
    """
    now = timezone.now()
    old_line = now - timedelta(days=settings.KEEP_LOG_DAYS)
    return {
        "versions": forget_versions(now - timedelta(days=settings.KEEP_VERSIONS_DAYS), go_on=go_on),
        "log_lines": forget_lines(old_line, go_on=go_on),
        "audit_lines": AuditEntry.objects.filter(at__lt=old_line).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
        **forget_api(old_line),
        "events": forget_events(now - KEEP_EVENTS),
        "shipstation_notices": forget_notices(old_line),
    }
