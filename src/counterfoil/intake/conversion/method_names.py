"""What the merchant calls the store's shipping and payment methods. Pure; the names are loaded by `rules`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from counterfoil.sales.models import TenderKind
from counterfoil.sales.orders.drafts import OrderDraft, TenderDraft
from counterfoil.stores.models import NameKind


@dataclass(frozen=True, slots=True)
class Names:
    """For each kind, the store's names (folded by `key`) and the merchant's own, "" where one is not mapped.

    `defaults` holds what a name becomes that is not mapped; "": it stays as it came.
    """

    own: Mapping[NameKind, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[NameKind, str] = field(default_factory=dict)

    def name(self, kind: NameKind, store_name: str) -> str:
        """The merchant's name; an empty one stays empty, also where there is a default."""
        if not store_name.strip():
            return store_name
        return self.own.get(kind, {}).get(key(store_name)) or self.defaults.get(kind) or store_name

    def knows(self, kind: NameKind, store_name: str) -> bool:
        """Whether the name is on the store's list, mapped or not."""
        return key(store_name) in self.own.get(kind, {})


def key(store_name: str) -> str:
    """What two spellings of one name have in common: as the database compares them."""
    return store_name.strip().lower()


def with_names(draft: OrderDraft, names: Names) -> OrderDraft:
    """The draft with the merchant's names of its shipping and payment methods."""
    addresses = tuple(
        replace(address, shipping_method=names.name(NameKind.SHIPPING, address.shipping_method))
        for address in draft.addresses
    )
    methods = dict.fromkeys(address.shipping_method for address in addresses if address.shipping_method)
    method = names.name(NameKind.PAYMENT, draft.payment_method)
    return replace(
        draft,
        addresses=addresses,
        ship_via=", ".join(methods),
        payment_method=method,
        tenders=tuple(_named(tender, draft.payment_method, method) for tender in draft.tenders),
    )


def _named(tender: TenderDraft, before: str, after: str) -> TenderDraft:
    if tender.kind is TenderKind.PAYMENT and before and tender.description == before:
        return replace(tender, description=after)
    return tender


def names_in(draft: OrderDraft) -> list[tuple[NameKind, str]]:
    """The names that an order carries, as the store spells them."""
    shipping = [(NameKind.SHIPPING, address.shipping_method.strip()) for address in draft.addresses]
    found = dict.fromkeys([*shipping, (NameKind.PAYMENT, draft.payment_method.strip())])
    return [(kind, name) for kind, name in found if name]
