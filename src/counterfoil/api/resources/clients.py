"""Clients and their contacts."""

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query

from counterfoil.accounts.models import ApiToken
from counterfoil.api.acts import Done, act
from counterfoil.api.authentication import orders_of, token_of
from counterfoil.api.paging import Sorting, envelope, listed, page_of
from counterfoil.api.problems import invalid, not_found
from counterfoil.api.schemas import clients as schemas
from counterfoil.api.schemas.common import Id, PageOf
from counterfoil.api.service import Resource, answer
from counterfoil.sales.clients.contacts import WORDS, edit_contact
from counterfoil.sales.clients.edit import rename_client
from counterfoil.sales.clients.search import clients_with
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Client, Contact, SalesOrder
from counterfoil.stores.json_output import Shape, client_row

router = Resource("Clients")
BY_ID = Sorting("id", "id", downwards=False, is_time=False)


def _clients_of(token: ApiToken) -> QuerySet[Client]:
    """The clients that it may see: all, or those that ordered in its stores."""
    clients = Client.objects.filter(merged_into=None)
    if not token.stores:
        return clients
    return clients.filter(Exists(orders_of(token).filter(client=OuterRef("pk"))))


@router.reads(
    "/clients", PageOf[schemas.ClientSchema], query=schemas.ClientsAsked, operation_id="listClients", url_name="clients"
)
def list_clients(request: HttpRequest, asked: Query[schemas.ClientsAsked]) -> HttpResponse:
    """Lists clients by number. A token limited to some stores sees the clients that ordered there."""
    token = token_of(request)
    clients = _clients_of(token).prefetch_related(_contacts_along(token))
    if asked.q.strip():
        clients = clients.filter(pk__in=clients_with(asked.q).order_by().values("pk"))
    page = page_of(clients, BY_ID, cursor=asked.cursor, limit=asked.limit)
    orders = _order_counts(token, [client.pk for client in page.rows])
    data = [_row(client, orders.get(client.pk, 0)) for client in page.rows]
    return answer(envelope(request, data, page.cursor, has_more=page.has_more))


def _row(client: Client, orders: int) -> Shape:
    """As the command has it, and the ids of the contacts."""
    row = client_row(client, orders)
    contacts = zip(client.contacts.all(), row["contacts"], strict=True)
    return row | {"contacts": [{"id": contact.pk} | shape for contact, shape in contacts]}


def _order_counts(token: ApiToken, ids: list[int]) -> dict[int, int]:
    """How many orders of each client the token may see. One statement."""
    orders = orders_of(token).filter(client__in=ids).order_by()
    return dict(orders.values_list("client").annotate(Count("pk")))


@router.reads("/clients/{client}", schemas.ClientSchema, operation_id="getClient", url_name="client")
def get_client(request: HttpRequest, client: Id) -> HttpResponse:
    """One client, by its number."""
    return answer(_client(token_of(request), client))


def _client(token: ApiToken, pk: int) -> Shape:
    found = _clients_of(token).filter(pk=pk).prefetch_related(_contacts_along(token)).first()
    if found is None:
        raise not_found(f"There is no client {pk}.", "GET /api/v1/clients lists them.")
    return _row(found, _order_counts(token, [pk]).get(pk, 0))


@router.acts(
    "patch",
    "/clients/{client}",
    {200: schemas.ClientSchema},
    scope="manage",
    operation_id="renameClient",
    url_name="client",
)
def rename(request: HttpRequest, client: Id, sent: schemas.ClientSent) -> HttpResponse:
    """Renames a client. Its orders show the new name."""
    token = token_of(request)

    def do() -> Done:
        before = _client(token, client)
        _require_own(token, client)
        rename_client(client, sent.name, by=token.by, why=sent.why)
        return Done(_client(token, client), "Renamed a client.", f"No. {client}, {before['name']}")

    return act(request, do)


@router.reads(
    "/contacts",
    PageOf[schemas.ContactSchema],
    query=schemas.ContactsAsked,
    operation_id="listContacts",
    url_name="contacts",
)
def list_contacts(request: HttpRequest, asked: Query[schemas.ContactsAsked]) -> HttpResponse:
    """Lists the contacts of all clients or of one client. A token limited to some stores sees who ordered there."""
    contacts = _contacts_of(token_of(request))
    if asked.client is not None:
        contacts = contacts.filter(client=asked.client)
    page = page_of(contacts, BY_ID, cursor=asked.cursor, limit=asked.limit)
    return answer(listed(request, page, _contact_row))


@router.reads("/contacts/{contact}", schemas.ContactSchema, operation_id="getContact", url_name="contact")
def get_contact(request: HttpRequest, contact: Id) -> HttpResponse:
    """One contact."""
    return answer(_contact_row(_contact(token_of(request), contact)))


@router.acts(
    "patch",
    "/contacts/{contact}",
    {200: schemas.ContactSchema},
    scope="manage",
    operation_id="editContact",
    url_name="contact",
)
def edit(request: HttpRequest, contact: Id, sent: schemas.ContactSent) -> HttpResponse:
    """Changes the name, e-mail or phone of a contact."""
    token = token_of(request)
    entered = {name: value for name in WORDS if (value := getattr(sent, name)) is not None}
    if not entered:
        raise invalid("", "There is nothing to change.", f"Send at least one of: {', '.join(WORDS)}.")

    def do() -> Done:
        found = _contact(token, contact)
        _require_own(token, found.client_id)
        edit_contact(found.pk, entered, by=token.by)
        found.refresh_from_db()
        return Done(_contact_row(found), "Changed a contact.", f"{found} of client {found.client_id}")

    return act(request, do)


def _contacts_of(token: ApiToken) -> QuerySet[Contact]:
    """The contacts that it may see: all, or those of the orders in its stores."""
    contacts = Contact.objects.all()
    if not token.stores:
        return contacts
    return contacts.filter(Exists(orders_of(token).filter(contact=OuterRef("pk"))))


def _contacts_along(token: ApiToken) -> "Prefetch[str, QuerySet[Contact], str]":
    return Prefetch("contacts", _contacts_of(token))


def _require_own(token: ApiToken, client: int) -> None:
    """Raises Refused where a client ordered in other stores too, and the token is limited to some."""
    theirs = SalesOrder.objects.filter(client=client)
    if token.stores and theirs.exclude(pk__in=orders_of(token).filter(client=client).values("pk")).exists():
        raise Refused("This client also ordered in other stores.", "Use a token for all stores to change it.")


def _contact(token: ApiToken, pk: int) -> Contact:
    found = _contacts_of(token).filter(pk=pk).first()
    if found is None:
        raise not_found(f"There is no contact {pk}.", "GET /api/v1/contacts lists them.")
    return found


def _contact_row(contact: Contact) -> Shape:
    return {
        "id": contact.pk,
        "client": contact.client_id,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
    }
