"""What lists can be narrowed to."""

from typing import Any

from counterfoil.stores.models import WebIntegration

MOST_WORDS = 6


def store_choices() -> list[tuple[str, str]]:
    """The web integrations by their import source code."""
    return [(each.code, str(each)) for each in named_stores()]


def named_stores() -> list[WebIntegration]:
    """The web integrations with nothing but their names. One statement."""
    return list(WebIntegration.objects.only("code", "description"))


def narrowed(chosen: Any) -> bool:
    """Whether anything was chosen at all."""
    return any(chosen.form.cleaned_data.values()) if chosen.form.is_valid() else chosen.form.is_bound
