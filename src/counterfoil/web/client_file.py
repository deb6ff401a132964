"""The clients with their contacts as a file."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from counterfoil.sales.custom_fields.values import FieldValue, value_text
from counterfoil.sales.models import Client, Contact, FieldDefinition, FieldScope, FieldType
from counterfoil.web.book_tables import shown_clients
from counterfoil.web.row_files import in_chunks

COLUMNS = ("number", "client", "orders", "latest_order")
OF_A_CONTACT = ("first_name", "last_name", "email", "phone")


def client_records(ids: Sequence[int]) -> Iterator[list[object]]:
    """A row for each contact, its header first; a client without contacts has one row. Further fields stand last."""
    definitions = list(FieldDefinition.objects.filter(scope=FieldScope.CLIENT))
    yield [*COLUMNS, *OF_A_CONTACT, *(each.name for each in definitions)]
    for client, contact in in_chunks(ids, _with_contacts):
        latest = getattr(client, "latest", None)
        yield [
            *(client.pk, client.name, getattr(client, "order_count", 0)),
            latest.isoformat(timespec="seconds") if latest else "",
            *(getattr(contact, name) for name in OF_A_CONTACT),
            *(_written(each, client.fields.get(each.name)) for each in definitions),
        ]


def _written(definition: FieldDefinition, value: FieldValue | None) -> str | Decimal:
    """A number as one, so that a spreadsheet adds it up also below zero."""
    text = value_text(value)
    return Decimal(text) if text and definition.type == FieldType.NUMBER else text


def _with_contacts(ids: Sequence[int]) -> list[tuple[Client, Contact]]:
    """Two statements."""
    people: dict[int, list[Contact]] = {}
    for contact in Contact.objects.filter(client__in=ids).order_by("pk"):
        people.setdefault(contact.client_id, []).append(contact)
    return [(client, contact) for client in shown_clients(ids) for contact in people.get(client.pk, [Contact()])]
