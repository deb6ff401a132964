"""Puts the buyer of an order into the books: the client with its keys, and the contact."""

from counterfoil.intake.convert import Buyer
from counterfoil.intake.match import contact_keys, find_client, find_contact
from counterfoil.sales.models import Client, ClientKey, Contact, MatchRule
from counterfoil.sales.rows import insert, insert_one
from counterfoil.stores.models import WebIntegration


def settle_buyer(integration: WebIntegration, buyer: Buyer) -> tuple[int, Contact, MatchRule]:
    """The client's id and the contact of an order, made where they are missing, and the rule that found the client."""
    match = find_client(integration.code, buyer, by_address=integration.match_by_address)
    client_id = match.client_id
    if client_id is None:
        (client_id,) = insert(Client, [{"name": client_name(buyer)}])
        contact = _new_contact(client_id, buyer)
    else:
        contact = settle_contact(client_id, buyer)
    teach(integration, client_id, match.new_keys)
    return client_id, contact, match.rule


def teach(integration: WebIntegration, client_id: int, keys: tuple[tuple[MatchRule, str], ...]) -> None:
    """Gives the client keys that no client holds yet."""
    insert(
        ClientKey,
        [{"client_id": client_id, "source": integration.code, "rule": rule, "value": value} for rule, value in keys],
    )


def settle_contact(client_id: int, buyer: Buyer) -> Contact:
    """The client's contact for this buyer; one that had no e-mail so far takes the buyer's."""
    contact = find_contact(client_id, buyer)
    if contact is None:
        return _new_contact(client_id, buyer)
    email_key, _ = contact_keys(buyer)
    if email_key and not contact.email_key:
        contact.email, contact.email_key = buyer.email, email_key
        contact.save(update_fields=["email", "email_key"])
    return contact


def _new_contact(client_id: int, buyer: Buyer) -> Contact:
    email_key, name_key = contact_keys(buyer)
    return insert_one(
        Contact,
        {
            "client_id": client_id,
            "first_name": buyer.first_name,
            "last_name": buyer.last_name,
            "email": buyer.email,
            "phone": buyer.phone,
            "email_key": email_key,
            "name_key": name_key,
        },
    )


def client_name(buyer: Buyer) -> str:
    """The company if there is one, else the last name; what else there is for someone without either."""
    return buyer.company or buyer.last_name or buyer.first_name or buyer.email or "Guest without a name"
