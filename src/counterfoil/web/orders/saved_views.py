"""What is chosen on the list of sales orders, as links: each choice with the way to take it back; saved views."""

from dataclasses import dataclass

from django.db.models import Model
from django.http import QueryDict

from counterfoil.web.orders.filters import OrderFilter

VIEWS: tuple[tuple[str, dict[str, str]], ...] = (
    ("All", {}),
    ("To ship", {"show": "to_ship"}),
    ("Needs attention", {"show": "attention"}),
    ("On hold", {"show": "held"}),
    ("Today", {"when": "today"}),
)
NOT_CHOSEN = ("page",)


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice, and the query of the list without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class SavedView:
    """A choice that people make every day, as a link."""

    label: str
    query: str
    is_open: bool


def chips(chosen: OrderFilter, asked: QueryDict) -> list[Chip]:
    """What is chosen besides the searched words, as it is called in the form."""
    cleaned = chosen.form.cleaned_data if chosen.form.is_bound and hasattr(chosen.form, "cleaned_data") else {}
    return [
        Chip(chosen.form.fields[name].label or "", _called(chosen, name, value), _without(asked, name))
        for name, value in cleaned.items()
        if name != "q" and value not in (None, "")
    ]


def _called(chosen: OrderFilter, name: str, value: object) -> str:
    if isinstance(value, Model):
        return str(value)
    choices = getattr(chosen.form.fields[name], "choices", ())
    return next((str(label) for key, label in choices if str(key) == str(value)), str(value))


def _without(asked: QueryDict, name: str) -> str:
    rest = asked.copy()
    for each in (name, *NOT_CHOSEN):
        rest.pop(each, None)
    for each in [key for key, value in rest.items() if not value]:
        del rest[each]
    return rest.urlencode()


def saved_views(asked: QueryDict) -> list[SavedView]:
    """The views, and which of them is open: the one whose choice this is, whatever it is sorted by."""
    now = {key: value for key, value in asked.items() if value and key not in ("sort", *NOT_CHOSEN)}
    return [
        SavedView(label, "&".join(f"{key}={value}" for key, value in choice.items()), is_open=choice == now)
        for label, choice in VIEWS
    ]
