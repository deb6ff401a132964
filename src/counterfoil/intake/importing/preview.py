"""The import preview: what an import would do, found out by doing it and taking it back. The store is only read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from counterfoil.bigcommerce import NeedsPerson, TryAgain
from counterfoil.bigcommerce.client import StoreApi
from counterfoil.intake.conversion.rules import names_coupons, rules_of
from counterfoil.intake.fetching import orders as fetching
from counterfoil.intake.importing.import_order import describe, import_order
from counterfoil.intake.matching.products import MissingProduct, missing_products
from counterfoil.intake.outcomes import Ignored, Imported, NotImported, Outcome, Updated
from counterfoil.sales.db.dry_run import rehearsal
from counterfoil.sales.models import MatchRule, OrderChange, SalesOrder
from counterfoil.stores.integrations.import_window import learn_zone
from counterfoil.stores.models import Conflict, WebIntegration, WebOrder
from counterfoil.stores.payloads.keep import KeptPayload, keep_payloads
from counterfoil.stores.sync.isolation import for_each_isolated
from counterfoil.stores.sync.session import StoreSession

WILL = {Imported: "import", Updated: "update", NotImported: "not_import", Ignored: "ignore"}
NOTHING_TO_DO = "nothing"
WORDS = {
    "import": "Will be imported",
    "update": "Will be updated",
    "not_import": "Won’t be imported",
    "ignore": "Will be ignored",
    NOTHING_TO_DO: "Already imported",
}
DEFECT = "An error in Counterfoil would stop this order."


@dataclass(frozen=True, slots=True)
class Change:
    """A field that would change; `waits` where a person would have to pick."""

    field: str
    before: str
    after: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Previewed:
    """What would become of one order.

    `will`: import, update, not_import, ignore, or nothing. The client is the one the order would go to; `matched_by`
    is "new" where it would be made. `missing`: the products that keep it out.
    """

    bigcommerce_order_id: int
    import_id: str
    will: str
    reason: str = ""
    next_step: str = ""
    code: str = ""
    client: str = ""
    matched_by: str = ""
    currency: str = ""
    total: Decimal | None = None
    changes: tuple[Change, ...] = ()
    missing: tuple[MissingProduct, ...] = ()

    @property
    def words(self) -> str:
        """What would become of it, for people."""
        return WORDS[self.will]


def preview(session: StoreSession, order_ids: Sequence[int] = ()) -> Iterator[Previewed]:
    """Each order in a new order status, or each of the given ones: what an import would make of it.

    Nothing is written: every page of orders is imported in a transaction that is taken back. Raises TryAgain and
    StoreTrouble, like an import.
    """
    integration, api = session.integration, session.api
    learn_zone(integration, api)
    if order_ids:
        for order_id in session.while_it_lasts(order_ids):
            yield from _given(integration, api, order_id)
        return
    for page in session.while_it_lasts(fetching.pages(integration, api)):
        yield from _rehearse(integration, api, lambda page=page: page.keep(integration))  # type: ignore[misc]


def _given(integration: WebIntegration, api: StoreApi, order_id: int) -> list[Previewed]:
    read_at = timezone.now()
    try:
        body = api.order(order_id)
    except NeedsPerson as refused:
        return [_refused(integration, order_id, refused)]

    def keep() -> list[KeptPayload]:
        kept = keep_payloads(integration, {order_id: body}, read_at=read_at)
        WebOrder.objects.filter(pk=kept[0].web_order_id).update(wanted=True)
        return kept

    return _rehearse(integration, api, keep)


def _refused(integration: WebIntegration, order_id: int, refused: NeedsPerson) -> Previewed:
    return Previewed(
        order_id, integration.import_id(order_id), "not_import", refused.sentence, refused.next_step, refused.code
    )


def _rehearse(integration: WebIntegration, api: StoreApi, keep: Callable[[], list[KeptPayload]]) -> list[Previewed]:
    found: list[Previewed] = []

    def act(kept: KeptPayload) -> None:
        last = OrderChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        try:
            fetching.complete(api, kept, whole_coupons=names_coupons(rules_of(integration)))
        except NeedsPerson as refused:
            found.append(_refused(integration, kept.bigcommerce_order_id, refused))
            return
        outcome = import_order(integration, kept.web_order_id)
        if outcome is not None:
            found.append(_seen(integration, kept, outcome, last))

    def again(kept: KeptPayload, trouble: TryAgain) -> None:
        found.append(
            _refused(
                integration, kept.bigcommerce_order_id, NeedsPerson("try_again", trouble.sentence, "Try again later.")
            )
        )

    def defect(kept: KeptPayload, _trace: str) -> None:
        found.append(_refused(integration, kept.bigcommerce_order_id, NeedsPerson("defect", DEFECT, "Report it.")))

    with rehearsal():
        for_each_isolated(keep(), act, again=again, defect=defect)
    return found


def _seen(integration: WebIntegration, kept: KeptPayload, outcome: Outcome, last_change: int) -> Previewed:
    """The outcome with what was written, before it is taken back."""
    order = SalesOrder.objects.select_related("client").filter(web_order=kept.web_order_id).first()
    refused = outcome if isinstance(outcome, NotImported) else None
    will = WILL.get(type(outcome), NOTHING_TO_DO)
    return Previewed(
        kept.bigcommerce_order_id,
        integration.import_id(kept.bigcommerce_order_id),
        will,
        "" if isinstance(outcome, Imported) else describe(outcome),
        refused.next_step if refused else "",
        refused.code if refused else "",
        order.client.name if order else "",
        (order.matched_by or MatchRule.NEW) if order else "",
        order.currency if order else "",
        order.total if order else None,
        _changes(kept, order, last_change) if will == "update" else (),
        _missing(kept) if refused and refused.unknown_skus else (),
    )


def _missing(kept: KeptPayload) -> tuple[MissingProduct, ...]:
    found = missing_products([kept.web_order_id])
    return tuple(found[kept.web_order_id].values())


def _changes(kept: KeptPayload, order: SalesOrder | None, last_change: int) -> tuple[Change, ...]:
    changed = OrderChange.objects.filter(order=order, pk__gt=last_change)
    conflicts = Conflict.objects.filter(web_order=kept.web_order_id)
    return (
        *(Change(each.field, each.before, each.after) for each in changed),
        *(Change(each.field, each.ours, each.theirs, waits=True) for each in conflicts),
    )
