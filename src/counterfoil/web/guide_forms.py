"""The settings of a web integration in the steps of the guided set-up: the same fields, a few at a time."""

from typing import Any

from counterfoil.stores.models import WebIntegration
from counterfoil.web.forms import SETUP
from counterfoil.web.settings_parts import PartForm

MAPPING = "mapping"
FIELDS: dict[str, tuple[str, ...]] = {
    "connect": SETUP,
    "statuses": ("new_statuses", "downloaded_status", "error_status"),
    MAPPING: ("push_status",),
    "products": ("unknown_product",),
    "live": ("not_before", "first_orders"),
}


class StepForm(PartForm):
    """The fields of one step."""

    def __init__(self, *args: Any, integration: WebIntegration, step: str, **kwargs: Any) -> None:
        super().__init__(*args, integration=integration, only=FIELDS[step], maps=step == MAPPING, **kwargs)
