"""Clients: the list, one client with all that belongs to it, and two that are one."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterfoil.accounts.audit import audit
from counterfoil.accounts.models import Role
from counterfoil.sales.clients.addresses import used_addresses
from counterfoil.sales.clients.edit import LONGEST_NAME, rename_client
from counterfoil.sales.clients.merge import MergePreview, merge, merge_preview
from counterfoil.sales.clients.search import some_clients_with
from counterfoil.sales.clients.statistics import ordered_by, where_learnt
from counterfoil.sales.custom_fields.definitions import set_client_field
from counterfoil.sales.custom_fields.values import FieldValue, value_text
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Client, Contact, FieldDefinition, FieldScope, FieldType, SalesOrder
from counterfoil.sales.models.clients import client_sorting
from counterfoil.web.clients.contact_form import entered_contact
from counterfoil.web.clients.filters import ClientFilter
from counterfoil.web.clients.tables import ClientTable, listed_clients, shown_clients
from counterfoil.web.orders.tables import hide_repeated_numbers, orders_of_client
from counterfoil.web.ui.csv_pages import csv_stream, in_chunks
from counterfoil.web.ui.custom_field_inputs import field_inputs
from counterfoil.web.ui.filters import narrowed
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in, text_in
from counterfoil.web.ui.security import current_user, role_required
from counterfoil.web.ui.tables import paginated

COLUMNS = ("number", "client", "orders", "latest_order")
OF_A_CONTACT = ("first_name", "last_name", "email", "phone")


def client_records(ids: Sequence[int]) -> Iterator[list[object]]:
    """A row for each contact, its header first; a client without contacts has one row. Custom fields stand last."""
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


MOST_SHOWN = 200
MOST_ADDRESSES = 20
MOST_IN_FILE = 100_000


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The list, searched by name, e-mail, phone and what clients are recognised by."""
    chosen = ClientFilter(request.GET, queryset=Client.objects.filter(merged_into=None))
    table = paginated(request, ClientTable(listed_clients(chosen.qs)))
    context = {"table": table, "listed": table.data.data, "narrowed": narrowed(chosen), "filter": chosen}
    return render(request, "web/clients/index.html", context)


@role_required(Role.VIEWER)
@require_GET
def file(request: HttpRequest) -> StreamingHttpResponse:
    """The clients that the list is narrowed to with all their contacts, as CSV."""
    clients = Client.objects.filter(merged_into=None).order_by(client_sorting(), "pk")
    ids = list(ClientFilter(request.GET, queryset=clients).qs.values_list("pk", flat=True)[:MOST_IN_FILE])
    audit(request, f"Downloaded {len(ids)} client{'' if len(ids) == 1 else 's'} as CSV.")
    return csv_stream("clients", client_records(ids))


@role_required(Role.VIEWER)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One client: contacts, orders, what it is recognised by, its custom fields and its history."""
    return client_page(request, pk)


def client_page(request: HttpRequest, pk: int, refused: Refused | None = None) -> HttpResponse:
    """The client's page; `refused`: why what was just sent was not done, and what was typed stays."""
    client = get_object_or_404(Client.objects.select_related("merged_into"), pk=pk)
    definitions = FieldDefinition.objects.filter(scope=FieldScope.CLIENT)
    keys = client.keys.order_by("source", "pk")[:MOST_SHOWN]
    orders = SalesOrder.objects.filter(client=client)
    table = paginated(request, orders_of_client(orders))
    hide_repeated_numbers(table)
    ordered = ordered_by(client)
    addresses, number_of_addresses = used_addresses(client.pk, MOST_ADDRESSES)
    sent = request.POST if refused else None
    context = {
        "client": client,
        "ordered": ordered,
        "latest": max((each.latest for each in ordered), default=None),
        "contacts": client.contacts.order_by("last_name", "first_name", "pk")[:MOST_SHOWN],
        "addresses": addresses,
        "more_addresses": max(0, number_of_addresses - MOST_ADDRESSES),
        "keys": where_learnt(client, keys),
        "merged": client.merged_clients.all()[:MOST_SHOWN],
        "changes": client.changes.order_by("-pk")[:MOST_SHOWN],
        "inputs": field_inputs(definitions, client.fields, sent),
        "table": table,
        "listed": table.data.data,
        "refused": refused,
        "other": getattr(refused, "other", None),
        "entered": entered_contact(sent or {}),
        "name": text_in(sent or {}, "name", LONGEST_NAME + 1) or client.name,
    }
    return render(request, "web/clients/show.html", context, status=422 if refused else 200)


@role_required(Role.CLERK)
@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the client another name."""
    get_object_or_404(Client, pk=pk)
    name, why = text_in(request.POST, "name", LONGEST_NAME + 1), text_in(request.POST, "why", 500)
    try:
        changed = rename_client(pk, name, by=str(current_user(request)), why=why)
    except Refused as refused:
        return client_page(request, pk, refused)
    return redirect_back(
        request, reverse("client", args=[pk]), "Client renamed." if changed else "Nothing was changed."
    )


@role_required(Role.CLERK)
@require_POST
def set_fields(request: HttpRequest, pk: int) -> HttpResponse:
    """Sets the client's custom fields."""
    client = get_object_or_404(Client, pk=pk)
    definitions = FieldDefinition.objects.filter(scope=FieldScope.CLIENT)
    changed = [each for each in field_inputs(definitions, client.fields, request.POST) if each.is_changed]
    try:
        with transaction.atomic():
            for each in changed:
                set_client_field(client.pk, each.field.name, each.value, by=str(current_user(request)))
    except Refused as refused:
        return client_page(request, pk, refused)
    return redirect_back(request, reverse("client", args=[pk]), "Saved." if changed else "Nothing was changed.")


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def merge_into(request: HttpRequest, pk: int) -> HttpResponse:
    """Merges another client into this one: find it, look at what moves, confirm."""
    keep = get_object_or_404(Client, pk=pk)
    sent = request.POST if request.method == "POST" else request.GET
    other = key_in(sent, "other")
    if other is None:
        words = text_in(request.GET, "q", 200)
        found = some_clients_with(words, but=keep.pk)
        return render(request, "web/clients/merge_find.html", {"client": keep, "words": words, "found": found})
    if request.method == "GET":
        return _merge_page(request, keep, other)
    try:
        done = merge(keep.pk, other, by=str(current_user(request)), why=text_in(request.POST, "why", 500))
    except Refused as refused:
        return _merge_page(request, keep, other, refused)
    return redirect_back(request, reverse("client", args=[pk]), f"{done.drop} was merged into {done.keep}.")


def _merge_page(request: HttpRequest, keep: Client, other: int, refused: Refused | None = None) -> HttpResponse:
    """What the merge would do."""
    preview: MergePreview | None = None
    try:
        preview = merge_preview(keep.pk, other)
    except Refused as no:
        refused = refused or no
    context = {"client": keep, "preview": preview, "refused": refused, "why": text_in(request.POST, "why", 500)}
    return render(request, "web/clients/merge.html", context, status=422 if refused else 200)
