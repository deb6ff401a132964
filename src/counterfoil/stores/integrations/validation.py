"""What is wrong with the settings of a web integration, before they are saved."""

from collections.abc import Collection

from counterfoil.sales.errors import Refused
from counterfoil.stores.integrations.option_checks import circle_refusal
from counterfoil.stores.integrations.option_kinds import STATUS_NUMBERS, STATUSES
from counterfoil.stores.integrations.options import OPTIONS
from counterfoil.stores.models import WebIntegration


def validate(integration: WebIntegration, mapping: dict[int, int] | None = None) -> dict[str, str]:
    """For each setting that may not be saved as it is, why: a sentence for whoever fills in the form.

    `mapping`: order status id → BigCommerce status, where it is to be saved too. Sets `api_path` (without a version)
    and `store_hash` on the way.
    """
    found = {option.name: why for option in OPTIONS if (why := option.refusal(integration))}
    for status_id in (mapping or {}).values():
        why = circle_refusal(integration, status_id) if status_id in STATUSES else STATUS_NUMBERS
        if why:
            found["mapping"] = why
    return found


def checked_stores(codes: Collection[str]) -> list[str]:
    """Import source codes, each once; raises Refused for one that no web integration has."""
    known = set(WebIntegration.objects.filter(code__in=codes).values_list("code", flat=True))
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise Refused(f"There is no store {unknown[0][:50]}.", "Choose from the web integrations.")
    return list(dict.fromkeys(codes))
