"""The forms."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django import forms
from django.db import IntegrityError
from django.db.models import Q
from django.forms import BoundField
from django.http import HttpRequest

from counterfoil.accounts.audit import audit
from counterfoil.bigcommerce import StatusId
from counterfoil.sales.models import Client, OrderStatus
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.connection import save_integration
from counterfoil.stores.integrations.mapping_warnings import to_confirm, warnings
from counterfoil.stores.integrations.validation import LEAST_ANSWER_SECONDS, MOST_ANSWER_SECONDS, validate
from counterfoil.stores.models import UnknownProduct, WebIntegration
from counterfoil.web.integrations.settings_help import EXPLAINED
from counterfoil.web.ui.reauthentication import ask_for_password
from counterfoil.web.ui.security import current_user

SETUP = ("code", "description", "api_path", "client_id", "client_secret", "access_token")
OPTIONS = (
    "new_statuses",
    "downloaded_status",
    "error_status",
    "not_before",
    "first_orders",
    "unknown_product",
    "accept_cents",
    "match_by_email",
    "match_by_phone",
    "match_by_address",
    "match_across_stores",
    "guest_client",
    "take_over_shipments",
    "close_unshippable",
    "staff_notes",
    "reconcile_nightly",
    "poll_seconds",
    "answer_seconds",
    "paused",
)
SECRETS = ("client_secret", "access_token")
PLAIN = tuple(name for name in (*SETUP, *OPTIONS, "push_status") if name not in SECRETS)


class SecretWidget(forms.PasswordInput):
    """Takes a secret; what is stored never comes back."""

    def __init__(self) -> None:
        super().__init__(render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"})


def _plain_text(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attrs})


class WebIntegrationForm(forms.Form):
    """Store setup, integration options and order status mapping of one web integration."""

    code = forms.CharField(label="Import source code", max_length=20, widget=_plain_text(placeholder="WEB-"))
    description = forms.CharField(label="Store description", max_length=300)
    api_path = forms.CharField(
        label="API path",
        max_length=300,
        widget=_plain_text(placeholder="https://api.bigcommerce.com/stores/…", inputmode="url"),
    )
    client_id = forms.CharField(label="Client ID", required=False, max_length=300, widget=_plain_text())
    client_secret = forms.CharField(label="Client secret", required=False, max_length=300, widget=SecretWidget())
    access_token = forms.CharField(label="Access token", required=False, max_length=300, widget=SecretWidget())
    new_statuses = forms.TypedMultipleChoiceField(
        label="New order status", coerce=int, widget=forms.CheckboxSelectMultiple
    )
    downloaded_status = forms.TypedChoiceField(label="Downloaded order status", coerce=int)
    error_status = forms.TypedChoiceField(label="Import error status", coerce=int)
    not_before = forms.DateField(
        label="Do not import orders created before",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    first_orders = forms.IntegerField(
        label="Take in only the first … orders", required=False, min_value=1, max_value=1_000_000
    )
    unknown_product = forms.ChoiceField(
        label="An order has a product that is not in the product list", choices=UnknownProduct.choices
    )
    accept_cents = forms.IntegerField(label="Accept differences of up to … cents", min_value=0, max_value=1000)
    match_by_email = forms.BooleanField(label="Match clients by e-mail", required=False)
    match_by_phone = forms.BooleanField(label="Match clients by phone and last name", required=False)
    match_by_address = forms.BooleanField(label="Also match clients by bill-to address and last name", required=False)
    match_across_stores = forms.BooleanField(label="Match clients of other stores by e-mail", required=False)
    guest_client = forms.ModelChoiceField(
        label="One client for guests: its number",
        queryset=Client.objects.filter(merged_into=None),
        required=False,
        widget=forms.NumberInput(attrs={"min": 1}),
        error_messages={"invalid_choice": "There is no client with this number."},
    )
    take_over_shipments = forms.BooleanField(label="Take over shipments made in the store", required=False)
    close_unshippable = forms.BooleanField(label="Close orders that have nothing to ship", required=False)
    reconcile_nightly = forms.BooleanField(label="Compare with the store every night", required=False)
    staff_notes = forms.BooleanField(label="Write why an order was not imported into its staff notes", required=False)
    poll_seconds = forms.IntegerField(label="Ask the store every … seconds", min_value=10, max_value=86_400)
    answer_seconds = forms.IntegerField(
        label="Wait … seconds for an answer",
        min_value=LEAST_ANSWER_SECONDS,
        max_value=MOST_ANSWER_SECONDS,
        required=False,
    )
    paused = forms.BooleanField(label="Paused", required=False)
    push_status = forms.BooleanField(label="Push order status updates", required=False)

    def __init__(self, *args: Any, integration: WebIntegration, **kwargs: Any) -> None:
        self.integration = integration
        self.warned_before = warnings(integration) if integration.pk else []
        super().__init__(*args, **kwargs)
        self._set_initial()
        for name, explanation in EXPLAINED.items():
            self.fields[name].help_text = explanation.html
        statuses = [(status.value, _label(integration, status)) for status in StatusId]
        for name in ("new_statuses", "downloaded_status", "error_status"):
            self.fields[name].choices = statuses  # type: ignore[attr-defined]
        self._add_mapping(statuses)
        self._keep_what_stays()

    def _set_initial(self) -> None:
        for name in PLAIN:
            self.initial.setdefault(name, getattr(self.integration, name))

    def _add_mapping(self, statuses: list[tuple[int, str]]) -> None:
        """A row for each of our order statuses."""
        mapped: dict[int, int] = {}
        if self.integration.pk:
            mapped = dict(self.integration.status_mapping.values_list("order_status", "status_id"))
        self.order_statuses = list(OrderStatus.objects.filter(Q(retired=False) | Q(pk__in=mapped)))
        for order_status in self.order_statuses:
            self.fields[f"map_{order_status.pk}"] = forms.TypedChoiceField(
                label=order_status.name,
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", "Not assigned"), *statuses],
                initial=mapped.get(order_status.pk, ""),
            )

    def _keep_what_stays(self) -> None:
        if not self.integration.pk:
            return
        for name in SECRETS:
            if getattr(self.integration, name):
                self.fields[name].widget.attrs["placeholder"] = f"{when_set(self.integration, name)}. Empty: it stays."
        if self.integration.web_orders.exists():
            self.fields["code"].disabled = True

    @property
    def setup_fields(self) -> list[BoundField]:
        """The store setup."""
        return [self[name] for name in SETUP]

    @property
    def option_fields(self) -> list[BoundField]:
        """The integration options but for the pushing of statuses."""
        return [self[name] for name in OPTIONS]

    @property
    def mapping_fields(self) -> Iterator[BoundField]:
        """A field for each of our order statuses."""
        return (self[f"map_{order_status.pk}"] for order_status in self.order_statuses)

    @property
    def mapping(self) -> dict[int, int]:
        """Order status id → BigCommerce status, where one is assigned."""
        chosen = {each.pk: self.cleaned_data.get(f"map_{each.pk}") for each in self.order_statuses}
        return {pk: status_id for pk, status_id in chosen.items() if status_id is not None}

    @property
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
        words = [str(self.fields[name].label) for name in self.changed_data if name not in SECRETS]
        words += [f"{self.fields[name].label} replaced" for name in SECRETS if self.cleaned_data.get(name)]
        return ", ".join(words)

    def clean_answer_seconds(self) -> int:
        """Empty: it stays as it is."""
        return self.cleaned_data["answer_seconds"] or self.integration.answer_seconds

    def clean(self) -> None:
        """Sets what was entered on the integration (not saved) and asks the one place that knows what may be saved."""
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
        for name in SECRETS:
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
    if any(form.cleaned_data.get(name) for name in SECRETS):
        ask_for_password(request)
    is_new = form.integration.pk is None
    try:
        form.save(by=str(current_user(request)))
    except IntegrityError:  # somebody else saved the same code or store between our check and now
        form.add_error(None, "Someone else has just saved a web integration with this code or store.")
        return False
    if is_new:
        audit(request, "Connected a store.", about=form.integration.code)
    elif form.what_changed:
        audit(request, f"Changed settings: {form.what_changed}.", about=form.integration.code)
    return True


def when_set(integration: WebIntegration, name: str) -> str:
    """Whether a secret is set, and since when where that is known; its value never shows."""
    if not getattr(integration, name):
        return "Not set"
    at = getattr(integration, f"{name}_set_at")
    return f"Set on {at.day} {at:%B %Y}" if at else "Set"


def _label(integration: WebIntegration, status: StatusId) -> str:
    """The status with the store's own label, once the store has told it."""
    return integration.status_text(status.value) if integration.pk else status.label
