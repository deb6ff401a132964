"""Where is order 10234? What is known here of an order that is (or is not) imported, and what makes it come."""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from counterfoil.bigcommerce import NeedsPerson, OrderHeader, StoreTrouble, TryAgain, read_header
from counterfoil.storable import LARGEST_ID
from counterfoil.stores.db.encryption import SecretUnreadable
from counterfoil.stores.integrations.import_window import before_cut_off, is_before_cut_off, known_zone, learn_zone
from counterfoil.stores.models import WebIntegration, WebOrder, WebOrderState
from counterfoil.stores.sync.session import LockLost, StoreBusy, open_session
from counterfoil.stores.weborders.reused_numbers import reused

LARGEST_ORDER_ID = LARGEST_ID
LONGEST_SESSION = 20.0
ARCHIVED = "The order is archived in BigCommerce."
GONE = "BigCommerce doesn't have this order."
GONE_EARLIER = "BigCommerce does not have this order (any more)."  # as older versions have stored it
LIFT = "A manager can lift the limit on the store's page, or a clerk can import just this order."
EARLIER = "A manager can set an earlier day in the store's options, or a clerk can import just this order."
SKIPPED = "Skipped by "


@dataclass(frozen=True, slots=True)
class OrderLocation:
    """Where one order stands, here and in the store; what makes it come where it is not imported."""

    store: str
    bigcommerce_order_id: int
    store_status: str
    import_id: str
    imported: bool
    reason: str
    next_step: str

    @property
    def is_out_of_reach(self) -> bool:
        """Whether nothing can be done here that would import it."""
        return self.reason in (ARCHIVED, GONE, GONE_EARLIER)


def find_order(
    number: int, *, lock_wait: float, seconds: float, stores: Collection[str] = ()
) -> tuple[list[OrderLocation], list[str]]:
    """Where the order with this number stands, in each store that has it; the second list as of `ask_stores`.

    A store is asked unless the order is imported already. `stores`: only those of these import source codes.
    """
    known = WebOrder.objects.filter(bigcommerce_order_id=number, state=WebOrderState.IMPORTED)
    integrations = WebIntegration.objects.select_related("state")
    if stores:
        known, integrations = known.filter(integration__code__in=stores), integrations.filter(code__in=stores)
    places = [locate(web_order) for web_order in known.select_related("integration__state")]
    others = integrations.exclude(code__in=[place.store for place in places])
    found, silent = ask_stores(number, others, lock_wait=lock_wait, seconds=seconds)
    return places + found, silent


def locate(web_order: WebOrder) -> OrderLocation:
    """An order that was seen, by what is known here. Needs its integration and that one's state loaded along."""
    integration = web_order.integration
    said = _last_said(web_order)
    imported = web_order.state == WebOrderState.IMPORTED
    other = reused(web_order)
    if other is not None:
        why = other.sentence, other.next_step
    else:
        why = (web_order.reason, web_order.next_step) if imported else _why_not(integration, web_order, said)
    return _place(integration, web_order.bigcommerce_order_id, web_order.status_seen, *why, imported=imported)


def _place(
    integration: WebIntegration, number: int, status_id: int | None, reason: str, next_step: str, *, imported: bool
) -> OrderLocation:
    return OrderLocation(
        store=integration.code,
        bigcommerce_order_id=number,
        store_status=integration.status_text(status_id),
        import_id=integration.import_id(number),
        imported=imported,
        reason=reason,
        next_step=next_step,
    )


def _last_said(web_order: WebOrder) -> OrderHeader | None:
    """What the store said last of it: the version that was read, in the status that was seen since."""
    read = None if web_order.payload is None else read_header(bytes(web_order.payload.order))
    if read is None or web_order.status_seen is None:
        return read
    return msgspec.structs.replace(read, status_id=web_order.status_seen)


def what_makes_it_come(integration: WebIntegration) -> str:
    """The statuses in which an order of this store is imported, as a sentence."""
    return f"It will be imported when its status in BigCommerce is {_new_statuses(integration)}."


def _new_statuses(integration: WebIntegration) -> str:
    return " or ".join(integration.status_text(status_id) for status_id in integration.new_statuses)


def ask_stores(
    number: int, integrations: Iterable[WebIntegration], *, lock_wait: float, seconds: float
) -> tuple[list[OrderLocation], list[str]]:
    """Reads the order in each of the stores and keeps nothing; the second list says which could not be asked, and why.

    Of a store that could not be asked, what is known of the order here. No store is asked any more after `seconds`.
    """
    places: list[OrderLocation] = []
    silent: list[str] = []
    ends_at = time.monotonic() + seconds
    for integration in integrations:
        known = WebOrder.objects.filter(integration=integration, bigcommerce_order_id=number).first()
        if known is not None:
            known.integration = integration
        try:
            places += _ask(integration, number, known, lock_wait=lock_wait, seconds=ends_at - time.monotonic())
        except _NotAsked as trouble:
            silent.append(f"{integration.code} {trouble}")
            places += [] if known is None else [locate(known)]
    return places, silent


class _NotAsked(Exception):
    """A store could not be asked; the text says why."""


def _ask(
    integration: WebIntegration, number: int, known: WebOrder | None, *, lock_wait: float, seconds: float
) -> list[OrderLocation]:
    if seconds <= 0:
        raise _NotAsked("wasn't checked: the others took too long.")
    try:
        said = _read(integration, number, lock_wait=min(lock_wait, seconds), seconds=min(seconds, LONGEST_SESSION))
    except StoreTrouble as trouble:
        raise _NotAsked(f"couldn't be checked: {trouble.sentence} {trouble.next_step}") from None
    except TryAgain as trouble:
        raise _NotAsked(f"couldn't be checked: {trouble.sentence}") from None
    except NeedsPerson as refused:
        if refused.code != "not_in_store":
            raise _NotAsked(f"couldn't be checked: {refused.sentence}") from None
        if known is None:
            return []
        return [_place(integration, number, None, GONE, "Check whether it was deleted there.", imported=False)]
    except (StoreBusy, SecretUnreadable) as trouble:
        raise _NotAsked(f"couldn't be checked: {trouble}") from None
    except LockLost:
        raise _NotAsked("couldn't be checked: the database connection was lost.") from None
    status_id = None if said is None else said.status_id
    return [_place(integration, number, status_id, *_why_not(integration, known, said), imported=False)]


def _read(integration: WebIntegration, number: int, *, lock_wait: float, seconds: float) -> OrderHeader | None:
    """The order as the store has it; None where not even its status can be read."""
    with open_session(integration, seconds=seconds, lock_wait=lock_wait) as session:
        said = read_header(session.api.order(number))
        try:
            learn_zone(integration, session.api)
        except StoreTrouble as trouble:
            if trouble.code != "time_zone":
                raise
    return said


def _why_not(integration: WebIntegration, known: WebOrder | None, said: OrderHeader | None) -> tuple[str, str]:
    """Why an order is not imported, and what makes it come: the first reason that holds."""
    if said is not None and said.is_deleted:
        return ARCHIVED, f"Restore it in BigCommerce first. {what_makes_it_come(integration)}"
    if known is not None and known.wanted:
        return "Someone requested it, and it hasn't been read since.", _soon(integration)
    is_new = said is None or said.status_id in integration.new_statuses
    if known is not None and known.reason_code:
        return _refused(integration, known, said, is_new=is_new)
    if said is not None and said.date_created is not None and _is_too_old(integration, said.date_created):
        return before_cut_off(integration, said.date_created), EARLIER
    if said is None or is_new:
        return _why_not_yet(integration, known)
    skipped = known is not None and known.reason.startswith(SKIPPED)
    reason = known.reason if known is not None and skipped else _not_new(integration, said)
    return reason, what_makes_it_come(integration)


def _not_new(integration: WebIntegration, said: OrderHeader) -> str:
    """Both sides of why it is not imported: "We import Awaiting Fulfillment; it is Awaiting Shipment." """
    return f"We import {_new_statuses(integration)}; it is {integration.status_text(said.status_id)}."


def _is_too_old(integration: WebIntegration, created: datetime) -> bool:
    is_known = integration.not_before is None or known_zone(integration) is not None
    return is_known and is_before_cut_off(integration, created)


def _refused(
    integration: WebIntegration, known: WebOrder, said: OrderHeader | None, *, is_new: bool
) -> tuple[str, str]:
    """An order that could not be imported: as long as it stands as it was read, that reason holds."""
    set_back = known.written_at is not None and known.decided_at is not None and known.written_at > known.decided_at
    changed = said is not None and said.date_modified != known.modified_read
    if known.read_again or (is_new and (changed or set_back)):
        _, next_step = _why_not_yet(integration, known)
        return f"It's waiting to be retried. Last time it couldn't be imported: {known.reason}", next_step
    if said is None or is_new or said.status_id == known.status_sent:
        return known.reason, known.next_step
    status = integration.status_text(said.status_id)
    return f"{known.reason} It is {status} in BigCommerce now.", what_makes_it_come(integration)


def _why_not_yet(integration: WebIntegration, known: WebOrder | None) -> tuple[str, str]:
    """Of an order that stands in a new order status: why it is not here, and what makes it come."""
    state, limit = integration.state, integration.first_orders
    if integration.paused:
        resume = f"Resume it on its page, or with “counterfoil store set {integration.code} --resume”."
        return "It's waiting: the store is paused, so no orders are imported.", resume
    if state.trouble_code:
        return f"It's waiting: {state.trouble}", state.trouble_next_step
    if integration.not_before is not None and known_zone(integration) is None:
        return "It's waiting: the store's time zone isn't known yet.", _soon(integration)
    if known is None and limit is not None and _taken(integration) >= limit:
        return f"It's waiting: only the first {limit} orders of this store are imported.", LIFT
    if known is not None and known.read_again:
        return f"It's waiting to be read again. {known.read_again}", _soon(integration)
    return "It's waiting to be imported.", _soon(integration)


def _taken(integration: WebIntegration) -> int:
    return WebOrder.objects.filter(integration=integration).exclude(state=WebOrderState.IGNORED).count()


def _soon(integration: WebIntegration) -> str:
    return (
        f"It's imported automatically on the next sync: every {integration.poll_seconds} seconds while "
        f"Counterfoil runs, or now with “counterfoil sync {integration.code}”."
    )
