"""Whose order it is, when it is imported again with another buyer (design, rules 6 and 8).

The keys are asked anew. A client that a new key names gets the order; one that a person chose keeps it until a person
picks. Where nobody else is named, the order stays, and its client learns the new keys: a guest has registered, or an
e-mail was corrected.
"""

from dataclasses import dataclass

from counterfoil.intake.conversion.converter import Buyer, ConvertedOrder
from counterfoil.intake.matching.buyers import how_matched, name_of, resolve_buyer, resolve_contact
from counterfoil.intake.matching.clients import Match, MatchOptions, is_same_buyer, keys_of, match_client
from counterfoil.intake.updating.changes import ChangeSet
from counterfoil.intake.updating.contact import is_chosen_contact, merge_contact, set_contact
from counterfoil.intake.updating.custom_fields import fill_client
from counterfoil.sales.clients.match_keys import customer_ids, hand_over, teach
from counterfoil.sales.clients.reassign_order import client_title
from counterfoil.sales.models import Client, ClientChange, MatchRule, SalesOrder
from counterfoil.stores.models import WebIntegration

CLIENT = "client"
CUSTOMER = "customer"
_NOT_BY_KEY = (MatchRule.PERSON, MatchRule.NEW, MatchRule.GUEST)


@dataclass(frozen=True, slots=True)
class _Buyers:
    """The order's client, the buyer before and now, and who is found by the keys of the one of now."""

    order: SalesOrder
    source: str
    options: MatchOptions
    before: Buyer
    after: Buyer
    match: Match

    @property
    def is_same_client(self) -> bool:
        return self.match.client_id == self.order.client_id

    @property
    def is_found(self) -> bool:
        """Whether a key of the buyer is a client's; the client for guests is not found by one."""
        return self.match.client_id is not None and self.match.rule is not MatchRule.GUEST

    @property
    def is_registered(self) -> bool:
        """Whether the store names a customer now that it did not name before."""
        return self.after.customer_id not in (0, self.before.customer_id)

    @property
    def is_at_guests(self) -> bool:
        """Whether the present client is the one that is shared by guests."""
        return self.order.matched_by == MatchRule.GUEST or self.order.client_id == self.options.guest_client_id

    @property
    def is_named_anew(self) -> bool:
        """Whether the key that found the client was not the order's before."""
        rule = MatchRule.EMAIL if self.match.rule is MatchRule.ACROSS else self.match.rule
        return self.is_found and (rule, self.match.value) not in keys_of(self.before, self.options)

    def goes_elsewhere(self, *, is_another_customer_s: bool) -> bool:
        """Whether the order is not its present client's any more."""
        if self.is_same_client:
            return False
        if self.is_named_anew or (self.is_registered and (self.before.customer_id or is_another_customer_s)):
            return True
        if self.is_at_guests:
            return self.is_found or bool(self.after.customer_id)
        return not self.is_found and not is_same_buyer(self.before, self.after)


def merge_buyer(
    merge: ChangeSet, integration: WebIntegration, *, before: ConvertedOrder, after: ConvertedOrder
) -> set[str]:
    """Resolves client and contact anew, or leaves the client for a person to pick; returns the columns to write."""
    order, options = merge.order, MatchOptions.of(integration)
    match = match_client(integration.code, after.buyer, options)
    buyers = _Buyers(order, integration.code, options, before.buyer, after.buyer, match)
    others = customer_ids(order.client_id, integration.code) - {str(after.buyer.customer_id)}
    is_another_s = bool(others) and after.buyer.customer_id != 0
    if not buyers.goes_elsewhere(is_another_customer_s=is_another_s):
        written = _stay(merge, buyers, fits=not is_another_s)
        _fill(order, after, before)
        return written | merge_contact(merge, resolve_contact(order.client_id, after.buyer))
    if order.matched_by == MatchRule.PERSON or is_chosen_contact(order):
        merge.conflict(CLIENT, client_title(order.client), _title(match, after.buyer))
        return set()
    return take_client(merge, integration, after)


def take_client(merge: ChangeSet, integration: WebIntegration, theirs: ConvertedOrder) -> set[str]:
    """Gives the order to the client that rule 6 decides for, found or made; returns the columns to write."""
    order, before = merge.order, merge.order.client
    was_guest_s = all(rule != MatchRule.CUSTOMER for rule, _ in order.match_keys)
    resolved = resolve_buyer(integration, theirs.buyer, theirs.draft.addresses)
    order.client = Client.objects.get(pk=resolved.client_id)
    order.matched_by = resolved.match.rule
    for column, value in resolved.how.items():
        setattr(order, column, value)
    if order.client == before:
        merge.agree(CLIENT)
    else:
        merge.changed(CLIENT, client_title(before), client_title(order.client))
        if was_guest_s and resolved.match.rule is not MatchRule.GUEST:
            hand_over(resolved.match.keys, order, before=before)
        _tell_clients(merge, before)
    _fill(order, theirs)
    return {"client", "matched_by", *resolved.how} | set_contact(merge, resolved.contact)


def _stay(merge: ChangeSet, buyers: _Buyers, *, fits: bool) -> set[str]:
    """The present client keeps the order, and learns the keys that are nobody's; a client for guests learns none."""
    order, match = merge.order, buyers.match
    if buyers.is_same_client or (fits and not buyers.is_found):
        merge.agree(CLIENT)
        if not buyers.is_at_guests:
            teach(order.client_id, buyers.source, match.keys)
    elif fits and buyers.is_registered:
        teach(order.client_id, buyers.source, [key for key in match.keys if key[0] is MatchRule.CUSTOMER])
    if buyers.before.customer_id != buyers.after.customer_id:
        merge.changed(CUSTOMER, *(str(each.customer_id or "guest") for each in (buyers.before, buyers.after)))
    return _explain(buyers)


def _explain(buyers: _Buyers) -> set[str]:
    """Keeps how the client was found, unless that was by a key which is not the order's any more."""
    order, match = buyers.order, buyers.match
    columns = how_matched(match)
    by_key = order.matched_by and order.matched_by not in _NOT_BY_KEY
    if by_key and buyers.is_same_client and order.match_value not in [value for _, value in match.keys]:
        order.matched_by = match.rule
    else:
        columns["match_value"] = order.match_value
    for column, value in columns.items():
        setattr(order, column, value)
    return {"matched_by", *columns}


def _fill(order: SalesOrder, after: ConvertedOrder, before: ConvertedOrder | None = None) -> None:
    why = f"From the order {order.import_id}"
    fill_client(order.client_id, after.client_fields, before=before.client_fields if before else (), why=why)


def _title(match: Match, buyer: Buyer) -> str:
    """The client that the order would go to, as the history names it."""
    if match.client_id is None:
        return f"{name_of(buyer)} (a new client)"
    return client_title(Client.objects.get(pk=match.client_id))


def _tell_clients(merge: ChangeSet, before: Client) -> None:
    after = merge.order.client
    moved = {"by": merge.by, "what": f"order {merge.order.name}", "why": merge.why}
    moved |= {"before": client_title(before), "after": client_title(after)}
    ClientChange.objects.bulk_create(ClientChange(client=each, **moved) for each in (before, after))
