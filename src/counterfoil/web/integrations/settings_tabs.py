"""The settings of a web integration a few at a time: what a form of some of them shows, checks and saves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField

from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.models import WebIntegration
from counterfoil.web.integrations.settings_form import SETUP, WebIntegrationForm


class PartForm(WebIntegrationForm):
    """Some of the fields; what the others set stays as it is. `maps`: the order status mapping is among them."""

    def __init__(
        self, *args: Any, integration: WebIntegration, only: Sequence[str], maps: bool = False, **kwargs: Any
    ) -> None:
        self.maps = maps
        super().__init__(*args, integration=integration, **kwargs)
        for name in list(self.fields):
            if name not in only and not (maps and name.startswith("map_")):
                del self.fields[name]

    @property
    def plain_fields(self) -> list[BoundField]:
        """The fields without the rows of the mapping."""
        return [self[name] for name in self.fields if not name.startswith("map_")]

    @property
    def mapping(self) -> dict[int, int]:
        """As it was entered, or as it is saved where it is not entered here."""
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
        """Saves what stands in it."""
        save_integration(
            self.integration,
            by=by,
            client_secret=self.cleaned_data.get("client_secret") or None,
            access_token=self.cleaned_data.get("access_token") or None,
            mapping=self.mapping if self.maps else None,
        )
        return self.integration


@dataclass(frozen=True, slots=True)
class Tab:
    """Settings that stand together: what they are about, and the names of their fields."""

    name: str
    title: str
    about: str
    fields: tuple[str, ...]

    @property
    def maps(self) -> bool:
        """Whether the order status mapping stands here."""
        return self.name == "mapping"


TABS = (
    Tab("setup", "Store setup", "Which store this is, and how it is reached.", SETUP),
    Tab(
        "orders",
        "Orders in",
        "Which orders become sales orders, and what they become in the store.",
        (
            "new_statuses",
            "downloaded_status",
            "error_status",
            "not_before",
            "first_orders",
            "unknown_product",
            "accept_cents",
            "poll_seconds",
            "answer_seconds",
            "reconcile_nightly",
        ),
    ),
    Tab(
        "mapping",
        "Order status mapping",
        "What the store shows when a sales order goes on to another order status here.",
        ("push_status",),
    ),
    Tab(
        "clients",
        "Clients",
        "How the client of an order is found. The first rule that finds one decides; where none does, the client is "
        "made with the order.",
        ("match_by_email", "match_by_phone", "match_by_address", "match_across_stores", "guest_client"),
    ),
    Tab(
        "shipments",
        "Shipments and notes",
        "What others ship in the store, what needs no shipping, and what is noted there.",
        ("take_over_shipments", "close_unshippable", "staff_notes"),
    ),
)
"""Saved one by one. Names of methods, custom fields and the catalog have pages of their own."""
