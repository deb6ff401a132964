"""Custom fields when an order is imported again: each by itself, never over what a person wrote (design, rule 8)."""

from collections.abc import Iterator, Mapping

from counterfoil.intake.updating.changes import BY, ChangeSet, words
from counterfoil.sales.custom_fields.definitions import with_value
from counterfoil.sales.custom_fields.values import Fields, FieldValue, value_text
from counterfoil.sales.models import Client, ClientChange, FieldDefinition, FieldScope, OrderLine, SalesOrder
from counterfoil.sales.orders.drafts import OrderDraft

Row = SalesOrder | OrderLine


def merge_fields(merge: ChangeSet, before: OrderDraft, after: OrderDraft) -> None:
    """Takes over the fields that differ between the versions. A new line has its fields already.

    One that is empty here is filled: nobody wrote there, and its expression may be newer than the order.
    """
    _merge_row(merge, merge.order, before.fields, after.fields)
    old = {line.source_id: line.fields for line in before.lines}
    new = {line.source_id: line.fields for line in after.lines}
    changed = {line_id for line_id in old.keys() & new.keys() if old[line_id] != new[line_id]}
    for row in merge.order.lines.filter(source_id__in=changed) if changed else ():
        assert row.source_id is not None
        _merge_row(merge, row, old[row.source_id], new[row.source_id])


def _merge_row(merge: ChangeSet, row: Row, before: Fields, after: Fields) -> None:
    old, new = dict(before), dict(after)
    fields: Mapping[str, FieldValue] = row.fields
    for name in sorted(old.keys() | new.keys()):
        ours, theirs = fields.get(name), new.get(name)
        if old.get(name) == theirs:
            continue
        if ours == theirs:
            merge.agree(_called(row, name))
            continue
        if ours is not None and ours != old.get(name):
            merge.conflict(_called(row, name), value_text(ours), value_text(theirs))
            continue
        merge.changed(_called(row, name), value_text(ours), value_text(theirs))
        fields = with_value(fields, name, theirs)
    if fields != row.fields:
        row.fields = dict(fields)
        row.save(update_fields=["fields"])


def take_field(merge: ChangeSet, draft: OrderDraft, field: str) -> bool:
    """Sets the one field that a conflict is about to the store's value; False when the conflict is about no field."""
    for row, theirs in _rows(merge.order, draft):
        for name in sorted(row.fields.keys() | theirs.keys()):
            if words(_called(row, name)) == field:
                merge.changed(_called(row, name), value_text(row.fields.get(name)), value_text(theirs.get(name)))
                row.fields = with_value(row.fields, name, theirs.get(name))
                row.save(update_fields=["fields"])
                return True
    return False


def _rows(order: SalesOrder, draft: OrderDraft) -> Iterator[tuple[Row, dict[str, FieldValue]]]:
    yield order, dict(draft.fields)
    theirs = {line.source_id: line.fields for line in draft.lines}
    for row in order.lines.all():
        yield row, dict(theirs.get(row.source_id or 0, ()))


def _called(row: Row, name: str) -> str:
    if isinstance(row, SalesOrder):
        return f"field {name}"
    return f"field {name} of line {row.position + 1} ({row.part_number})"


def fill_client(client_id: int, fields: Fields, *, before: Fields = (), why: str) -> None:
    """Fills a client's fields from an order: those that are empty, or still as the order's last version had them.

    What a person or another order wrote there stays.
    """
    if not fields:
        return
    client = Client.objects.select_for_update(of=("self",)).get(pk=client_id)
    old = dict(before)
    fitting = {
        name: value
        for name, value in fields
        if client.fields.get(name) != value and client.fields.get(name) in (None, old.get(name))
    }
    if not fitting:
        return
    labels = dict(FieldDefinition.objects.filter(scope=FieldScope.CLIENT).values_list("name", "label"))
    ClientChange.objects.bulk_create(
        ClientChange(
            client=client,
            by=BY,
            what=labels.get(name, name),
            before=value_text(client.fields.get(name)),
            after=value_text(value),
            why=why,
        )
        for name, value in fitting.items()
    )
    client.fields = client.fields | fitting
    client.save(update_fields=["fields"])
