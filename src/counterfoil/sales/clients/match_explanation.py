"""Why an order is this client's: the rule, the key, and who was passed over."""

from dataclasses import dataclass

from counterfoil.sales.models import Client, MatchRule, SalesOrder

_SENTENCES = {
    MatchRule.CUSTOMER: "Store customer {value} is this client.",
    MatchRule.EMAIL: "The e-mail {value} matches this client.",
    MatchRule.PHONE: "The phone {value} and the last name match this client.",
    MatchRule.ADDRESS: "The bill-to address and the last name match this client.",
    MatchRule.ACROSS: "The e-mail {value} matches this client in another store.",
    MatchRule.GUEST: "The shopper is a guest no rule matched, so the order went to the client for guests.",
    MatchRule.NEW: "No existing client matched, so this one was created from the order.",
    MatchRule.PERSON: "{value} chose this client.",
}
BY_HAND = "The client was chosen when the order was entered."


@dataclass(frozen=True, slots=True)
class OtherClient:
    """A client that another key of the order names; `why` says what spoke against it, if anything but the order of
    the rules did. Without a client it is a key that did not count."""

    rule: str
    value: str
    client_id: int | None
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class WhyThisClient:
    """How the client was found, in a clerk's words, and the other candidates."""

    rule: str
    value: str
    sentence: str
    others: tuple[OtherClient, ...]


def why_this_client(order: SalesOrder) -> WhyThisClient:
    """For the sales order's page. One statement at most."""
    if not order.matched_by:
        return WhyThisClient("", "", BY_HAND, ())
    rule = MatchRule(order.matched_by)
    value = shown_value(rule, order.match_value)
    return WhyThisClient(rule.label, value, _SENTENCES[rule].format(value=value), _others(order))


def shown_value(rule: MatchRule, value: str) -> str:
    """A key as people read it: a phone without the folded last name behind it, of an address nothing."""
    if rule is MatchRule.ADDRESS:
        return ""
    return value.partition(" ")[0] if rule is MatchRule.PHONE else value


def _others(order: SalesOrder) -> tuple[OtherClient, ...]:
    """Under the names they have now; one that was merged is the one it was merged into."""
    ids = [each["client_id"] for each in order.match_others if each["client_id"]]
    now = Client.objects.select_related("merged_into").in_bulk(ids) if ids else {}
    found = []
    for each in order.match_others:
        client = now.get(each["client_id"])
        client = client.merged_into or client if client else None
        if client is not None and client.pk == order.client_id:
            continue
        rule = MatchRule(each["rule"])
        found.append(
            OtherClient(
                rule.label,
                shown_value(rule, each["value"]),
                client.pk if client else None,
                client.name if client else each["name"],
                each["why"],
            )
        )
    return tuple(found)
