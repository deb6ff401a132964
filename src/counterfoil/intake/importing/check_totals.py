"""After an upgrade that reads money better: what was refused or accepted for its totals is looked at once more.

Versions before took every store's prices to include tax. An order of a store that prices without tax was refused where
it had a discount, or a manager accepted the difference as a Rounding line. The migration marks these; nothing is read
from the store for it.
"""

from django.db import transaction

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.conversion.pipeline import convert_order
from counterfoil.intake.importing.import_order import difference_of
from counterfoil.intake.matching.products import find_products
from counterfoil.intake.updating.order import update_order
from counterfoil.sales.money import money_in
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, WebIntegration, WebOrder

TOTALS = "totals"
ADDS_UP_NOW = "Its figures add up now that prices without tax are supported"
TRIED_AGAIN = f"{ADDS_UP_NOW}: the order will be retried."


def check_totals(integration: WebIntegration) -> None:
    """Decides on each order that an upgrade marked, once: try again, take its Rounding line away, or leave it."""
    marked = WebOrder.objects.filter(integration=integration, totals_to_check=True)
    for pk in list(marked.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            _check(integration, pk)


def _check(integration: WebIntegration, pk: int) -> None:
    found = WebOrder.locked().select_related("payload", "imported_payload", "sales_order").filter(pk=pk).first()
    if found is None or not found.totals_to_check:
        return
    found.totals_to_check = False
    if found.reason_code == TOTALS:
        if found.payload is not None and _adds_up(integration, found):
            found.read_again = TRIED_AGAIN
            log(integration, LogKind.SETTINGS, TRIED_AGAIN, import_id=found.import_id)
    elif found.sales_order is not None and found.sales_order.rounding:
        _take_rounding_away(integration, found)
    found.save(update_fields=["totals_to_check", "read_again"])


def _adds_up(integration: WebIntegration, found: WebOrder) -> bool:
    assert found.payload is not None
    try:
        return not difference_of(convert_order(integration, found.payload, strict=False).converted)
    except NeedsPerson:
        return False


def _take_rounding_away(integration: WebIntegration, found: WebOrder) -> None:
    """Gives the order the store's figures on the store's basis, unless a person changed them since."""
    order, imported = found.sales_order, found.imported_payload
    assert order is not None
    if imported is None:
        return
    try:
        after = convert_order(integration, imported, strict=False).converted
        before = convert_order(integration, imported, strict=False, tax_included=order.tax_included).converted
    except NeedsPerson:
        return
    if difference_of(after):
        return
    text = f"{ADDS_UP_NOW}: its Rounding line of {money_in(order.rounding, order.currency)} is no longer needed."
    point = transaction.savepoint()
    updated = update_order(
        found, before=before, after=after, products=find_products(integration, after.draft), why=ADDS_UP_NOW
    )
    if updated.conflicts:
        transaction.savepoint_rollback(point)
        return
    transaction.savepoint_commit(point)
    log(integration, LogKind.UPDATED, text, import_id=found.import_id)
