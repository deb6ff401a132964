"""The cards of *Needs attention*: a group with its words, its items, and what its buttons need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from counterfoil.intake.matching.products import MissingProduct, missing_products
from counterfoil.sales.models import OrderAddress
from counterfoil.stores.attention.causes import Action, Cause, cause_of
from counterfoil.stores.attention.items import AttentionGroup, AttentionItem, Narrowed, attention
from counterfoil.stores.integrations.links import order_there
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.updates.kinds import type_of
from counterfoil.web.shipments.address_changes import AddressChoice
from counterfoil.web.ui.formatting import field_name

UNFOLDED = 3
"""So many items stand open on their group's card."""
UNKNOWN = "order:unknown_product"
NOUNS = {
    "order": ("order", "orders"),
    "update": ("update", "updates"),
    "held": ("parcel", "parcels"),
    "conflict": ("order", "orders"),
    "address": ("order", "orders"),
    "label": ("label", "labels"),
}


@dataclass(frozen=True, slots=True)
class AttentionItemView:
    """One of a group's items, with its order's page in the store's control panel ("" where that is not known).

    `ours` and `theirs`: what is to be chosen from, an address as on an envelope.
    """

    item: AttentionItem
    cause: Cause
    there: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class CardSection:
    """A page of a group's items, as it keeps itself up to date. `at`: its address without the page."""

    id: str
    at: str
    things: Sequence[AttentionItemView]
    page: int = 1
    pages: int = 1

    @property
    def url(self) -> str:
        """Where it is asked for again."""
        return f"{self.at}&page={self.page}" if self.page > 1 else self.at

    @property
    def version(self) -> str:
        """Another when anything of it is another."""
        return digest(self.pages, [thing.item for thing in self.things])


@dataclass(frozen=True, slots=True)
class Card:
    """A group as the page shows it. `things` are those that stand open; `missing`: a product as an order names it."""

    group: AttentionGroup
    cause: Cause
    id: str
    query: str
    things: Sequence[AttentionItemView] = ()
    missing: MissingProduct | None = field(default=None)

    @property
    def acts(self) -> tuple[Action, ...]:
        """What can be done with its items."""
        return self.cause.acts

    @property
    def part(self) -> CardSection:
        """Its things that stand open."""
        return CardSection(self.id, f"{reverse('attention-group')}?{self.query}", self.things)

    @property
    def many(self) -> bool:
        """Whether it is worth a button for all of them."""
        return self.group.number > 1

    @property
    def heading(self) -> str:
        """What is the matter, in one line."""
        group = self.group
        if self.missing and self.missing.variant:
            return f"An item without a SKU: {self.missing.description}"
        if group.kind == "update":
            return f"{type_of(group.about).subject}: {self.cause.heading}"
        if group.kind == "conflict":
            return self._said(self.cause.heading, field_name(group.about)[:1].upper() + field_name(group.about)[1:])
        return self._said(self.cause.heading, group.about)

    @property
    def sentence(self) -> str:
        """What all its items say; where each says something else, what they have in common."""
        shows_both = {Action.PICK, Action.ADDRESS} & set(self.cause.acts)  # the items show both values
        has_one = self.group.sentence and not (shows_both or self.missing)
        return self.group.sentence if has_one else self._said(self.cause.sentence, self.group.about)

    @property
    def next_step(self) -> str:
        """What to do."""
        return self.cause.next_step if self.many or self.missing else self.group.next_step or self.cause.next_step

    @property
    def said_alike(self) -> bool:
        """Whether the card's sentence says all that its items have to say."""
        return bool(self.group.sentence) and self.sentence == self.group.sentence

    @property
    def noun(self) -> str:
        """What its number counts; "" for a store."""
        one, many = NOUNS.get(self.group.kind, ("", ""))
        return one if self.group.number == 1 else many

    @property
    def which_product(self) -> str:
        """The query of the page that asks which of our products this is."""
        asked: list[tuple[str, Any]] = [("store", store) for store in self.group.stores]
        return urlencode([*asked, *_told(self.missing or MissingProduct(self.group.about, ""))])

    def _said(self, words: str, about: str) -> str:
        return words.format(about=about or "product")


def _told(product: MissingProduct) -> list[tuple[str, Any]]:
    told: list[tuple[str, Any]] = [("sku", product.part_number), ("description", product.description)]
    if product.variant:
        told += [("item", product.variant[0]), ("variant", product.variant[1] or "")]
    return told


def which_product(store: str, product: MissingProduct) -> str:
    """The query of the page that asks which of our products a store's is."""
    return urlencode([("store", store), *_told(product)])


def cards(
    groups: Sequence[AttentionGroup], narrowed: Narrowed, query: str, stores: Mapping[str, WebIntegration]
) -> list[Card]:
    """Three statements at most, whatever the number of groups and items."""
    small = tuple(group.cause for group in groups if group.number <= UNFOLDED)
    things = item_views(_narrowed(narrowed, small), stores) if small else []
    missing = _missing(groups)
    return [
        Card(
            group,
            cause_of(group.kind, group.why),
            id=card_id(group.cause, narrowed.store),
            query="&".join(part for part in (query, urlencode({"cause": group.cause})) if part),
            things=[thing for thing in things if thing.item.cause == group.cause],
            missing=missing.get(group.cause),
        )
        for group in groups
    ]


def card_id(cause: str, store: str) -> str:
    """What a card is called on the page: another one where a store narrows what its buttons do."""
    return digest(store, cause)


def digest(*facts: object) -> str:
    """A short name for facts; the same for the same ones."""
    return sha256(repr(facts).encode()).hexdigest()[:12]


def _narrowed(narrowed: Narrowed, causes: tuple[str, ...]) -> Narrowed:
    return Narrowed(store=narrowed.store, cause=causes, older_than=narrowed.older_than, words=narrowed.words)


def item_views(narrowed: Narrowed, stores: Mapping[str, WebIntegration], **part: int) -> list[AttentionItemView]:
    """The items that are so narrowed. One statement, and one more where addresses are among them."""
    items = [item for item in attention(narrowed, **part) if item.store in stores or not item.store]
    addresses = OrderAddress.objects.in_bulk([item.pk for item in items if item.kind == "address"])
    return [
        AttentionItemView(item, cause_of(*item.cause.split(":", 2)[:2]), _there(item, stores), *_sides(item, addresses))
        for item in items
    ]


def _sides(item: AttentionItem, addresses: Mapping[int, OrderAddress]) -> tuple[str, str]:
    address = addresses.get(item.pk) if item.kind == "address" else None
    if address is None:
        return item.ours, item.theirs
    choice = AddressChoice.of(address)
    return "\n".join(choice.ours), "\n".join(choice.theirs)


def _there(item: AttentionItem, stores: Mapping[str, WebIntegration]) -> str:
    return order_there(stores[item.store], item.order_id) if item.store else ""


def _missing(groups: Iterable[AttentionGroup]) -> dict[str, MissingProduct]:
    """For each group of an unknown product how one of its orders describes it. One statement at most."""
    unknown = [group for group in groups if f"{group.kind}:{group.why}" == UNKNOWN and group.about]
    found = missing_products(group.sample for group in unknown) if unknown else {}
    return {
        group.cause: found.get(group.sample, {}).get(group.about) or MissingProduct(group.about, "")
        for group in unknown
    }
