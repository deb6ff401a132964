"""Puts the buyer of an order into the sales data: the client with its keys, and the contacts."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import connection

from counterfoil.intake.conversion.converter import Buyer
from counterfoil.intake.matching.clients import Match, MatchOptions, match_client
from counterfoil.intake.matching.contacts import people_of, resolve_contacts
from counterfoil.sales.clients.match_keys import teach
from counterfoil.sales.db.raw_rows import insert
from counterfoil.sales.models import Client, Contact, MatchRule
from counterfoil.sales.orders.drafts import AddressDraft
from counterfoil.sales.text.names import client_name
from counterfoil.sales.text.normalize import fold_email
from counterfoil.stores.models import WebIntegration


@dataclass(frozen=True, slots=True)
class ResolvedBuyer:
    """Who bought: the client, the contact, and how the client was found."""

    client_id: int
    contact: Contact
    match: Match

    @property
    def how(self) -> dict[str, object]:
        """The columns of the sales order that tell, besides the rule, why it matches this client."""
        return how_matched(self.match)


def how_matched(match: Match) -> dict[str, object]:
    """The columns of a sales order that tell how its client was found, besides the rule."""
    return {
        "match_value": match.value,
        "match_others": [asdict(each) for each in match.others],
        "match_keys": [[rule.value, value] for rule, value in match.keys],
    }


def resolve_buyer(integration: WebIntegration, buyer: Buyer, addresses: Iterable[AddressDraft] = ()) -> ResolvedBuyer:
    """The client and the contact of an order, made where they are missing, and the rule that found the client."""
    client_id, match = _resolve_client(integration, buyer)
    people = people_of(buyer, addresses)
    contact = resolve_contacts(client_id, people, new_client=match.rule is MatchRule.NEW)
    return ResolvedBuyer(client_id, contact, match)


def _resolve_client(integration: WebIntegration, buyer: Buyer) -> tuple[int, Match]:
    """One statement to find the client and one to teach it keys; a new client takes one more."""
    options = MatchOptions.of(integration)
    match = match_client(integration.code, buyer, options)
    if match.client_id is None and options.across_stores and options.by_email:
        _wait_for_others_with(fold_email(buyer.email))
        match = match_client(integration.code, buyer, options)
    while match.client_id is None:
        (client_id,) = insert(Client, [{"name": name_of(buyer)}])
        if teach(client_id, integration.code, match.new_keys) == len(match.new_keys):
            return client_id, match
        # Another order took one of the keys meanwhile, so its client is the one to find.
        Client.objects.filter(pk=client_id).delete()
        match = match_client(integration.code, buyer, options)
    teach(match.client_id, integration.code, match.new_keys)
    return match.client_id, match


def _wait_for_others_with(email: str) -> None:
    """Two stores may see a new buyer at the same moment, and their keys do not meet: one waits for the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [email])


def resolve_contact(client_id: int, buyer: Buyer) -> Contact:
    """The client's contact for this buyer, made where it is missing."""
    return resolve_contacts(client_id, people_of(buyer, ()))


def name_of(buyer: Buyer) -> str:
    """What a client made for this buyer is called."""
    return client_name(
        company=buyer.company,
        last_name=buyer.last_name,
        first_name=buyer.first_name,
        email=buyer.email,
        customer_id=buyer.customer_id,
    )
