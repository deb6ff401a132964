"""The web integration that someone means on the command line."""

from counterfoil.platform.command import UsageError
from counterfoil.stores.models import WebIntegration


def store_called(code: str) -> WebIntegration:
    """The web integration with this import source code, with its state; raises UsageError when there is none."""
    integration = WebIntegration.objects.select_related("state").filter(code=code).first()
    if integration is None:
        raise UsageError(f"There is no web integration {code}. “counterfoil store list” shows them.")
    return integration


def store_meant(code: str | None) -> WebIntegration:
    """The one called so; without a code the only one there is. Raises UsageError."""
    if code is not None:
        return store_called(code)
    codes = list(WebIntegration.objects.values_list("code", flat=True)[:2])
    if len(codes) != 1:
        raise UsageError("Say which store: --store CODE. “counterfoil store list” shows them.")
    return store_called(codes[0])
