"""Clients: the list, one client with all that belongs to it, and two that are one."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterfoil.sales.further_fields import set_client_field
from counterfoil.sales.merging import MergePreview, merge, merge_preview
from counterfoil.sales.models import Client, FieldDefinition, FieldScope, SalesOrder
from counterfoil.sales.refusals import Refused
from counterfoil.web.book_filters import ClientFilter
from counterfoil.web.book_tables import ClientTable, listed_clients
from counterfoil.sales.finding_clients import some_clients_with
from counterfoil.web.field_inputs import field_inputs
from counterfoil.web.filters import narrowed
from counterfoil.web.going_back import back
from counterfoil.web.models import Role
from counterfoil.web.security import person, role_required
from counterfoil.web.sent import key_in, text_in
from counterfoil.web.tables import OrderTable, configured
from counterfoil.web.views.orders import ALONG

MOST_SHOWN = 200


@role_required(Role.VIEWER)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The list, searched by name, e-mail and phone."""
    chosen = ClientFilter(request.GET, queryset=listed_clients())
    table = configured(request, ClientTable(chosen.qs))
    context = {"table": table, "count": table.paginator.count, "narrowed": narrowed(chosen), "filter": chosen}
    return render(request, "web/clients/index.html", context)


@role_required(Role.VIEWER)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One client: contacts, orders, what it is recognised by, its further fields and its history."""
    return _client_page(request, pk)


def _client_page(request: HttpRequest, pk: int, refused: Refused | None = None) -> HttpResponse:
    client = get_object_or_404(Client.objects.select_related("merged_into"), pk=pk)
    orders = SalesOrder.objects.filter(client=client).select_related(*ALONG)
    definitions = FieldDefinition.objects.filter(scope=FieldScope.CLIENT)
    context = {
        "client": client,
        "contacts": client.contacts.order_by("last_name", "first_name", "pk")[:MOST_SHOWN],
        "keys": client.keys.order_by("source", "pk")[:MOST_SHOWN],
        "merged": client.merged_clients.all()[:MOST_SHOWN],
        "changes": client.changes.order_by("-pk")[:MOST_SHOWN],
        "inputs": field_inputs(definitions, client.fields, request.POST if refused else None),
        "table": configured(request, OrderTable(orders, exclude=("choice", "client", "po_number"))),
        "refused": refused,
    }
    return render(request, "web/clients/show.html", context, status=422 if refused else 200)


@role_required(Role.CLERK)
@require_POST
def set_fields(request: HttpRequest, pk: int) -> HttpResponse:
    """Sets the client's further fields."""
    client = get_object_or_404(Client, pk=pk)
    definitions = FieldDefinition.objects.filter(scope=FieldScope.CLIENT)
    changed = [each for each in field_inputs(definitions, client.fields, request.POST) if each.is_changed]
    try:
        with transaction.atomic():
            for each in changed:
                set_client_field(client.pk, each.field.name, each.value, by=str(person(request)))
    except Refused as refused:
        return _client_page(request, pk, refused)
    return back(request, reverse("client", args=[pk]), "Saved." if changed else "Nothing was changed.")


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
        done = merge(keep.pk, other, by=str(person(request)), why=text_in(request.POST, "why", 500))
    except Refused as refused:
        return _merge_page(request, keep, other, refused)
    return back(request, reverse("client", args=[pk]), f"{done.drop} is merged into {done.keep}.")


def _merge_page(request: HttpRequest, keep: Client, other: int, refused: Refused | None = None) -> HttpResponse:
    """What the merge would do."""
    preview: MergePreview | None = None
    try:
        preview = merge_preview(keep.pk, other)
    except Refused as no:
        refused = refused or no
    context = {"client": keep, "preview": preview, "refused": refused, "why": text_in(request.POST, "why", 500)}
    return render(request, "web/clients/merge.html", context, status=422 if refused else 200)
