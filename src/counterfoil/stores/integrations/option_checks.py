"""What is wrong with the value of one setting of a web integration, given the others: a sentence, or ""."""

import re

from django.conf import settings

from counterfoil.bigcommerce import StatusId, StoreTrouble
from counterfoil.bigcommerce.api_path import check_api_path, store_hash
from counterfoil.sales.text.postal_addresses import country_code_of, country_name
from counterfoil.stores.models import WebIntegration

MOST_ADDRESS_LINES = 6

RISKY_TARGETS = {
    StatusId.REFUNDED: "It e-mails the shopper, can’t be undone, and refunds no money.",
    StatusId.CANCELLED: "It e-mails the shopper and can’t be undone.",
    StatusId.PARTIALLY_REFUNDED: "It refunds no money.",
    StatusId.INCOMPLETE: "Orders in it are hidden in BigCommerce.",
}


def code_refusal(integration: WebIntegration) -> str:
    """What keeps the import source code from being saved."""
    code = integration.code
    before = _saved(integration)
    if before is not None and before.code != code and before.web_orders.exists():
        return f"The code has to stay {before.code}: orders were imported under it."
    if len(code) > 20 or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:/-]*", code):
        return "Use only letters, digits and - _ . : / with 20 characters at most."
    if code[-1].isdigit():
        return "The code must end in a letter or symbol, as in WEB-, because the order number follows it."
    if WebIntegration.objects.filter(code=code).exclude(pk=integration.pk).exists():
        return f"Another web integration has the code {code}."
    return ""


def letterhead_country_refusal(integration: WebIntegration) -> str:
    """What keeps the country from being saved. Sets it in capitals on the way."""
    country = integration.letterhead_country.strip()
    code = country_code_of(country)
    if country and (not code or country_name(code) == code):
        return "Use the country’s two letters, as in US, GB or DE."
    integration.letterhead_country = code
    return ""


def letterhead_address_refusal(integration: WebIntegration) -> str:
    """What keeps the return address from being saved. Sets it without empty lines on the way."""
    lines = [line.strip() for line in integration.letterhead_address.splitlines() if line.strip()]
    integration.letterhead_address = "\n".join(lines)
    if len(lines) > MOST_ADDRESS_LINES:
        return f"Use at most {MOST_ADDRESS_LINES} lines."
    return ""


def api_path_refusal(integration: WebIntegration) -> str:
    """What keeps the API path from being saved. Sets `api_path` (without a version) and `store_hash` on the way."""
    try:
        integration.api_path = check_api_path(integration.api_path, settings.API_ORIGINS)
    except StoreTrouble as trouble:
        return f"{trouble.sentence} {trouble.next_step}"
    integration.store_hash = store_hash(integration.api_path)
    other = WebIntegration.objects.filter(store_hash=integration.store_hash).exclude(pk=integration.pk).first()
    if other is not None:
        return f"This store already belongs to the web integration {other.code}."
    before = _saved(integration)
    if before is not None and before.store_hash != integration.store_hash and before.web_orders.exists():
        return "The store can’t be changed: orders were imported from it. Add another web integration instead."
    return ""


def downloaded_refusal(integration: WebIntegration) -> str:
    """What keeps the downloaded order status from being saved."""
    return _target_refusal(integration, integration.downloaded_status)


def error_refusal(integration: WebIntegration) -> str:
    """What keeps the import error status from being saved."""
    refusal = _target_refusal(integration, integration.error_status)
    if not refusal and integration.error_status == integration.downloaded_status:
        return "Choose a status other than the downloaded one, so people can see which orders failed."
    return refusal


def circle_refusal(integration: WebIntegration, status_id: int) -> str:
    """What speaks against giving orders a status in which they are imported."""
    if status_id not in integration.new_statuses:
        return ""
    label = StatusId(status_id).label
    return f"{label} is a new order status: the order would be imported again and again. Choose another."


def _target_refusal(integration: WebIntegration, status_id: int) -> str:
    circle = circle_refusal(integration, status_id)
    if circle or status_id not in RISKY_TARGETS:
        return circle
    return f"{StatusId(status_id).label} can’t be used here. {RISKY_TARGETS[StatusId(status_id)]}"


def _saved(integration: WebIntegration) -> WebIntegration | None:
    return WebIntegration.objects.filter(pk=integration.pk).first() if integration.pk else None
