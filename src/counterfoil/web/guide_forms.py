"""The settings of a web integration in the steps of the guided set-up: the same fields, a few at a time."""

from typing import Any

from django.forms import BoundField

from counterfoil.stores.connection import save_integration
from counterfoil.stores.models import WebIntegration
from counterfoil.web.forms import SETUP, WebIntegrationForm

MAPPING = "mapping"
FIELDS: dict[str, tuple[str, ...]] = {
    "connect": SETUP,
    "statuses": ("new_statuses", "downloaded_status", "error_status"),
    MAPPING: ("push_status",),
    "products": ("unknown_product",),
    "live": ("not_before", "first_orders"),
}


class StepForm(WebIntegrationForm):
    """The fields of one step; what the other steps set stays as it is."""

    def __init__(self, *args: Any, integration: WebIntegration, step: str, **kwargs: Any) -> None:
        self.maps = step == MAPPING
        super().__init__(*args, integration=integration, **kwargs)
        for name in list(self.fields):
            if name not in FIELDS[step] and not (self.maps and name.startswith("map_")):
                del self.fields[name]

    @property
    def step_fields(self) -> list[BoundField]:
        """The fields of the step without the rows of the mapping."""
        return [self[name] for name in self.fields if not name.startswith("map_")]

    @property
    def mapping(self) -> dict[int, int]:
        """As it was entered, or as it is saved where this step does not enter it."""
        if self.maps:
            return super().mapping
        if not self.integration.pk:
            return {}
        return dict(self.integration.status_mapping.values_list("order_status", "status_id"))

    def _blame_mapping(self, why: str) -> None:
        if self.maps:
            super()._blame_mapping(why)
        elif "new_statuses" in self.fields:
            self.add_error("new_statuses", f"The order status mapping leads there. {why}")

    def save(self, *, by: str) -> WebIntegration:
        """Saves what the step sets."""
        save_integration(
            self.integration,
            by=by,
            client_secret=self.cleaned_data.get("client_secret") or None,
            access_token=self.cleaned_data.get("access_token") or None,
            mapping=self.mapping if self.maps else None,
        )
        return self.integration
