"""Pauses stores and resumes them: one, several, or all at once. What was shipped is still sent."""

from collections.abc import Iterable

from django.db import transaction

from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.models import WebIntegration


def pause_stores(integrations: Iterable[WebIntegration], *, by: str) -> list[str]:
    """Stops reading these stores; returns the codes of those that were read until now."""
    return _set_paused(integrations, paused=True, by=by)


def resume_stores(integrations: Iterable[WebIntegration], *, by: str) -> list[str]:
    """Reads these stores again, at once; returns the codes of those that were paused until now."""
    return _set_paused(integrations, paused=False, by=by)


def _set_paused(integrations: Iterable[WebIntegration], *, paused: bool, by: str) -> list[str]:
    """As they are stored now, not as the caller read them: another's change of their settings stays."""
    with transaction.atomic():
        found = WebIntegration.objects.select_for_update().filter(pk__in=[each.pk for each in integrations])
        others = [integration for integration in found.order_by("code") if integration.paused != paused]
        for integration in others:
            integration.paused = paused
            save_integration(integration, by=by)
    return [integration.code for integration in others]
