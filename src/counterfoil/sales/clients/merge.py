"""Two clients that are one: all that belongs to the one goes to the other, in a fixed number of statements."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from counterfoil.sales.clients.match_keys import hold_matching
from counterfoil.sales.clients.reassign_order import client_title
from counterfoil.sales.db.foreign_keys import point_elsewhere, references_to
from counterfoil.sales.errors import Refused
from counterfoil.sales.models import Client, ClientChange, ClientKey, Contact, MatchRule, SalesOrder


@dataclass(frozen=True, slots=True)
class Joined:
    """A contact of the client that goes, and the one of the client that stays who is the same person."""

    gone: Contact
    stays: Contact


def joined_contacts(stays: Sequence[Contact], goes: Sequence[Contact]) -> list[Joined]:
    """By e-mail; by name where neither has one; and by name where one has none and no second person is called so."""
    by_email = {contact.email_key: contact for contact in stays if contact.email_key}
    nameless_email = {contact.name_key: contact for contact in stays if not contact.email_key}
    called = Counter(contact.name_key for contact in stays)
    by_name = {contact.name_key: contact for contact in stays if contact.name_key and called[contact.name_key] == 1}
    only_here = Counter(contact.name_key for contact in goes)
    found = []
    for contact in goes:
        same = by_email.get(contact.email_key) if contact.email_key else nameless_email.get(contact.name_key)
        namesake = by_name.get(contact.name_key)
        if same is None and namesake is not None and only_here[contact.name_key] == 1:
            same = namesake if not (contact.email_key and namesake.email_key) else None
        if same is not None:
            found.append(Joined(contact, same))
    return found


def complete(pairs: Iterable[Joined]) -> None:
    """What the contact that stays lacks, it takes from the one that goes. One statement at most."""
    completed = {}
    for pair in pairs:
        stays, gone = pair.stays, pair.gone
        if gone.email_key and not stays.email_key:
            stays.email, stays.email_key = gone.email, gone.email_key
            completed[stays.pk] = stays
        if gone.phone and not stays.phone:
            stays.phone = gone.phone
            completed[stays.pk] = stays
        if gone.name_key and not stays.name_key:  # a name is taken whole
            stays.first_name, stays.last_name, stays.name_key = gone.first_name, gone.last_name, gone.name_key
            completed[stays.pk] = stays
    if completed:
        columns = ["email", "email_key", "phone", "first_name", "last_name", "name_key"]
        Contact.objects.bulk_update(completed.values(), columns)


STAYS_BEHIND = {ClientChange}  # the history of the client that is gone


@dataclass(frozen=True, slots=True)
class Moving:
    """So many rows of a kind go to the client that stays: "sales orders", 12."""

    what: str
    count: int


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do: what moves, which contacts become one, which keys go along, and what to look at first."""

    keep: Client
    drop: Client
    moves: tuple[Moving, ...]
    joined: tuple[Joined, ...]
    keys: tuple[ClientKey, ...]
    warnings: tuple[str, ...]


def merge_preview(keep_id: int, drop_id: int) -> MergePreview:
    """Shows what would move from the one to the other. Changes nothing; raises Refused."""
    keep, drop = _both(keep_id, drop_id)
    keys = list(ClientKey.objects.filter(client__in=[keep, drop]).order_by("source", "pk"))
    return MergePreview(
        keep,
        drop,
        moves=tuple(_moves(drop)),
        joined=tuple(_joined(keep, drop)),
        keys=tuple(key for key in keys if key.client_id == drop.pk),
        warnings=(*_two_customers(keys), *_two_values(keep, drop)),
    )


def merge(keep_id: int, drop_id: int, *, by: str, why: str = "") -> MergePreview:
    """Moves everything and leaves `drop` as a row that says what it was merged into; returns what was done.

    Raises Refused. While it lasts, no order is matched to a client.
    """
    with transaction.atomic():
        hold_matching()
        _hold_orders(keep_id, drop_id)
        done = merge_preview(keep_id, drop_id)
        keep, drop = done.keep, done.drop
        _tell_orders(keep, drop, by=by)
        _join(done.joined)
        for field in references_to(Client):
            if field.model not in STAYS_BEHIND:
                point_elsewhere(field, {drop.pk: keep.pk})
        keep.fields = {**drop.fields, **keep.fields}
        keep.save(update_fields=["fields"])
        drop.merged_into = keep
        drop.save(update_fields=["merged_into"])
        _record(done, by=by, why=why)
    return done


def _both(keep_id: int, drop_id: int) -> tuple[Client, Client]:
    if keep_id == drop_id:
        raise Refused("A client can’t be merged into itself.", "Choose two.")
    found = Client.objects.select_related("merged_into").in_bulk([keep_id, drop_id])
    for client_id in (keep_id, drop_id):
        client = found.get(client_id)
        if client is None:
            raise Refused(f"There’s no client {client_id}.", "Choose one from the list.")
        if client.merged_into is not None:
            raise Refused(
                f"{client_title(client)} was merged into {client_title(client.merged_into)}.",
                "Choose the client it was merged into.",
            )
    return found[keep_id], found[drop_id]


def _hold_orders(keep_id: int, drop_id: int) -> None:
    """Whoever changes one of these orders is done first, and the next one waits: it may add a contact."""
    orders = SalesOrder.objects.filter(client__in=[keep_id, drop_id]).order_by("pk")
    list(orders.select_for_update(of=("self",)).values_list("pk"))


def _moves(drop: Client) -> list[Moving]:
    """One statement a kind."""
    fields = [field for field in references_to(Client) if field.model not in STAYS_BEHIND]
    counted = [(field.model._meta, field.model._base_manager.filter(**{field.name: drop}).count()) for field in fields]
    return [
        Moving(str(meta.verbose_name if count == 1 else meta.verbose_name_plural), count)
        for meta, count in counted
        if count
    ]


def _joined(keep: Client, drop: Client) -> list[Joined]:
    contacts = Contact.objects.filter(client__in=[keep, drop]).order_by("pk")
    stays = [contact for contact in contacts if contact.client_id == keep.pk]
    return joined_contacts(stays, [contact for contact in contacts if contact.client_id == drop.pk])


def _two_customers(keys: list[ClientKey]) -> list[str]:
    """The store says that these are two; whoever merges knows better."""
    customers: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key in keys:
        if key.rule == MatchRule.CUSTOMER:
            customers[key.source][key.client_id].append(key.value)
    return [
        f"Both are customers of {source}: {' and '.join(', '.join(ids) for ids in clients.values())}."
        for source, clients in customers.items()
        if len(clients) > 1
    ]


def _two_values(keep: Client, drop: Client) -> list[str]:
    """Custom fields that both have: the value of the client that stays is kept."""
    both = sorted(keep.fields.keys() & drop.fields.keys())
    return [
        f"{name}: “{keep.fields[name]}” stays, “{drop.fields[name]}” goes."
        for name in both
        if keep.fields[name] != drop.fields[name]
    ]


_TELL_ORDERS = """
    INSERT INTO sales_orderchange (order_id, by, field, before, after, why)
    SELECT id, %s, 'client', %s, %s, 'The two clients were merged.' FROM sales_salesorder WHERE client_id = %s
"""


def _tell_orders(keep: Client, drop: Client, *, by: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TELL_ORDERS, [by, client_title(drop), client_title(keep), drop.pk])


def _join(pairs: tuple[Joined, ...]) -> None:
    now = {pair.gone.pk: pair.stays.pk for pair in pairs}
    for field in references_to(Contact):
        point_elsewhere(field, now)
    Contact.objects.filter(pk__in=list(now)).delete()
    complete(pairs)


def _record(done: MergePreview, *, by: str, why: str) -> None:
    moved = ", ".join(f"{each.count} {each.what}" for each in done.moves) or "nothing else"
    reason = ". ".join(part for part in (why, f"Moved: {moved}") if part)
    change = {"by": by, "before": client_title(done.drop), "after": client_title(done.keep), "why": reason}
    ClientChange.objects.bulk_create(
        [
            ClientChange(client=done.keep, what="merged another client into this one", **change),
            ClientChange(client=done.drop, what="merged into another client", **change),
        ]
    )
