"""Notes that a store cannot be used, and that it can again."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import StoreTrouble
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, StoreState, WebIntegration

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=5)
ELSEWHERE = "elsewhere"
"""Another installation may work on the store: nothing about the store is wrong."""
RESOLVED_BY_A_PERSON = {"credentials", "permission", "origin", "api_path", "secret", ELSEWHERE}


def note_trouble(integration: WebIntegration, trouble: StoreTrouble) -> None:
    """Shows the store as waiting, with the reason. What a person has to correct is tried again when it was changed."""
    state = integration.state
    now = timezone.now()
    is_new = state.trouble_code != trouble.code
    state.troubles += 1
    state.trouble_code, state.trouble, state.trouble_next_step = trouble.code, trouble.sentence, trouble.next_step
    state.trouble_since = state.trouble_since or now
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(state.troubles - 1, 8))
    state.due_at = now + (timedelta(hours=1) if trouble.code in RESOLVED_BY_A_PERSON else pause)
    with transaction.atomic():
        state.save(
            update_fields=["trouble_code", "trouble", "trouble_next_step", "trouble_since", "troubles", "due_at"]
        )
        if is_new:
            log(integration, LogKind.WAITING, trouble.sentence)


def note_well(integration: WebIntegration) -> None:
    """The store answers (again)."""
    state = integration.state
    if not state.trouble_code:
        return
    StoreState.objects.filter(pk=state.pk).update(
        trouble_code="", trouble="", trouble_next_step="", trouble_since=None, troubles=0
    )
    state.trouble_code = state.trouble = state.trouble_next_step = ""
    state.trouble_since, state.troubles = None, 0
    log(integration, LogKind.CONNECTED, "The store responds again.")
