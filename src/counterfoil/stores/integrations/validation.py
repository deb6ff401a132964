"""What is wrong with the settings of a web integration, before they are saved."""

import re

from django.conf import settings

from counterfoil.bigcommerce import StatusId, StoreTrouble
from counterfoil.bigcommerce.api_path import check_api_path, store_hash
from counterfoil.sales.models import Client
from counterfoil.stores.models import WebIntegration

MOST_CENTS = 1000
LEAST_ANSWER_SECONDS = 2
MOST_ANSWER_SECONDS = 120
_KNOWN = {status.value for status in StatusId}
_NUMBERS = "BigCommerce statuses have the numbers 0 to 14."
RISKY_TARGETS = {
    StatusId.REFUNDED: "It e-mails the shopper, cannot be undone and moves no money.",
    StatusId.CANCELLED: "It e-mails the shopper and cannot be undone.",
    StatusId.PARTIALLY_REFUNDED: "It moves no money.",
    StatusId.INCOMPLETE: "Orders in it are hidden in BigCommerce.",
}


def validate(integration: WebIntegration, mapping: dict[int, int] | None = None) -> dict[str, str]:
    """For each setting that may not be saved as it is, why: a sentence for whoever fills in the form.

    `mapping`: order status id → BigCommerce status, where it is to be saved too. Sets `api_path` (without a version)
    and `store_hash` on the way.
    """
    found = {**_missing(integration), **_code(integration)}
    found |= _api_path(integration) if integration.api_path else {}
    found |= _statuses(integration)
    for status_id in (mapping or {}).values():
        if status_id not in _KNOWN:
            found["mapping"] = _NUMBERS
        elif status_id in integration.new_statuses:
            found["mapping"] = _loops(status_id)
    if not 10 <= integration.poll_seconds <= 86_400:
        found["poll_seconds"] = "Ask the store every 10 seconds at most, and once a day at least."
    if not LEAST_ANSWER_SECONDS <= integration.answer_seconds <= MOST_ANSWER_SECONDS:
        found["answer_seconds"] = f"Give the store {LEAST_ANSWER_SECONDS} to {MOST_ANSWER_SECONDS} seconds to answer."
    if not 0 <= integration.accept_cents <= MOST_CENTS:
        found["accept_cents"] = f"Accept a difference of 0 to {MOST_CENTS} cents."
    return found | _guests(integration)


def _guests(integration: WebIntegration) -> dict[str, str]:
    number = integration.guest_client_id
    if number is None or Client.objects.filter(pk=number, merged_into=None).exists():
        return {}
    return {"guest_client": f"There is no client with the number {number}."}


def _missing(integration: WebIntegration) -> dict[str, str]:
    needed = {
        "code": "an import source code",
        "description": "a store description",
        "api_path": "the API path",
        "access_token": "the access token of the store's API account",
    }
    return {name: f"Enter {what}." for name, what in needed.items() if not getattr(integration, name)}


def _code(integration: WebIntegration) -> dict[str, str]:
    code = integration.code
    before = WebIntegration.objects.filter(pk=integration.pk).first() if integration.pk else None
    if before is not None and before.code != code and before.web_orders.exists():
        return {"code": f"The code stays {before.code}: orders were imported under it."}
    if not code:
        return {}
    if len(code) > 20 or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:/-]*", code):
        return {"code": "Use letters, digits and - _ . : / only, 20 at most."}
    if code[-1].isdigit():
        return {"code": "The code must end in a letter or sign, as in WEB-: an order number follows it."}
    if WebIntegration.objects.filter(code=code).exclude(pk=integration.pk).exists():
        return {"code": f"Another web integration has the code {code}."}
    return {}


def _api_path(integration: WebIntegration) -> dict[str, str]:
    try:
        integration.api_path = check_api_path(integration.api_path, settings.API_ORIGINS)
    except StoreTrouble as trouble:
        return {"api_path": f"{trouble.sentence} {trouble.next_step}"}
    integration.store_hash = store_hash(integration.api_path)
    other = WebIntegration.objects.filter(store_hash=integration.store_hash).exclude(pk=integration.pk).first()
    if other is not None:
        return {"api_path": f"This store belongs to the web integration {other.code} already."}
    before = WebIntegration.objects.filter(pk=integration.pk).first() if integration.pk else None
    if before is not None and before.store_hash != integration.store_hash and before.web_orders.exists():
        return {"api_path": "The store stays the same: orders were imported from it. Add another web integration."}
    return {}


def _statuses(integration: WebIntegration) -> dict[str, str]:
    found: dict[str, str] = {}
    if not integration.new_statuses:
        found["new_statuses"] = "Choose at least one new order status."
    if set(integration.new_statuses) - _KNOWN:
        found["new_statuses"] = _NUMBERS
    for name in ("downloaded_status", "error_status"):
        status_id = getattr(integration, name)
        if status_id not in _KNOWN:
            found[name] = _NUMBERS
        elif status_id in integration.new_statuses:
            found[name] = _loops(status_id)
        elif status_id in RISKY_TARGETS:
            found[name] = f"{StatusId(status_id).label} cannot be used here. {RISKY_TARGETS[StatusId(status_id)]}"
    if "error_status" not in found and integration.error_status == integration.downloaded_status:
        found["error_status"] = "Choose another status than the downloaded one: else nobody sees which orders failed."
    return found


def _loops(status_id: int) -> str:
    label = StatusId(status_id).label
    return f"{label} is a new order status: the order would be imported again and again. Choose another."
