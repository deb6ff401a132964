"""What *Needs attention* can be narrowed to, and how an address says so."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from counterfoil.stores.attention.causes import CAUSES, CauseGroup, of_sort
from counterfoil.stores.attention.items import Narrowed
from counterfoil.stores.models import WebIntegration

AGES = {
    "hour": ("An hour or longer", timedelta(hours=1)),
    "day": ("A day or longer", timedelta(days=1)),
    "week": ("A week or longer", timedelta(weeks=1)),
}


class AttentionFilter(forms.Form):
    """A store, a kind of cause, an age, an import ID or a SKU. What an address has wrong is passed over."""

    q = forms.CharField(required=False, max_length=100, label="Import ID or SKU")
    store = forms.ChoiceField(required=False, label="Store")
    sort = forms.ChoiceField(
        required=False, label="Cause", choices=[("", "All causes"), *((sort.value, sort.label) for sort in CauseGroup)]
    )
    older = forms.ChoiceField(
        required=False,
        label="Waiting for",
        choices=[("", "Any time"), *((name, label) for name, (label, _) in AGES.items())],
    )

    def __init__(self, asked: QueryDict, stores: list[WebIntegration]) -> None:
        super().__init__(asked)
        self.fields["store"].choices = [("", "All stores"), *((each.code, str(each)) for each in stores)]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def chosen(self) -> dict[str, str]:
        """What is narrowed, by the fields' names."""
        values: dict[str, Any] = self.cleaned_data
        return {name: str(values[name]) for name in self.fields if values.get(name)}

    @property
    def query(self) -> str:
        """As a part of an address."""
        return urlencode(self.chosen)

    def narrowed(self, cause: str = "") -> Narrowed:
        """As the lists are asked; to one cause where it is given."""
        chosen = self.chosen
        sort = CauseGroup(chosen["sort"]) if "sort" in chosen else None
        older = AGES[chosen["older"]][1] if "older" in chosen else None
        return Narrowed(
            store=chosen.get("store", ""),
            cause=cause,
            sorts=of_sort(sort) if sort and sort is not CauseGroup.OTHER else None,
            none_of=list(CAUSES) if sort is CauseGroup.OTHER else None,
            older_than=older,
            words=chosen.get("q", ""),
        )
