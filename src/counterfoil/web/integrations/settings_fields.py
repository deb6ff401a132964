"""The field of a form for each kind of integration option."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterfoil.dates import day_text
from counterfoil.sales.models import Client
from counterfoil.stores.integrations.option_kinds import (
    ClientNumber,
    Day,
    HiddenText,
    Number,
    OneOf,
    OneStatus,
    OptionKind,
    SomeStatuses,
    Switch,
    Text,
)
from counterfoil.stores.integrations.option_types import Explanation, Option
from counterfoil.stores.models import WebIntegration

StatusChoices = list[tuple[int, str]]


class SecretWidget(forms.PasswordInput):
    """Takes a secret; what is stored never comes back."""

    def __init__(self) -> None:
        super().__init__(render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"})


def field_of(option: Option, statuses: StatusChoices) -> forms.Field:
    """The form's field. `statuses`: each BigCommerce status with the store's label."""
    field = _field(option.kind, statuses)
    field.label = option.form_label or option.label
    field.help_text = explained(option.help)
    return field


def _field(kind: OptionKind, statuses: StatusChoices) -> forms.Field:
    match kind:
        case Text():
            return forms.CharField(required=bool(kind.needed), max_length=kind.longest, widget=_text_input(kind))
        case HiddenText():
            return forms.CharField(required=False, max_length=300, widget=SecretWidget())
        case SomeStatuses():
            boxes = forms.CheckboxSelectMultiple
            return forms.TypedMultipleChoiceField(coerce=int, widget=boxes, choices=statuses)
        case OneStatus():
            return forms.TypedChoiceField(coerce=int, choices=statuses)
        case Number():
            may_be_empty = bool(kind.none) or kind.kept_when_empty
            return forms.IntegerField(required=not may_be_empty, min_value=kind.least, max_value=kind.most)
        case Day():
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.DateField(required=not kind.none, widget=widget)
        case OneOf():
            return forms.ChoiceField(choices=kind.choices.choices)
        case ClientNumber():
            return _client_field()
        case Switch():
            return forms.BooleanField(required=False)
    raise TypeError(f"no field for {kind}")


def _text_input(kind: Text) -> forms.TextInput | forms.Textarea:
    attrs: dict[str, Any] = {} if kind.is_prose else {"autocomplete": "off", "spellcheck": "false"}
    if kind.rows > 1:
        return forms.Textarea(attrs=attrs | {"rows": kind.rows})
    known = {"placeholder": kind.placeholder, "inputmode": kind.input_mode}
    return forms.TextInput(attrs=attrs | {name: value for name, value in known.items() if value})


def _client_field() -> forms.Field:
    return forms.ModelChoiceField(
        queryset=Client.objects.filter(merged_into=None),
        required=False,
        widget=forms.NumberInput(attrs={"min": 1}),
        error_messages={"invalid_choice": "There’s no client with this number."},
    )


def explained(explanation: Explanation) -> SafeString:
    """A line for each of its sentences."""
    lines = format_html("<span>{}</span>", explanation.what)
    further = (("Recommended", explanation.recommended), ("If you change it", explanation.changed))
    for word, sentence in further:
        if sentence:
            lines += format_html("<span><strong>{}:</strong> {}</span>", word, sentence)
    return lines


def when_set(integration: WebIntegration, name: str) -> str:
    """Whether a secret is set, and since when where that is known; its value never shows."""
    if not getattr(integration, name):
        return "Not set"
    at = getattr(integration, f"{name}_set_at")
    return f"Set on {day_text(at)}" if at else "Set"
