"""The form of a web integration's settings."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django import forms
from django.db import IntegrityError
from django.db.models import Q
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.functional import cached_property

from counterfoil.accounts.audit import audit
from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import OrderStatus
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.integrations.mapping_warnings import to_confirm, warnings
from counterfoil.stores.integrations.option_kinds import Number
from counterfoil.stores.integrations.option_types import MAPPING, SETUP
from counterfoil.stores.integrations.options import OF_FORM, SECRETS, names_of, options_of
from counterfoil.stores.integrations.validation import validate
from counterfoil.stores.models import WebIntegration
from counterfoil.web.integrations.settings_fields import field_of, when_set
from counterfoil.web.ui.reauthentication import ask_for_password
from counterfoil.web.ui.security import current_user

SECRET_NAMES = names_of(SECRETS)
PLAIN = names_of(option for option in OF_FORM if not option.is_secret)
KEPT_WHEN_EMPTY = names_of(
    option for option in OF_FORM if isinstance(option.kind, Number) and option.kind.kept_when_empty
)


class WebIntegrationForm(forms.Form):
    """Store setup, integration options and order status mapping of one web integration."""

    def __init__(self, *args: Any, integration: WebIntegration, **kwargs: Any) -> None:
        self.integration = integration
        self.warned_before = warnings(integration) if integration.pk else []
        super().__init__(*args, **kwargs)
        self._set_initial()
        statuses = [(status.value, _label(integration, status)) for status in StatusId]
        self.fields |= {option.name: field_of(option, statuses) for option in OF_FORM}
        self._add_mapping(statuses)
        self._keep_what_stays()

    def _set_initial(self) -> None:
        for name in PLAIN:
            self.initial.setdefault(name, getattr(self.integration, name))

    def _add_mapping(self, statuses: list[tuple[int, str]]) -> None:
        """A row for each of our order statuses."""
        self.mapped: dict[int, int] = {}
        if self.integration.pk:
            self.mapped = dict(self.integration.status_mapping.values_list("order_status", "status_id"))
        self.order_statuses = list(OrderStatus.objects.filter(Q(retired=False) | Q(pk__in=self.mapped)))
        for order_status in self.order_statuses:
            self.fields[f"map_{order_status.pk}"] = forms.TypedChoiceField(
                label=order_status.name,
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", "Not assigned"), *statuses],
                initial=self.mapped.get(order_status.pk, ""),
            )

    def _keep_what_stays(self) -> None:
        if not self.integration.pk:
            return
        for name in SECRET_NAMES:
            if getattr(self.integration, name):
                self.fields[name].widget.attrs["placeholder"] = (
                    f"{when_set(self.integration, name)}. Leave empty to keep it."
                )
        if self.integration.web_orders.exists():
            self.fields["code"].disabled = True

    @property
    def setup_fields(self) -> list[BoundField]:
        """The store setup."""
        return [self[name] for name in names_of(options_of(SETUP))]

    @property
    def option_fields(self) -> list[BoundField]:
        """The integration options but for the pushing of statuses."""
        return [self[option.name] for option in OF_FORM if option.tab not in (SETUP, MAPPING)]

    @property
    def mapping_fields(self) -> Iterator[BoundField]:
        """A field for each of our order statuses."""
        return (self[f"map_{order_status.pk}"] for order_status in self.order_statuses)

    @property
    def mapping(self) -> dict[int, int]:
        """Order status id → BigCommerce status, where one is assigned."""
        chosen = {each.pk: self._chosen(each.pk) for each in self.order_statuses}
        return {pk: status_id for pk, status_id in chosen.items() if status_id is not None}

    def _chosen(self, pk: int) -> int | None:
        """The BigCommerce status of a row; where a page of before has no such row, what is kept."""
        name = f"map_{pk}"
        return self.cleaned_data.get(name) if name in self.data else self.mapped.get(pk)

    @cached_property
    def warnings(self) -> list[str]:
        """What a person is to read before this is saved. Needs `is_valid` to have been asked."""
        return to_confirm(self.integration, self.mapping, self.warned_before)

    @property
    def warnings_read(self) -> str:
        """Tells these warnings: it is sent along by whoever has read them."""
        return sha256("\n".join(self.warnings).encode()).hexdigest()[:16]

    @property
    def may_be_saved(self) -> bool:
        """Whether there is nothing to warn of, or the person has read it."""
        return not self.warnings or self.data.get("confirmed") == self.warnings_read

    @property
    def what_changed(self) -> str:
        """The names of the settings that a person has entered anew, secrets by name only."""
        words = [str(self.fields[name].label) for name in self.changed_data if name not in SECRET_NAMES]
        words += [f"{self.fields[name].label} replaced" for name in SECRET_NAMES if self.cleaned_data.get(name)]
        return ", ".join(words)

    def clean(self) -> None:
        """Sets what was entered on the integration (not saved) and asks the one place that knows what may be saved."""
        for name in KEPT_WHEN_EMPTY:
            if name in self.cleaned_data and self.cleaned_data[name] is None:
                self.cleaned_data[name] = getattr(self.integration, name)
        self.apply()
        for name, why in validate(self.integration, self.mapping).items():
            if name == "mapping":
                self._blame_mapping(why)
            elif name in self.fields and name not in self.errors:
                self.add_error(name, why)

    def _blame_mapping(self, why: str) -> None:
        for pk, status_id in self.mapping.items():
            if status_id in self.integration.new_statuses:
                self.add_error(f"map_{pk}", why)

    def apply(self) -> None:
        """Sets on the integration what was entered and can be read."""
        for name in PLAIN:
            if name in self.cleaned_data:
                setattr(self.integration, name, self.cleaned_data[name])
        for name in SECRET_NAMES:
            if self.cleaned_data.get(name):
                setattr(self.integration, name, Secret.of(self.cleaned_data[name]))

    def save(self, *, by: str) -> WebIntegration:
        """Saves the checked form."""
        save_integration(
            self.integration,
            by=by,
            client_secret=self.cleaned_data["client_secret"] or None,
            access_token=self.cleaned_data["access_token"] or None,
            mapping=self.mapping,
        )
        return self.integration


def saved(form: WebIntegrationForm, request: HttpRequest) -> bool:
    """Saves a checked form; False, with the reason in the form, where somebody else was quicker.

    Secrets are saved for whoever has entered their password lately; else it is asked for first.
    """
    if any(form.cleaned_data.get(name) for name in SECRET_NAMES):
        ask_for_password(request)
    is_new = form.integration.pk is None
    try:
        form.save(by=str(current_user(request)))
    except IntegrityError:  # somebody else saved the same code or store between our check and now
        form.add_error(None, "Someone else just saved a web integration with this code or store.")
        return False
    if is_new:
        audit(request, "Connected a store.", about=form.integration.code)
    elif form.what_changed:
        audit(request, f"Changed settings: {form.what_changed}.", about=form.integration.code)
    return True


def _label(integration: WebIntegration, status: StatusId) -> str:
    """The status with the store's own label, once the store has told it."""
    return integration.status_text(status.value) if integration.pk else status.label
