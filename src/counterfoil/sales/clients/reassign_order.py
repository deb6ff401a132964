"""Not this client: moves an order to the right one, and with it what the next order of this buyer is recognised by."""

from django.db import transaction
from django.db.models import Q

from counterfoil.sales.clients.match_explanation import shown_value
from counterfoil.sales.clients.match_keys import Key, hold_matching, teach
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import (
    AddressKind,
    Client,
    ClientChange,
    ClientKey,
    Contact,
    MatchRule,
    OrderAddress,
    OrderChange,
    SalesOrder,
)
from counterfoil.sales.text.names import client_name


def reassign_order(
    order_id: int, client_id: int | None, *, by: str, why: str = "", seen: int | None = None
) -> SalesOrder:
    """Moves the order to another client, or to a new one (None) made from its bill-to address.

    The buyer's keys go with it where the present client holds them, or nobody: the next order of this buyer finds the
    right client. What a third client holds stays. Raises Refused; `seen`: also where the order is another client's by
    now than that one, which a person saw.
    """
    with transaction.atomic():
        hold_matching()
        order = SalesOrder.objects.select_for_update(of=("self",)).select_related("client", "contact").get(pk=order_id)
        before = order.client
        if seen is not None and before.pk != seen:
            raise Refused(f"This order now belongs to {client_title(before)}.", "Choose again if that’s wrong.")
        client = _new_client(order) if client_id is None else _other_client(order, client_id)
        keys = _move_keys(order, client)
        order.contact = _contact_at(client, order)
        order.client, order.matched_by, order.match_value = client, MatchRule.PERSON, by
        order.save(update_fields=["client", "contact", "matched_by", "match_value"])
        _record(order, before, keys, by=by, why=why)
    return order


def client_title(client: Client) -> str:
    """A client as the history names it, so that two of one name are told apart."""
    return f"{client.name} ({client.pk})"


def _new_client(order: SalesOrder) -> Client:
    bill_to = order.addresses.filter(kind=AddressKind.BILL_TO).first() or OrderAddress()
    contact = order.contact or Contact()
    called = bill_to if bill_to.name else contact
    name = client_name(
        company=bill_to.company,
        last_name=called.last_name,
        first_name=called.first_name,
        email=bill_to.email or contact.email,
        customer_id=next((value for rule, value in order.match_keys if rule == MatchRule.CUSTOMER), ""),
    )
    return Client.objects.create(name=name)


def _other_client(order: SalesOrder, client_id: int) -> Client:
    client = Client.objects.select_related("merged_into").filter(pk=client_id).first()
    if client is None:
        raise Refused("This client doesn’t exist.", "Choose one from the list.")
    if client.merged_into is not None:
        raise Refused(
            f"{client.name} was merged into {client_title(client.merged_into)}.",
            "Choose the client it was merged into.",
        )
    if client.pk == order.client_id:
        raise Refused(f"The order already belongs to {client.name}.", "Choose another client, or create a new one.")
    return client


def _move_keys(order: SalesOrder, client: Client) -> list[Key]:
    """The buyer's keys that the client has got. Three statements at most."""
    keys = [(MatchRule(rule), value) for rule, value in order.match_keys]
    if not keys:
        return []
    named = Q(pk__in=[])
    for rule, value in keys:
        named |= Q(rule=rule, value=value)
    ClientKey.objects.filter(named, client=order.client_id, source=order.source).update(client=client)
    teach(client.pk, order.source, keys)
    held = ClientKey.objects.filter(named, client=client, source=order.source).values_list("rule", "value")
    return [(MatchRule(rule), value) for rule, value in held]


def _contact_at(client: Client, order: SalesOrder) -> Contact | None:
    """The order's contact at its new client: the one who is there already, else the same person, moved or again."""
    contact = order.contact
    if contact is None:
        return None
    by_email = Q(email_key=contact.email_key) if contact.email_key else Q(pk__in=[])
    by_name = Q(name_key=contact.name_key) & (Q(email_key="") if contact.email_key else Q())
    email_key = contact.email_key
    there = list(client.contacts.filter(by_email | by_name).order_by("pk"))
    if there:
        return min(there, key=lambda each: each.email_key != email_key)
    if contact.orders.exclude(pk=order.pk).exists():
        contact = Contact(**{name: getattr(contact, name) for name in _PERSON})
    contact.client = client
    contact.save()
    return contact


_PERSON = ("first_name", "last_name", "email", "phone", "email_key", "name_key")


def _record(order: SalesOrder, before: Client, keys: list[Key], *, by: str, why: str) -> None:
    OrderChange.objects.create(
        order=order, by=by, field="client", before=client_title(before), after=client_title(order.client), why=why
    )
    taught = ", ".join(f"{rule.label} {shown_value(rule, value)}".strip() for rule, value in keys)
    reason = ". ".join(part for part in (why, f"Moved with it: {taught}" if taught else "") if part)
    moved = {"by": by, "what": f"order {order.name}", "why": reason}
    moved |= {"before": client_title(before), "after": client_title(order.client)}
    ClientChange.objects.bulk_create([ClientChange(client=before, **moved), ClientChange(client=order.client, **moved)])
