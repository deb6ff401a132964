"""Imports a web order: one transaction per order, no HTTP inside it."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, Order, OrderHeader, check_lines, read_header, readable_order
from counterfoil.intake.conversion.converter import ConvertedOrder
from counterfoil.intake.conversion.document import WebOrderDocument, read_document
from counterfoil.intake.conversion.money import why_it_does_not_add_up
from counterfoil.intake.conversion.pipeline import PipelineResult, convert_order
from counterfoil.intake.conversion.rules import forget_rules
from counterfoil.intake.importing.store_status import apply_store_status, follow_quantities
from counterfoil.intake.matching.buyers import resolve_buyer
from counterfoil.intake.matching.products import find_products, missing_of
from counterfoil.intake.outcomes import Ignored, Imported, NotImported, Outcome, Unchanged, Updated
from counterfoil.intake.scripts import ScriptFailed
from counterfoil.intake.updating.address_changes import note_payload_addresses
from counterfoil.intake.updating.custom_fields import fill_client
from counterfoil.intake.updating.order import update_order
from counterfoil.sales.db.raw_rows import select, write
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.money import is_less_than_payable
from counterfoil.sales.orders.create import create_order
from counterfoil.sales.weights import note_weights
from counterfoil.stores.integrations.import_window import before_cut_off, is_before_cut_off
from counterfoil.stores.integrations.method_names import learn_names
from counterfoil.stores.log import log
from counterfoil.stores.models import (
    ADDRESS_CHANGED,
    ANOTHER_ORDER,
    EDITED_IN_STORE,
    LogKind,
    Payload,
    UpdateCause,
    WebIntegration,
    WebOrder,
    WebOrderState,
)
from counterfoil.stores.updates.outbox import ensure_status
from counterfoil.stores.updates.status_targets import status_after_reimport
from counterfoil.stores.weborders.changes import mark_unread
from counterfoil.stores.weborders.hidden_edits import differs_from_seen, digest_of, mark_edited, may_hide_edit
from counterfoil.stores.weborders.list_lag import is_behind, note_lag, read_before_writing
from counterfoil.stores.weborders.reasons import ask_about_edit
from counterfoil.stores.weborders.reused_numbers import is_another, reused
from counterfoil.stores.weborders.staff_notes import tell_staff

STALE = "It was read before our last change to it was finished."
BEHIND = "BigCommerce's list showed it as it was before."


def import_order(integration: WebIntegration, web_order_id: int) -> Outcome | None:
    """Decides on the version of an order that was read last, and writes what follows from it.

    None when that version was read before our last write to the order ended, or a list showed it as it was before that:
    then it is to be read again, by itself.
    """
    with transaction.atomic():
        web_order = locked(web_order_id)
        payload = web_order.payload
        assert payload is not None
        if read_before_writing(web_order, payload.read_at):
            web_order.read_again = STALE
            web_order.save(update_fields=["read_again"])
            return None
        if is_behind(web_order, payload):
            web_order.read_again = BEHIND
            web_order.save(update_fields=["read_again"])
            note_lag(integration)
            return None
        before, known = web_order.imported_payload_id, web_order.modified_seen
        outcome = _decide(integration, web_order, payload)
        is_edited = not isinstance(outcome, Unchanged) or web_order.modified_seen != known
        tells_addresses = is_edited and before is not None and web_order.other_placed_at is None
        web_order.addresses_to_read &= not tells_addresses
        _record(integration, web_order, outcome)
        if tells_addresses and before is not None:
            note_payload_addresses(web_order, Payload.objects.get(pk=before))
        if web_order.other_placed_at is None:
            apply_store_status(integration, web_order, outcome)
        return outcome


def locked(web_order_id: int) -> WebOrder:
    """A web order with the version that was read last, locked as `WebOrder.locked` does."""
    (web_order,) = select(WebOrder, "WHERE row.id = %s FOR NO KEY UPDATE OF row", [web_order_id], joined="payload")
    return web_order


def record_not_imported(
    integration: WebIntegration, web_order_id: int, outcome: NotImported, *, trace: str = ""
) -> None:
    """Records an order that could not even be tried. A defect (with its trace) is not told to the store."""
    with transaction.atomic():
        web_order = locked(web_order_id)
        web_order.trace = trace
        if outcome.code != "not_in_store":
            _note_order(web_order, _note_version(web_order))
            if not trace and web_order.other_placed_at is None:
                ensure_status(web_order, integration.error_status, UpdateCause.IMPORT_ERROR)
        _record(integration, web_order, outcome)


def _decide(integration: WebIntegration, web_order: WebOrder, payload: Payload) -> Outcome:
    """Reads, converts and writes the order; whatever a person has to do first is an outcome too."""
    web_order.trace = ""
    is_hidden_edit = _shows_hidden_edit(web_order, payload)
    _note_order(web_order, _note_version(web_order))
    other = reused(web_order)
    if other is not None:  # nobody's who is known here: neither they nor the store are told anything
        return NotImported(other.code, other.sentence, other.next_step)
    try:
        document = read_document(*payload.parts)
        reason = _why_not(integration, web_order, document.order)
        if reason is not None:
            if is_hidden_edit:
                mark_edited(web_order)
            return Unchanged() if web_order.state == WebOrderState.IMPORTED else Ignored(reason)
        check_lines(document.order, document.line_items)
        outcome = _write(integration, web_order, payload, document)
        web_order.edit_pending = False
    except ScriptFailed as failure:  # like a defect of the program: the store is told nothing
        web_order.trace = failure.trace
        return NotImported(failure.code, failure.sentence, failure.next_step)
    except NeedsPerson as trouble:
        ensure_status(web_order, integration.error_status, UpdateCause.IMPORT_ERROR)
        return NotImported(trouble.code, trouble.sentence, trouble.next_step, missing_of(trouble))
    _acknowledge(integration, web_order, outcome)
    return outcome


def _note_version(web_order: WebOrder) -> OrderHeader | None:
    """Which version was read last, be it good for no more; its status too, unless something newer told it already.

    No list tells again what this version has told: what is to be read of an imported order because of it is marked now.
    """
    payload = web_order.payload
    order = None if payload is None else read_header(bytes(payload.order))
    if payload is None or order is None:
        return None
    web_order.modified_read = order.date_modified
    if web_order.status_seen_at is None or web_order.status_seen_at <= payload.read_at:
        if not is_another(web_order.placed_at, order.date_created):
            mark_unread(web_order, order)
        web_order.status_seen = order.status_id
        web_order.status_seen_at = payload.read_at
        web_order.modified_seen = order.date_modified
        if digest := digest_of(readable_order(bytes(payload.order))):
            web_order.header_seen, web_order.header_seen_at = digest, payload.read_at
    return order


def _shows_hidden_edit(web_order: WebOrder, payload: Payload) -> bool:
    """Whether this version has an edit that a write of ours hides. To be asked before the version is noted."""
    order = readable_order(bytes(payload.order)) if may_hide_edit(web_order) else None
    return order is not None and differs_from_seen(web_order, order)


def _note_order(web_order: WebOrder, shown: OrderHeader | None) -> None:
    """Notes whether the store has given the number of an imported order to another one."""
    if shown is None or shown.date_created is None:
        return
    other = is_another(web_order.placed_at, shown.date_created)
    web_order.other_placed_at = shown.date_created if other else None


def _why_not(integration: WebIntegration, web_order: WebOrder, order: Order) -> str | None:
    """Why the order is not to be imported, whatever list showed it; None when it is (design, rule 2)."""
    if order.is_deleted:
        return "The order is archived in BigCommerce."
    if web_order.wanted or (web_order.edit_pending and web_order.is_behind):
        return None
    if web_order.sales_order_id is None and is_before_cut_off(integration, order.date_created):
        return before_cut_off(integration, order.date_created)
    if order.status_id in integration.new_statuses:
        return None
    if order.status_id == web_order.status_sent:
        return None  # it stands where we put it: a retry after an import error, or an edit we found out by writing
    label = integration.status_text(order.status_id)
    return f"The order is {label} in BigCommerce, which isn’t a new order status."


def _write(
    integration: WebIntegration, web_order: WebOrder, payload: Payload, document: WebOrderDocument
) -> Imported | Updated | Unchanged:
    conversion = convert_order(integration, payload, document)
    if web_order.accepted_difference:
        conversion = _as_accepted(integration, web_order, payload, conversion)
    converted = conversion.converted
    if learn_names(integration, conversion.new_names):
        forget_rules(integration)
    digest = converted.digest
    same = digest == web_order.digest
    outcome: Imported | Updated | Unchanged
    if web_order.sales_order_id is None:
        _check_total(integration, web_order, converted)
        web_order.sales_order = _place(integration, web_order, converted)
        web_order.placed_at = document.order.date_created
        outcome = Imported()
    else:
        outcome = Unchanged() if same else _bring_up_to_date(integration, web_order, converted)
        if not same:  # so is an order of before weights were read
            note_weights(web_order.sales_order_id, converted.draft, unit=integration.state.weight_unit)
    follow_quantities(web_order, document.order, converted.draft)
    if same:
        return outcome
    web_order.digest = digest
    web_order.imported_payload = payload
    _tell_what_stays_empty(integration, web_order, conversion)
    return outcome


def _tell_what_stays_empty(integration: WebIntegration, web_order: WebOrder, conversion: PipelineResult) -> None:
    for sentence in conversion.left_empty:
        log(integration, LogKind.FIELD, sentence, import_id=web_order.import_id)


def _place(integration: WebIntegration, web_order: WebOrder, converted: ConvertedOrder) -> SalesOrder:
    products = find_products(integration, converted.draft)
    buyer = resolve_buyer(integration, converted.buyer, converted.draft.addresses)
    fill_client(buyer.client_id, converted.client_fields, why=f"From the order {web_order.import_id}")
    return create_order(
        converted.draft,
        client_id=buyer.client_id,
        contact=buyer.contact,
        matched_by=buyer.match.rule,
        how_matched=buyer.how,
        products=products,
        source=integration.code,
        import_id=web_order.import_id,
        weight_unit=integration.state.weight_unit,
    )


def _bring_up_to_date(
    integration: WebIntegration, web_order: WebOrder, converted: ConvertedOrder
) -> Updated | Unchanged:
    """Both versions go through the present conversion, so that an upgrade of the program changes no order."""
    imported, payload = web_order.imported_payload, web_order.payload
    assert imported is not None
    assert payload is not None
    before = convert_order(integration, imported, strict=False).converted
    if before.digest == converted.digest:
        return Unchanged()
    kept = SalesOrder.objects.filter(web_order=web_order).values_list("tax_included", flat=True).get()
    if kept != before.draft.totals.tax_included:  # it came by a version that read the money on the other basis
        before = convert_order(integration, imported, strict=False, tax_included=kept).converted
        on_its_basis = convert_order(integration, payload, tax_included=kept).converted
        if not difference_of(on_its_basis):
            converted = on_its_basis
    _check_total(integration, web_order, converted)
    products = find_products(integration, converted.draft)
    return update_order(web_order, before=before, after=converted, products=products)


def _as_accepted(
    integration: WebIntegration, web_order: WebOrder, payload: Payload, conversion: PipelineResult
) -> PipelineResult:
    """The order on the other basis where a person accepted the difference that it has there."""
    accepted, found = web_order.accepted_difference, difference_of(conversion.converted)
    if not accepted or not found or found == accepted:
        return conversion
    other = not conversion.converted.draft.totals.tax_included
    there = convert_order(integration, payload, tax_included=other)
    return there if difference_of(there.converted) == accepted else conversion


def difference_of(converted: ConvertedOrder) -> Decimal:
    """By how much the store's total misses what it is made of; zero where it adds up, but for a fraction of a cent."""
    totals = converted.draft.totals
    if not is_less_than_payable(totals.difference, converted.draft.currency):
        return totals.difference
    return converted.tax_gap


def _check_total(integration: WebIntegration, web_order: WebOrder, converted: ConvertedOrder) -> None:
    """Raises NeedsPerson when the parts do not add up to the store's total and nobody accepted the difference."""
    difference = web_order.difference = difference_of(converted)
    web_order.difference_currency = converted.draft.currency
    if difference == 0 or difference == web_order.accepted_difference:
        return
    if abs(difference) * 100 <= integration.accept_cents:
        return
    raise NeedsPerson(
        "totals",
        why_it_does_not_add_up(converted.draft.totals, converted.tax_gap, converted.draft.currency),
        "Correct the order in BigCommerce, or accept the difference as a Rounding line.",
    )


def _acknowledge(integration: WebIntegration, web_order: WebOrder, outcome: Imported | Updated | Unchanged) -> None:
    if isinstance(outcome, Imported):
        ensure_status(web_order, integration.downloaded_status, UpdateCause.DOWNLOADED)
    else:
        assert web_order.sales_order_id is not None
        target, cause = status_after_reimport(integration, web_order.sales_order_id)
        ensure_status(web_order, target, cause)


_STATES = {NotImported: WebOrderState.NOT_IMPORTED, Ignored: WebOrderState.IGNORED}
_LOG_KINDS = {
    Imported: LogKind.IMPORTED,
    Updated: LogKind.UPDATED,
    Unchanged: LogKind.UNCHANGED,
    NotImported: LogKind.NOT_IMPORTED,
    Ignored: LogKind.IGNORED,
}


def _record(integration: WebIntegration, web_order: WebOrder, outcome: Outcome) -> None:
    """Writes what became of the order, on its row and in the log."""
    now = timezone.now()
    reason_before = web_order.reason_code
    is_not_logged = not _is_known(web_order, outcome)
    stays = isinstance(outcome, Unchanged) and (
        web_order.reason_code == ADDRESS_CHANGED
        or (web_order.reason_code == EDITED_IN_STORE and web_order.edit_pending)
    )
    web_order.decided_at = now
    web_order.read_again = ""
    is_imported = web_order.sales_order_id is not None
    web_order.edit_pending |= is_imported and web_order.wanted and isinstance(outcome, NotImported)
    web_order.wanted = False
    web_order.state = WebOrderState.IMPORTED if is_imported else _STATES.get(type(outcome), WebOrderState.IMPORTED)
    web_order.unknown_skus = list(outcome.unknown_skus) if isinstance(outcome, NotImported) else []
    if isinstance(outcome, NotImported):
        web_order.reason_code, web_order.reason, web_order.next_step = outcome.code, outcome.sentence, outcome.next_step
        web_order.reason_since = web_order.reason_since or now
    elif not stays:
        web_order.reason_code = web_order.next_step = web_order.trace = ""
        web_order.reason = outcome.reason if isinstance(outcome, Ignored) else ""
        web_order.reason_since = None
        ask_about_edit(web_order)
    write(web_order)
    tell_staff(integration, web_order, before=reason_before)
    if is_not_logged:
        log(integration, _LOG_KINDS[type(outcome)], describe(outcome), import_id=web_order.import_id)


def _is_known(web_order: WebOrder, outcome: Outcome) -> bool:
    """Whether the log says it already, of what is read again and again."""
    if isinstance(outcome, NotImported) and outcome.code == ANOTHER_ORDER:
        return web_order.reason == outcome.sentence
    return isinstance(outcome, Ignored) and web_order.reason == outcome.reason


def describe(outcome: Outcome) -> str:
    """The outcome as a line of the log."""
    match outcome:
        case Imported():
            return "Imported as a new sales order."
        case Updated(changes, conflicts):
            waits = f", {conflicts} {'needs' if conflicts == 1 else 'need'} a decision" if conflicts else ""
            return f"The sales order was updated: {changes} changed{waits}."
        case Unchanged():
            return "Checked again, no changes."
        case NotImported(_, sentence, _):
            return sentence
    return outcome.reason
