"""The people of a client: one contact with its orders and history, and who of them ordered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterfoil.accounts.models import Role
from counterfoil.sales.clients.contacts import (
    WORDS,
    add_contact,
    choose_contact,
    edit_contact,
    merge_contacts,
    others_of,
)
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Client, Contact, SalesOrder
from counterfoil.web.clients.contact_form import entered_contact
from counterfoil.web.clients.views import client_page
from counterfoil.web.orders.tables import hide_repeated_numbers, orders_of_client
from counterfoil.web.ui.links import order_path
from counterfoil.web.ui.redirects import redirect_back
from counterfoil.web.ui.request_data import key_in, shown_in, typed_in
from counterfoil.web.ui.security import current_user, role_required
from counterfoil.web.ui.tables import paginated

MOST_SHOWN = 200


@role_required(Role.VIEWER)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One contact."""
    return _contact_page(request, pk)


def _contact_page(request: HttpRequest, pk: int, refused: Refused | None = None) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.select_related("client"), pk=pk)
    orders = SalesOrder.objects.filter(contact=contact)
    table = paginated(request, orders_of_client(orders))
    hide_repeated_numbers(table)
    context = {
        "contact": contact,
        "client": contact.client,
        "values": entered_contact(request.POST if refused else {}, contact),
        "shown": shown_in(request.POST, WORDS) if refused else {name: getattr(contact, name) for name in WORDS},
        "others": others_of(contact)[:MOST_SHOWN],
        "changes": contact.changes.order_by("-pk")[:MOST_SHOWN],
        "table": table,
        "listed": table.data.data,
        "refused": refused,
        "other": getattr(refused, "other", None),
    }
    return render(request, "web/clients/contacts/show.html", context, status=422 if refused else 200)


@role_required(Role.CLERK)
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds a contact to a client."""
    get_object_or_404(Client, pk=pk)
    try:
        contact = add_contact(pk, entered_contact(request.POST), by=str(current_user(request)))
    except Refused as refused:
        return client_page(request, pk, refused)
    return redirect_back(request, reverse("client", args=[pk]), f"{contact} is now a contact of this client.")


@role_required(Role.CLERK)
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Corrects a contact."""
    contact = get_object_or_404(Contact, pk=pk)
    try:
        typed = typed_in(request.POST, entered_contact(request.POST, contact))
        changed = edit_contact(pk, typed, by=str(current_user(request)))
    except Refused as refused:
        return _contact_page(request, pk, refused)
    said = f"Saved: {', '.join(changed)}." if changed else "Nothing was changed."
    return redirect_back(request, reverse("contact", args=[pk]), said)


@role_required(Role.CLERK)
@require_POST
def merge_into(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes one of two: the other one's orders come to this contact, and it takes what it lacks."""
    get_object_or_404(Contact, pk=pk)
    try:
        other = key_in(request.POST, "other")
        if other is None:
            raise Refused("No contact selected.", "Choose the contact that is the same person.")
        kept = merge_contacts(pk, other, by=str(current_user(request)))
    except Refused as refused:
        return _contact_page(request, pk, refused)
    return redirect_back(request, reverse("contact", args=[pk]), f"Merged into {kept}.")


@role_required(Role.CLERK)
@require_http_methods(["GET", "POST"])
def of_order(request: HttpRequest, number: int) -> HttpResponse:
    """Chooses who at the client ordered, from the contacts there are, or a new one."""
    order = get_object_or_404(SalesOrder.objects.select_related("client", "contact"), number=number)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            return _choose(request, order)
        except Refused as no:
            refused = no
    contacts = order.client.contacts.order_by("last_name", "first_name", "pk")[:MOST_SHOWN]
    context = {
        "order": order,
        "contacts": contacts,
        "entered": entered_contact(request.POST),
        "chosen": key_in(request.POST, "contact") if refused else order.contact_id,
        "refused": refused,
        "other": getattr(refused, "other", None),
    }
    return render(request, "web/clients/contacts/order_contact.html", context, status=422 if refused else 200)


def _choose(request: HttpRequest, order: SalesOrder) -> HttpResponse:
    who, chosen = str(current_user(request)), key_in(request.POST, "contact")
    if "new" in request.POST:
        chosen = add_contact(order.client_id, entered_contact(request.POST), by=who).pk
    if chosen is None:
        raise Refused("No contact selected.", "Choose one, or add a new one.")
    changed = choose_contact(order.pk, chosen, by=who)
    said = "The order’s contact was changed." if changed else "Nothing was changed."
    return redirect_back(request, order_path(order), said)
