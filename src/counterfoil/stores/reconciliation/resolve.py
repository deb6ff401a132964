"""What a person does about what a reconciliation found, next to its sentence."""

from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction

from counterfoil.sales.errors import Refused
from counterfoil.stores.log import log
from counterfoil.stores.models import Difference, DifferenceKind, LogKind, UpdateCause, WebIntegration, WebOrder
from counterfoil.stores.sync.wakeups import wake
from counterfoil.stores.updates.outbox import ensure_status
from counterfoil.stores.updates.status_targets import status_after_reimport
from counterfoil.stores.weborders.requests import import_this_one

IMPORTS = {DifferenceKind.MISSING: "Import this order", DifferenceKind.TOTAL: "Import the change"}
READS = (DifferenceKind.SHIPMENT_HERE, DifferenceKind.SHIPMENT_THERE)
RESOLVE_BUTTONS: dict[str, str] = {
    **{kind.value: words for kind, words in IMPORTS.items()},
    **{kind.value: "Read its shipments again" for kind in READS},
    DifferenceKind.STATUS.value: "Set our status again",
}
"""What the button of each kind is called; the other kinds have none: a person looks at the order."""
ASKED = "Requested by {by}."


def resolve(difference: Difference, *, by: str) -> None:
    """Does what resolves it, in the next sync; once. Raises Refused for what no button resolves."""
    if difference.kind not in RESOLVE_BUTTONS or not difference.is_off:
        raise Refused("There’s no button for this.", "Open the order and decide.")
    integration = difference.reconciliation.integration
    with transaction.atomic():
        locked = Difference.objects.select_for_update(of=("self",)).get(pk=difference.pk)
        if locked.mended:
            return
        if difference.kind in IMPORTS:
            import_this_one(integration, difference.bigcommerce_order_id, by=by)
        elif difference.kind in READS:
            _read_shipments(integration, difference)
        else:
            _set_status(integration, difference, by=by)
        locked.mended = ASKED.format(by=by)
        locked.save(update_fields=["mended"])


def resolve_all(differences: Iterable[Difference], *, by: str) -> int:
    """As `resolve`, of all these that can be; returns how many they were. One that refuses keeps none of the others."""
    count = 0
    for difference in differences:
        if difference.mended:
            continue
        with suppress(Refused):
            resolve(difference, by=by)
            count += 1
    return count


def _read_shipments(integration: WebIntegration, difference: Difference) -> None:
    WebOrder.objects.filter(pk=_known(difference)).update(shipments_to_read=True)
    wake([integration.pk])


def _set_status(integration: WebIntegration, difference: Difference, *, by: str) -> None:
    web_order = WebOrder.locked().get(pk=_known(difference))
    if web_order.sales_order_id is None:
        raise Refused("It’s no longer here.", "Compare again.")
    status_id, _ = status_after_reimport(integration, web_order.sales_order_id)
    ensure_status(web_order, status_id, UpdateCause.MAPPED)  # an acknowledgement would find that nothing waits
    text = f"{by} asked to set the status {integration.status_text(status_id)} again."
    log(integration, LogKind.SETTINGS, text, import_id=web_order.import_id)
    wake([integration.pk])


def _known(difference: Difference) -> int:
    if difference.web_order_id is None:
        raise Refused("It was never seen here.", "Compare again.")
    return difference.web_order_id
