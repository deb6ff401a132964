"""Who bought: find the client and the contact, or say that new ones are needed, and by which rule."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from counterfoil.intake.convert import Buyer
from counterfoil.sales.folding import fold, fold_email, fold_phone
from counterfoil.sales.models import Contact, MatchRule


@dataclass(frozen=True, slots=True)
class Match:
    """The client that was found (None: a new one is needed), by which rule, and the keys it does not hold yet."""

    client_id: int | None
    rule: MatchRule
    new_keys: tuple[tuple[MatchRule, str], ...]


def keys_of(buyer: Buyer, *, by_address: bool) -> tuple[tuple[MatchRule, str], ...]:
    """The keys of an order in the order in which they decide. A guest has no customer key."""
    last_name = fold(buyer.last_name)
    phone = fold_phone(buyer.phone, buyer.country_code) if buyer.phone else ""
    street = fold(buyer.street_1)
    keys = (
        (MatchRule.CUSTOMER, str(buyer.customer_id) if buyer.customer_id else ""),
        (MatchRule.EMAIL, fold_email(buyer.email)),
        (MatchRule.PHONE, f"{phone} {last_name}" if phone and last_name else ""),
        (
            MatchRule.ADDRESS,
            f"{street} {fold(buyer.postcode)} {last_name}" if by_address and street and last_name else "",
        ),
    )
    return tuple((rule, value) for rule, value in keys if value)


def find_client(source: str, buyer: Buyer, *, by_address: bool) -> Match:
    """The client that the first of the order's keys decides for. One statement, whatever the number of clients.

    A client that holds another customer ID of the same store is never taken by a later rule.
    """
    keys = keys_of(buyer, by_address=by_address)
    owners, customer_ids = _held(source, keys)
    for rule, value in keys:
        client_id = owners.get((rule, value))
        if client_id is None:
            continue
        others = customer_ids.get(client_id, set()) - {str(buyer.customer_id)}
        if rule is not MatchRule.CUSTOMER and buyer.customer_id and others:
            continue
        return Match(client_id, rule, tuple(key for key in keys if key not in owners))
    return Match(None, MatchRule.NEW, tuple(key for key in keys if key not in owners))


# Written out, since it runs once an order and the ORM took longer to word it than PostgreSQL to answer it.
_HELD = """
    SELECT held.rule, held.value, held.client_id, ARRAY(
        SELECT other.value FROM sales_clientkey AS other
        WHERE other.client_id = held.client_id AND other.source = held.source AND other.rule = 'customer'
    )
    FROM unnest(%s::text[], %s::text[]) AS wanted (rule, value)
    JOIN sales_clientkey AS held
        ON held.source = %s AND held.rule = wanted.rule AND held.value = wanted.value
"""


def _held(
    source: str, keys: Sequence[tuple[MatchRule, str]]
) -> tuple[dict[tuple[MatchRule, str], int], dict[int, set[str]]]:
    """Who owns each of the keys, and the customer IDs that these clients hold in this store."""
    if not keys:
        return {}, {}
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [[rule.value for rule, _ in keys], [value for _, value in keys], source])
        rows = cursor.fetchall()
    owners = {(MatchRule(rule), value): client_id for rule, value, client_id, _ in rows}
    return owners, {client_id: set(customer_ids) for _, _, client_id, customer_ids in rows}


def find_contact(client_id: int, buyer: Buyer) -> Contact | None:
    """The client's contact by e-mail, else by name where the order or the contact has no e-mail."""
    email_key, name_key = contact_keys(buyer)
    contacts = list(Contact.objects.filter(Q(email_key=email_key) | Q(name_key=name_key), client_id=client_id))
    by_email = [contact for contact in contacts if email_key and contact.email_key == email_key]
    by_name = [contact for contact in contacts if not (email_key and contact.email_key)]
    return next(iter(by_email + by_name), None)


def contact_keys(buyer: Buyer) -> tuple[str, str]:
    """The folded e-mail and the folded name that a contact is known by."""
    return fold_email(buyer.email), fold(f"{buyer.first_name} {buyer.last_name}")
