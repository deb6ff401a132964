"""The settings of a web integration a few at a time: what a form of some of them shows, checks and saves."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.integrations.option_types import TABS, OptionTab
from counterfoil.stores.integrations.options import names_of, options_of
from counterfoil.stores.models import WebIntegration
from counterfoil.web.integrations.settings_form import SECRET_NAMES, WebIntegrationForm


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
            self.add_error("new_statuses", f"The order status mapping uses it. {why}")

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


class TabForm(PartForm):
    """A tab of a web integration that is there.

    It sends along what it showed: what a person leaves as it was stays as someone else may have changed it meanwhile.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            is_told = not self.is_bound or self.add_initial_prefix(name) in self.data  # a script may not send it
            field.show_hidden_initial = is_told and name not in SECRET_NAMES

    @property
    def shown_choices(self) -> list[SafeString]:
        """What it showed of fields with several boxes, which crispy-forms renders without it."""
        several = [name for name, field in self.fields.items() if isinstance(field, forms.TypedMultipleChoiceField)]
        return [self[name].as_hidden(only_initial=True) for name in several if self.fields[name].show_hidden_initial]

    def clean(self) -> None:
        """Takes what is kept now for what was left as the form showed it, then as always."""
        for name in set(self.cleaned_data) - set(self.changed_data):
            field = self.fields[name]
            if field.show_hidden_initial:
                self.cleaned_data[name] = field.clean(self.get_initial_for_field(field, name))
        super().clean()


def fields_of(tab: OptionTab) -> tuple[str, ...]:
    """The fields of a tab; what has a button of its own stands elsewhere."""
    return names_of(option for option in options_of(tab) if not option.has_button)


FORM_TABS = tuple(tab for tab in TABS if not tab.has_own_page)
"""Saved one by one. Names of methods, custom fields and the catalog have pages of their own beside them."""
