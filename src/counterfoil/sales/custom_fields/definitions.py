"""The merchant's own fields: their definitions, and their values on orders, lines and clients, with a history."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.db import transaction

from counterfoil.sales.custom_fields.values import FieldValue, checked, value_text
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import (
    Client,
    ClientChange,
    FieldDefinition,
    FieldScope,
    FieldType,
    OrderChange,
    OrderLine,
    SalesOrder,
)
from counterfoil.sales.settings.ordering import move

LONGEST_LABEL = 60
LONGEST_CHOICE = 200
MOST_CHOICES = 500
MOST_FIELDS = 200
NAME = re.compile("[a-z][a-z0-9_]{0,59}")


def add_field(
    scope: FieldScope, label: str, kind: FieldType, *, choices: Sequence[str] = (), name: str = ""
) -> FieldDefinition:
    """A new field at the end of its scope's list. `name` is made of the label when none is given. Raises Refused."""
    with transaction.atomic():
        known = list(FieldDefinition.objects.select_for_update().filter(scope=scope))
        if len(known) >= MOST_FIELDS:
            raise Refused(f"There are already {MOST_FIELDS} of these fields.", "Restore a retired one instead.")
        label = _free_label(label, known)
        return FieldDefinition.objects.create(
            scope=scope,
            name=_free_name(name or name_from(label), known),
            label=label,
            type=kind,
            choices=_fit_choices(kind, choices),
            position=max((field.position for field in known), default=-1) + 1,
        )


def change_field(
    field_id: int, *, label: str | None = None, choices: Sequence[str] | None = None, retired: bool | None = None
) -> FieldDefinition:
    """Changes what may change about a field; its name, scope and type stay. Values that were kept stay as they are."""
    with transaction.atomic():
        field = _field(field_id)
        others = list(FieldDefinition.objects.filter(scope=field.scope).exclude(pk=field_id))
        if label is not None:
            field.label = _free_label(label, others)
        if choices is not None:
            field.choices = _fit_choices(FieldType(field.type), choices)
        if retired is not None:
            field.retired = retired
        field.save()
        return field


def move_field(field_id: int, *, up: bool) -> None:
    """Moves a field one place up or down in its scope's list; at the end of the list nothing happens."""
    with transaction.atomic():
        field = _field(field_id)
        fields = list(FieldDefinition.objects.select_for_update().filter(scope=field.scope))
        move(fields, field, up=up)


def name_from(label: str) -> str:
    """A name made of a label: "Größe (cm)" becomes "grosse_cm", and "It's a gift" becomes "its_a_gift"."""
    plain = unicodedata.normalize("NFKD", label.casefold().replace("'", "")).encode("ascii", "ignore").decode()
    name = re.sub("[^a-z0-9]+", "_", plain).strip("_")[:60]
    return name if name[:1].isalpha() else f"field_{name}".rstrip("_")[:60]


def set_field(order_id: int, name: str, value: object, *, by: str, line_id: int | None = None, why: str = "") -> bool:
    """Sets a field of an order, or of one of its lines; "" or None empties it. False when it was so already.

    Raises Refused for a value that does not fit, and for a field or line that is not there.
    """
    scope = FieldScope.ORDER if line_id is None else FieldScope.LINE
    field, new = _fitting(scope, name, value)
    with transaction.atomic():
        order = SalesOrder.objects.select_for_update(of=("self",)).filter(pk=order_id).first()
        if order is None:
            raise Refused("This sales order doesn’t exist.")
        row: SalesOrder | OrderLine = order if line_id is None else _line(order, line_id)
        before = row.fields.get(name)
        if before == new:
            return False
        row.fields = with_value(row.fields, name, new)
        row.save(update_fields=["fields"])
        called = field.label if isinstance(row, SalesOrder) else f"{field.label} of {row}"
        OrderChange.objects.create(
            order=order, by=by, field=called, before=value_text(before), after=value_text(new), why=why
        )
        return True


def set_client_field(client_id: int, name: str, value: object, *, by: str, why: str = "") -> bool:
    """Sets a field of a client; "" or None empties it. False when it was so already. Raises Refused."""
    field, new = _fitting(FieldScope.CLIENT, name, value)
    with transaction.atomic():
        client = Client.objects.select_for_update(of=("self",)).filter(pk=client_id).first()
        if client is None:
            raise Refused("This client doesn’t exist.")
        before = client.fields.get(name)
        if before == new:
            return False
        client.fields = with_value(client.fields, name, new)
        client.save(update_fields=["fields"])
        ClientChange.objects.create(
            client=client, by=by, what=field.label, before=value_text(before), after=value_text(new), why=why
        )
        return True


def with_value(fields: Mapping[str, FieldValue], name: str, value: FieldValue | None) -> dict[str, FieldValue]:
    """The values with one of them set, or taken away for None."""
    kept = {key: each for key, each in fields.items() if key != name}
    return kept if value is None else kept | {name: value}


def field_rows(scope: FieldScope, fields: Mapping[str, FieldValue]) -> list[tuple[FieldDefinition, str]]:
    """Every field of the scope with its value as people read it, for a page; retired ones only where they have one."""
    definitions = FieldDefinition.objects.filter(scope=scope)
    return [
        (each, value_text(fields.get(each.name))) for each in definitions if not each.retired or each.name in fields
    ]


def _fitting(scope: FieldScope, name: str, value: object) -> tuple[FieldDefinition, FieldValue | None]:
    field = FieldDefinition.objects.filter(scope=scope, name=name).first()
    if field is None:
        raise Refused(f"There’s no field “{name}” for a {scope.label.lower()}.")
    new = checked(field, value)
    if field.retired and new is not None:
        raise Refused(f"“{field.label}” is retired and takes no new values.", "Restore the field first.")
    return field, new


def _field(field_id: int) -> FieldDefinition:
    field = FieldDefinition.objects.select_for_update().filter(pk=field_id).first()
    if field is None:
        raise Refused("This field doesn’t exist.")
    return field


def _line(order: SalesOrder, line_id: int) -> OrderLine:
    line = order.lines.filter(pk=line_id).first()
    if line is None:
        raise Refused(f"The order {order.name} doesn’t have this line.")
    return line


def _free_label(label: str, others: Sequence[FieldDefinition]) -> str:
    label = " ".join(label.split())
    if not label or len(label) > LONGEST_LABEL:
        raise Refused(f"A field needs a label of 1 to {LONGEST_LABEL} characters.")
    if any(each.label.casefold() == label.casefold() for each in others):
        raise Refused(f"There’s already a field “{label}”.")
    return label


def _free_name(name: str, others: Sequence[FieldDefinition]) -> str:
    if not NAME.fullmatch(name):
        raise Refused(
            f"“{name[:80]}” isn’t a valid field name.",
            "Use lowercase letters, digits and underscores, 60 at most, starting with a letter.",
        )
    if any(each.name == name for each in others):
        raise Refused(f"There’s already a field named “{name}”.")
    return name


def _fit_choices(kind: FieldType, choices: Sequence[str]) -> list[str]:
    fit = list(dict.fromkeys(text for choice in choices if (text := " ".join(choice.split()))))
    if kind != FieldType.CHOICE:
        if fit:
            raise Refused(f"A field of the type “{kind.label}” has no choices.")
        return []
    if not fit:
        raise Refused("A choice needs something to choose from.", "Enter one choice per line.")
    if len(fit) > MOST_CHOICES or any(len(choice) > LONGEST_CHOICE for choice in fit):
        raise Refused(f"A field takes at most {MOST_CHOICES} choices of at most {LONGEST_CHOICE} characters.")
    if len({choice.casefold() for choice in fit}) < len(fit):
        raise Refused("Two of the choices differ only in capitalization.")
    return fit
