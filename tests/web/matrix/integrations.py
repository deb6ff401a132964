"""The web integrations and their set-up."""

from typing import Any

from counterfoil.sales.models import FieldDefinition
from counterfoil.stores.models import StoreLogo
from tests.web.matrix.row import (
    IN,
    MANAGERS_PRESS_ONLY,
    NO,
    OK,
    ON,
    PRESS_ONLY,
    READ_ONLY,
    WHAT,
    Example,
    Row,
    first,
    store,
)


def _step(it: Example) -> list[Any]:
    return [it.integration.pk, "statuses"]


def _tab(it: Example) -> list[Any]:
    return [it.integration.pk, "orders"]


def _field(it: Example) -> list[Any]:
    return [it.integration.pk, *first(FieldDefinition)(it)]


def _with_logo(it: Example) -> list[Any]:
    StoreLogo.objects.get_or_create(
        integration=it.integration, defaults={"content": b"\x89PNG", "media_type": "image/png"}
    )
    return [it.integration.pk]


ROWS = (
    Row("logo", of=_with_logo, get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("logo-set", of=store, get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON), sent={"remove": "1"}),
    Row("integrations", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("integration-add", get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, WHAT, WHAT)),
    Row("integration", of=store, get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("integration-edit", of=store, get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, WHAT, WHAT)),
    Row("integration-tab", of=_tab, get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, WHAT, WHAT)),
    Row("integration-work-here", of=store, get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON)),
    Row("integration-pause", of=store, get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON)),
    Row("integration-resume", of=store, get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON)),
    Row("integration-lift", of=store, get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON)),
    Row("integration-sync", of=store, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON)),
    Row("integration-present", of=store, get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, ON, ON)),
    Row("integration-names", of=store, get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, ON, ON)),
    Row("integration-fields", of=store, get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("integration-field", of=_field, get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, OK, OK)),
    Row("integration-preview", of=store, get=(IN, NO, OK, OK, OK), post=(IN, NO, OK, OK, OK)),
    Row("integration-catalog", of=store, get=(IN, NO, OK, OK, OK), post=(IN, NO, ON, ON, ON)),
    Row("guide", get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, WHAT, WHAT)),
    Row("guide-step", of=_step, get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, WHAT, WHAT)),
)
