"""A person picks: ours or the store's value, where both sides changed the same thing (design, rule 8)."""

from django.db import transaction

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.conversion.converter import ConvertedOrder
from counterfoil.intake.conversion.pipeline import convert_order
from counterfoil.intake.matching.products import find_products
from counterfoil.intake.updating.address_changes import decide_with_conflict
from counterfoil.intake.updating.addresses import ENVELOPE, take_address, whole_address
from counterfoil.intake.updating.changes import CHOSEN, LINES_AND_MONEY, ChangeSet, words
from counterfoil.intake.updating.client import CLIENT, take_client
from counterfoil.intake.updating.contact import CONTACT, take_contact
from counterfoil.intake.updating.custom_fields import take_field
from counterfoil.intake.updating.lines import replace_lines_and_money, why_never
from counterfoil.intake.updating.replaced import follow_replaced
from counterfoil.sales.clients.match_keys import join_matching
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.orders.addresses import address_rows, key_of, names_of
from counterfoil.sales.orders.create import address_values, header_values
from counterfoil.sales.orders.drafts import OrderDraft
from counterfoil.sales.orders.status import lock_order
from counterfoil.sales.weights import note_weights
from counterfoil.stores.log import log
from counterfoil.stores.models import Conflict, LogKind, WebIntegration, WebOrder


def resolve_conflict(conflict_id: int, *, ours: bool, by: str, seen: str = "") -> None:
    """Resolves a conflict; raises NeedsPerson when the store's value cannot be taken (more is shipped already).

    `seen`: the version (`Conflict.version`) that a person saw; Refused where another one has come since.
    """
    with transaction.atomic():
        # The sales order first, as everyone who writes both.
        found = Conflict.objects.filter(pk=conflict_id).values_list("web_order__sales_order", "field").first()
        if found is None or found[0] is None:
            return  # someone else has picked
        if found[1] == CLIENT and not ours:
            join_matching()
        order = lock_order(found[0])
        conflict = (
            Conflict.objects.select_related("web_order__integration", "web_order__imported_payload")
            .filter(pk=conflict_id)
            .first()
        )
        if conflict is None:
            return
        if seen and seen != conflict.version:
            raise Refused("The order changed again since you opened this page.", "Choose again.")
        web_order = conflict.web_order
        if not ours:
            _take_theirs(order, web_order, conflict.field, by)
        whose = "value here was kept" if ours else "store's value was taken"
        text = f"{by} decided on the {conflict.field}: the {whose}."
        log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)
        conflict.delete()
        decide_with_conflict(web_order, order, conflict.field)


def _take_theirs(order: SalesOrder, web_order: WebOrder, field: str, by: str) -> None:
    theirs = _version(web_order)
    draft = theirs.draft
    merge = ChangeSet(order, by=by, why=CHOSEN)
    if field == CLIENT:
        order.save(update_fields=take_client(merge, web_order.integration, theirs))
    elif field == CONTACT:
        take_contact(merge, theirs.buyer)
    elif field == LINES_AND_MONEY:
        _take_lines(web_order.integration, merge, draft)
    else:
        _take_field(merge, draft, field)
    merge.record(web_order)


def _version(web_order: WebOrder) -> ConvertedOrder:
    """The version of the order that was read last and is imported but for what conflicts."""
    assert web_order.imported_payload is not None
    return convert_order(web_order.integration, web_order.imported_payload, strict=False).converted


def _take_lines(integration: WebIntegration, merge: ChangeSet, draft: OrderDraft) -> None:
    follow_replaced(merge.order, draft, draft)
    why = why_never(merge.order, draft)
    if why:
        raise NeedsPerson(
            "shipped",
            f"{why} That’s more than the order in the store has.",
            "Correct the order in BigCommerce, or keep the lines as they are here.",
        )
    written = replace_lines_and_money(merge, draft, find_products(integration, draft))
    note_weights(merge.order.pk, draft, unit=integration.state.weight_unit)
    if written:
        merge.order.save(update_fields=written)


def _take_field(merge: ChangeSet, draft: OrderDraft, field: str) -> None:
    order = merge.order
    if take_field(merge, draft, field):
        return
    theirs = {name: value for name, value in header_values(draft).items() if words(name) == field}
    if theirs:
        written = merge.columns(order, {name: getattr(order, name) for name in theirs}, theirs)
        order.save(update_fields=written)
        return
    rows, names = address_rows(order), names_of(order)
    for address in draft.addresses:
        row, called = rows.get(key_of(address)), names.get(key_of(address), "")
        values = address_values(address)
        if row is not None and field == words(whole_address(called)):
            take_address(merge, row, {name: values[name] for name in ENVELOPE}, called)
            return
        theirs = {name: value for name, value in values.items() if words(called + name) == field}
        if row is not None and theirs:
            take_address(merge, row, theirs, called)
            return
    raise NeedsPerson(
        "not_there", f"The order no longer has a {field}, here or in the store.", "Keep the value as it is here."
    )
