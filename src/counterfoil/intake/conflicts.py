"""A person picks: ours or the store's value, where both sides changed the same thing (design, rule 8)."""

from django.db import transaction

from counterfoil.bigcommerce import NeedsPerson
from counterfoil.intake.convert import convert
from counterfoil.intake.documents import read_document
from counterfoil.intake.products import find_products
from counterfoil.intake.updating import LINES_AND_MONEY, Merge, over_shipped, replace_lines_and_money, words
from counterfoil.sales.drafts import OrderDraft
from counterfoil.sales.models import SalesOrder
from counterfoil.sales.placing import address_values, header_values
from counterfoil.stores.journal import log
from counterfoil.stores.models import Conflict, LogKind, WebIntegration, WebOrder


def pick(conflict_id: int, *, ours: bool, by: str) -> None:
    """Settles a conflict; raises NeedsPerson when the store's value cannot be taken (more is shipped already)."""
    with transaction.atomic():
        conflict = (
            Conflict.objects.select_for_update(of=("self",))
            .select_related("web_order__integration", "web_order__imported_payload")
            .filter(pk=conflict_id)
            .first()
        )
        if conflict is None:
            return  # someone else has picked
        web_order = conflict.web_order
        if not ours:
            _take_theirs(web_order, conflict.field, by)
        whose = "value here was kept" if ours else "store's value was taken"
        text = f"{by} decided on the {conflict.field}: the {whose}."
        log(web_order.integration, LogKind.UPDATED, text, import_id=web_order.import_id)
        conflict.delete()


def _take_theirs(web_order: WebOrder, field: str, by: str) -> None:
    draft = _draft(web_order)
    order = SalesOrder.objects.select_for_update(of=("self",)).get(web_order=web_order)
    merge = Merge(order, by=by, why="The store's value was chosen")
    if field == LINES_AND_MONEY:
        _take_lines(web_order.integration, merge, draft)
    else:
        _take_field(merge, draft, field)
    merge.record(web_order)


def _draft(web_order: WebOrder) -> OrderDraft:
    """The version of the order that was read last and is in the books but for what conflicts."""
    assert web_order.imported_payload is not None
    return convert(read_document(*web_order.imported_payload.parts)).draft


def _take_lines(integration: WebIntegration, merge: Merge, draft: OrderDraft) -> None:
    row = over_shipped(merge.order.lines.all(), draft)
    if row is not None:
        raise NeedsPerson(
            "shipped",
            f"{row.shipped} of {row.part_number} are shipped already, more than the order in the store has.",
            "Correct the order in BigCommerce, or keep the lines as they are here.",
        )
    written = replace_lines_and_money(merge, draft, find_products(integration, draft))
    if written:
        merge.order.save(update_fields=written)


def _take_field(merge: Merge, draft: OrderDraft, field: str) -> None:
    order = merge.order
    theirs = {name: value for name, value in header_values(draft).items() if words(name) == field}
    written = merge.columns(order, {name: getattr(order, name) for name in theirs}, theirs)
    if written:
        order.save(update_fields=written)
        return
    rows = {(row.kind, row.source_id): row for row in order.addresses.all()}
    for address in draft.addresses:
        row = rows.get((address.kind, address.source_id))
        called = f"{row.get_kind_display()} " if row else ""
        values = {name: value for name, value in address_values(address).items() if words(called + name) == field}
        if row and (written := merge.columns(row, {n: getattr(row, n) for n in values}, values, called=called)):
            row.save(update_fields=written)
            return
