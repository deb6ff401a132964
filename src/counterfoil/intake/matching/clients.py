"""Who bought: find the client, or say that a new one is needed, and by which rule (design, rule 6)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from counterfoil.intake.conversion.converter import Buyer
from counterfoil.sales.clients.match_keys import Key
from counterfoil.sales.models import MatchRule
from counterfoil.sales.text.names import is_company_name, is_name, person_name, real_names
from counterfoil.sales.text.normalize import fold, fold_email, fold_phone
from counterfoil.stores.models import WebIntegration

A_FEW = 3  # clients may share a phone; when more do, it is a switchboard or a marketplace and says nothing


@dataclass(frozen=True, slots=True)
class MatchOptions:
    """Which rules are asked. The customer ID is always asked, for it is the store's own word for who bought."""

    by_email: bool = True
    by_phone: bool = True
    by_address: bool = False
    across_stores: bool = False
    guest_client_id: int | None = None

    @classmethod
    def of(cls, integration: WebIntegration) -> "MatchOptions":
        """As the web integration says."""
        return cls(
            by_email=integration.match_by_email,
            by_phone=integration.match_by_phone,
            by_address=integration.match_by_address,
            across_stores=integration.match_across_stores,
            guest_client_id=integration.guest_client_id,
        )


@dataclass(frozen=True, slots=True)
class RejectedCandidate:
    """A client that another key of the order names; `why` is empty where only an earlier rule stood before it.

    Without a client it is a key that did not count, and `why` says so.
    """

    rule: MatchRule
    value: str
    client_id: int | None
    name: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The client that was found (None: a new one is needed), by which rule and key, and who else was named.

    `keys` are all that count of the order's; `new_keys` those of them that no client holds and this one is to get.
    """

    client_id: int | None
    rule: MatchRule
    value: str = ""
    keys: tuple[Key, ...] = ()
    new_keys: tuple[Key, ...] = ()
    others: tuple[RejectedCandidate, ...] = field(default=())


def keys_of(buyer: Buyer, options: MatchOptions) -> tuple[Key, ...]:
    """The keys of an order in the order in which they decide. A guest has no customer key.

    What stands for no name is none here either, or all whom a checkout calls "N/A" would share a last name.
    """
    last_name = fold(real_names(buyer.first_name, buyer.last_name)[1])
    street = fold(buyer.street_1) if is_name(buyer.street_1) else ""
    phone = fold_phone(buyer.phone, buyer.country_code) if options.by_phone and buyer.phone else ""
    keys = (
        (MatchRule.CUSTOMER, str(buyer.customer_id) if buyer.customer_id else ""),
        (MatchRule.EMAIL, fold_email(buyer.email) if options.by_email else ""),
        (MatchRule.PHONE, f"{phone} {last_name}" if phone and last_name else ""),
        (
            MatchRule.ADDRESS,
            f"{street} {fold(buyer.postcode)} {last_name}" if options.by_address and street and last_name else "",
        ),
    )
    return tuple((rule, value) for rule, value in keys if value)


def is_same_buyer(one: Buyer, other: Buyer) -> bool:
    """Whether two versions of an order may name the same buyer: they have something in common, or one tells nothing."""
    known = _told_by(one), _told_by(other)
    return not all(known) or bool(known[0] & known[1])


def _told_by(buyer: Buyer) -> set[tuple[str, str]]:
    told = {
        "customer": str(buyer.customer_id or ""),
        "email": fold_email(buyer.email),
        "phone": fold_phone(buyer.phone, buyer.country_code) if buyer.phone else "",
        "name": fold(person_name(buyer.first_name, buyer.last_name)),
        "company": fold(buyer.company) if is_company_name(buyer.company) else "",
        "address": fold(f"{buyer.street_1} {buyer.postcode}") if is_name(buyer.street_1) else "",
    }
    return {(what, value) for what, value in told.items() if value}


def match_client(source: str, buyer: Buyer, options: MatchOptions) -> Match:
    """The client that the first of the order's keys decides for. One statement, whatever the number of clients.

    A client that holds another customer ID of the same store is never taken by a later rule.
    """
    held = _held(source, keys_of(buyer, options), options)
    named = [_passed_over(each, source, buyer) for each in held.found]
    chosen = next((each for each in named if not each.why), None)
    others = (*_each_once(named, chosen), *held.ignored)
    owned = {(each.rule, each.value) for each in held.found if each.source == source}
    new_keys = tuple(key for key in held.keys if key not in owned)
    if chosen is not None:
        return Match(chosen.client_id, chosen.rule, chosen.value, held.keys, new_keys, others)
    if not buyer.customer_id and held.guest_client_id is not None:
        return Match(held.guest_client_id, MatchRule.GUEST, "", held.keys, (), others)
    return Match(None, MatchRule.NEW, "", held.keys, new_keys, others)


@dataclass(frozen=True, slots=True)
class _Found:
    """A key of the order that a client holds, and the client's customer IDs in this store."""

    source: str
    rule: MatchRule
    value: str
    client_id: int
    name: str
    customer_ids: frozenset[str]


def _passed_over(found: _Found, source: str, buyer: Buyer) -> RejectedCandidate:
    """The client as a candidate, with what speaks against it."""
    rule = found.rule if found.source == source else MatchRule.ACROSS
    others = sorted(found.customer_ids - {str(buyer.customer_id)})
    if rule is MatchRule.CUSTOMER or not buyer.customer_id or not others:
        return RejectedCandidate(rule, found.value, found.client_id, found.name)
    why = f"It is customer {', '.join(others[:A_FEW])} of this store; this order is customer {buyer.customer_id}'s."
    return RejectedCandidate(rule, found.value, found.client_id, found.name, why)


def _each_once(named: Sequence[RejectedCandidate], chosen: RejectedCandidate | None) -> tuple[RejectedCandidate, ...]:
    """Those that were not chosen, each client by the first rule that names it."""
    first: dict[int | None, RejectedCandidate] = {}
    for each in named:
        first.setdefault(each.client_id, each)
    return tuple(each for each in first.values() if chosen is None or each.client_id != chosen.client_id)


# Written out, since it runs once an order and the ORM took longer to word it than PostgreSQL to answer it. The lock
# keeps the keys with their owners until the order is imported: `hold_matching` waits for it.
_OWNERS = """
    SELECT held.id, held.source, held.rule, held.value, held.client_id, client.name, ARRAY(
        SELECT other.value FROM sales_clientkey AS other
        WHERE other.client_id = held.client_id AND other.source = %(source)s AND other.rule = 'customer'
    ) AS customer_ids
    FROM unnest(%(rules)s::text[], %(values)s::text[]) AS wanted (rule, value)
    JOIN sales_clientkey AS held ON held.rule = wanted.rule AND held.value = wanted.value AND {whose}
    JOIN sales_client AS client ON client.id = held.client_id
    FOR KEY SHARE OF held
"""
_HERE = _OWNERS.format(whose="held.source = %(source)s")
_ELSEWHERE = _OWNERS.format(whose="held.rule = 'email' AND held.source <> %(source)s")
_HELD = """
    SELECT phone.clients, guest.id, found.*
    FROM (
        SELECT count(DISTINCT client_id) AS clients FROM sales_clientkey
        WHERE source = %(source)s AND rule = 'phone' AND split_part(value, ' ', 1) = %(phone)s
    ) AS phone
    CROSS JOIN (
        SELECT (SELECT COALESCE(merged_into_id, id) FROM sales_client WHERE id = %(guest)s::bigint) AS id
    ) AS guest
    LEFT JOIN ({found}) AS found ON true
"""
_IN_THIS_STORE = _HELD.format(found=_HERE)
_IN_ALL_STORES = _HELD.format(
    found=f"SELECT * FROM ({_HERE}) AS here UNION ALL SELECT * FROM ({_ELSEWHERE}) AS elsewhere"  # noqa: S608 (our own)
)


@dataclass(frozen=True, slots=True)
class _Held:
    """What is known here of an order's keys, in the order of the rules; `ignored` are keys that do not count."""

    keys: tuple[Key, ...]
    found: tuple[_Found, ...]
    ignored: tuple[RejectedCandidate, ...]
    guest_client_id: int | None


def _held(source: str, keys: tuple[Key, ...], options: MatchOptions) -> _Held:
    """Who owns each of the keys. One statement; none where there is nothing to ask."""
    if not keys and options.guest_client_id is None:
        return _Held((), (), (), None)
    phones = [key for key in keys if key[0] is MatchRule.PHONE]
    wanted = {
        "source": source,
        "rules": [rule.value for rule, _ in keys],
        "values": [value for _, value in keys],
        "phone": phones[0][1].partition(" ")[0] if phones else "",
        "guest": options.guest_client_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_IN_ALL_STORES if options.across_stores else _IN_THIS_STORE, wanted)
        rows = cursor.fetchall()
    shared, guest_client_id = rows[0][:2]
    ignored = tuple(phones) if shared > A_FEW else ()
    found = [
        (pk, _Found(whose, MatchRule(rule), value, client_id, name, frozenset(customer_ids)))
        for _, _, pk, whose, rule, value, client_id, name, customer_ids in rows
        if pk is not None and (MatchRule(rule), value) not in ignored
    ]
    ranks = {key: rank for rank, key in enumerate(keys)}
    found.sort(key=lambda each: (ranks[each[1].rule, each[1].value], each[1].source != source, each[0]))
    return _Held(
        keys=tuple(key for key in keys if key not in ignored),
        found=tuple(each for _, each in found),
        ignored=tuple(_shared(key) for key in ignored),
        guest_client_id=guest_client_id,
    )


def _shared(key: Key) -> RejectedCandidate:
    return RejectedCandidate(*key, None, "", f"More than {A_FEW} clients share this phone number, so it isn’t used.")
