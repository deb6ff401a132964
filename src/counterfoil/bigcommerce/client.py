"""The calls to one store that Counterfoil makes."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from counterfoil import __version__
from counterfoil.bigcommerce.api_path import check_api_path
from counterfoil.bigcommerce.catalog import FIELDS as CATALOG_FIELDS
from counterfoil.bigcommerce.catalog import CatalogPage, read_catalog
from counterfoil.bigcommerce.decoding import decoder
from counterfoil.bigcommerce.documents import OrderHeader, OrderStatusLabel, OrderSummary, StoreInformation
from counterfoil.bigcommerce.errors import NeedsPerson, StoreTrouble, TryAgain
from counterfoil.bigcommerce.parsing import (
    is_whole,
    order_id_of,
    read_counts,
    read_headers,
    read_order_statuses,
    read_shipment,
    read_shipments,
    read_store_information,
    read_summaries,
    read_time,
    split_orders,
)
from counterfoil.bigcommerce.rate_limit import RateBudget
from counterfoil.bigcommerce.refunds import Refund, UnreadableRefund, read_refunds
from counterfoil.bigcommerce.shipments import NewShipment, ShipmentDetails, StoreShipment, over_shipped
from counterfoil.bigcommerce.transport import READ_SECONDS, Purpose, Response, Transport, lost, refusal
from counterfoil.bigcommerce.webhooks import Hook, HookAnswer, HookPage

LARGEST_LIST = 20_000_000
LARGEST_ANSWER = 5_000_000
MOST_PAGES = 200
ASKED_FOR = 250
FEWEST_OF_A_PAGE = 10
ROUND_NUMBER = 5
MOST_UNREADABLE = 10
INCLUDES = {"include": "consignments.line_items,fees", "consignment_structure": "object"}
READ_ORDERS = "Orders: read-only"
MODIFY_ORDERS = "Orders: modify"
READ_PRODUCTS = "Products: read-only"
READ_INFORMATION = "Information & settings: read-only"
_Read = TypeVar("_Read")


class StoreApi:
    """One store's API. Every failure is TryAgain, NeedsPerson or StoreTrouble.

    `before_request` is called right before each request and may raise. `wait_at_most` bounds, in seconds, how long a
    call waits for quota, and `before_wait` hears of each such wait; `seconds` how long the store may stay silent.
    """

    def __init__(
        self,
        api_path: str,
        access_token: str,
        *,
        allowed_origins: Collection[str],
        budget: RateBudget | None = None,
        wait_at_most: Callable[[], float] | float = 60.0,
        before_wait: Callable[[float], None] | None = None,
        before_request: Callable[[], None] | None = None,
        seconds: float = READ_SECONDS,
        ca_certs: str | None = None,
    ) -> None:
        self._clock_ahead: timedelta | None = None
        self._base = check_api_path(api_path, allowed_origins)
        self._token = _check_token(access_token)
        self._transport = Transport(
            {
                "X-Auth-Token": self._token,
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": f"Counterfoil/{__version__}",
            },
            seconds=seconds,
            ca_certs=ca_certs,
        )
        self.budget = budget or RateBudget()
        self._wait_at_most = wait_at_most
        self._before_wait = before_wait
        self._before_request = before_request
        self.calls = 0

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def time(self) -> datetime:
        """The store's clock; proves the API path and the access token."""
        return self._about_store("/time", read_time, scope="")

    def store_information(self) -> StoreInformation:
        """Who the store is, with its time zone and its unit of weight."""
        return self._about_store("/store", read_store_information, scope=READ_INFORMATION)

    def order_statuses(self) -> list[OrderStatusLabel]:
        """The statuses with the merchant's own labels."""
        return self._about_store("/order_statuses", read_order_statuses, scope=READ_ORDERS)

    def _about_store(self, path: str, read: Callable[[bytes], _Read], *, scope: str) -> _Read:
        with _the_store_itself():
            return read(self._get(path, Purpose.READ, scope=scope))

    def orders_count(self, *, min_date_created: datetime | None = None) -> dict[int, int]:
        """How many orders stand in each status."""
        query = _dates(min_date_created=min_date_created)
        with _the_store_itself():
            return read_counts(self._get("/orders/count", Purpose.READ, query))

    def list_orders(
        self, *, status_id: int, min_id: int, limit: int = 250, page: int = 1, min_date_created: datetime | None = None
    ) -> list[bytes]:
        """The next orders of a status by ascending id, each as it came, with lines, addresses and fees."""
        query = {"status_id": status_id, "min_id": min_id, "limit": limit, "page": page, "sort": "id:asc"}
        query_text = query | _dates(min_date_created=min_date_created) | INCLUDES
        return split_orders(self._list(query_text))

    def list_order_headers(
        self,
        *,
        min_date_modified: datetime | None = None,
        min_date_created: datetime | None = None,
        min_id: int | None = None,
        status_id: int | None = None,
        sort: str = "date_modified:asc",
        page: int = 1,
        limit: int = 250,
    ) -> list[OrderHeader]:
        """A light list: headers without lines."""
        query: dict[str, object] = {"sort": sort, "page": page, "limit": limit}
        query |= {name: value for name, value in (("min_id", min_id), ("status_id", status_id)) if value is not None}
        query |= _dates(min_date_modified=min_date_modified, min_date_created=min_date_created)
        return read_headers(self._list(query))

    def order_summaries(
        self, *, min_id: int, min_date_created: datetime, max_date_created: datetime, limit: int = 250, page: int = 1
    ) -> list[OrderSummary]:
        """The next orders that were placed from the first moment to the last one, by ascending id: headers only."""
        query: dict[str, object] = {"min_id": min_id, "sort": "id:asc", "page": page, "limit": limit}
        query |= _dates(min_date_created=min_date_created, max_date_created=max_date_created)
        return read_summaries(self._list(query))

    def _list(self, query: Mapping[str, object]) -> bytes:
        with _the_store_itself():
            return self._get("/orders", Purpose.LIST, query) or b"[]"

    def order(self, order_id: int) -> bytes:
        """One order as it came, with lines, addresses and fees; raises NeedsPerson where the store has none."""
        body = self._get(f"/orders/{order_id:d}", Purpose.READ, INCLUDES)
        if not body:
            raise NeedsPerson("not_in_store", "BigCommerce doesn’t have this order.", "Check it in BigCommerce.")
        if not is_whole(body) or order_id_of(body) not in (order_id, None):
            raise lost("BigCommerce sent a different order, or only part of this one.", Purpose.READ)
        return body

    def order_products(self, order_id: int) -> bytes:
        """All lines of an order as one JSON list, however many pages they take: they are read until one is empty."""
        return self._whole_list(f"/orders/{order_id:d}/products", until_empty=True)

    def order_coupons(self, order_id: int) -> bytes:
        """The order-level coupons of an order as one JSON list."""
        return self._whole_list(f"/orders/{order_id:d}/coupons")

    def _whole_list(self, path: str, *, until_empty: bool = False) -> bytes:
        """Page by page until one is empty, or may be the last one; a list that shows the same rows again has no end."""
        rows: dict[bytes, None] = {}
        parts: list[bytes] = []
        for page in range(1, MOST_PAGES + 1):
            body = self._get(path, Purpose.READ, {"limit": ASKED_FOR, "page": page})
            found = split_orders(body) if body else []
            others = [row for row in found if row not in rows]
            parts += others
            rows.update(dict.fromkeys(others))
            if not found or (not until_empty and ends_list(len(found), ASKED_FOR)):
                return b"[" + b",".join(parts) + b"]"
            if (
                not others and len(found) < ASKED_FOR
            ):  # it follows no page: whether that is all is told by other figures
                return b"[" + b",".join(parts) + b"]"
            if not others:
                break
        raise NeedsPerson("too_large", "The order has more items than Counterfoil can handle.", "Enter it by hand.")

    def order_shipments(self, order_id: int) -> list[StoreShipment]:
        """All shipments of an order, whoever made them; raises NeedsPerson where the store has no such order."""
        found = read_shipments(self._whole_list(f"/orders/{order_id:d}/shipments"))
        if any(each.order_id not in (order_id, None) for each in found):
            raise lost("BigCommerce sent the shipments of a different order.", Purpose.READ)
        return found

    def refunds(self, order_ids: Iterable[int]) -> tuple[list[Refund], list[UnreadableRefund]]:
        """The refunds of these orders, by ascending id, and those that cannot be read; one call for each 250."""
        wanted = ",".join(f"{order_id:d}" for order_id in order_ids)
        found: list[Refund] = []
        unreadable: list[UnreadableRefund] = []
        before = b""
        for page in range(1, MOST_PAGES + 1 if wanted else 1):
            query = {"order_id:in": wanted, "limit": 250, "page": page}
            with _refunds_themselves():
                body = self._get("/v3/orders/payment_actions/refunds", Purpose.READ, query)
            if not body:
                break
            if not is_whole(body) and body.strip() != b"[]":
                raise lost("BigCommerce's response couldn’t be read.", Purpose.READ)
            if body == before:
                break  # a store that does not follow `page` shows the same ones for ever
            before, answer = body, read_refunds(body)
            found += answer.data
            unreadable += answer.unreadable
            pages = answer.total_pages if answer.total_pages is not None else page + (answer.listed >= 250)
            if page >= pages or not answer.listed:
                break
        return found, unreadable

    def catalog_products(self, *, min_id: int, limit: int = 250, whole: bool = False) -> CatalogPage:
        """The next products by ascending id, each with its variants; `whole` asks for all fields of a product."""
        query: dict[str, object] = {"id:min": min_id, "limit": limit, "page": 1, "sort": "id", "direction": "asc"}
        query |= {"include": "variants"} | ({} if whole else {"include_fields": CATALOG_FIELDS})
        with _the_store_itself():
            body = self._get("/v3/catalog/products", Purpose.LIST, query, scope=READ_PRODUCTS)
        return read_catalog(body or b'{"data":[]}')

    def set_status(self, order_id: int, status_id: int) -> bytes:
        """Sets an order's status and nothing else; returns the whole order as the store then has it."""
        return self._change_order(order_id, {"status_id": status_id})

    def write_staff_notes(self, order_id: int, text: str) -> bytes:
        """Replaces an order's staff notes and nothing else; returns the whole order as the store then has it."""
        return self._change_order(order_id, {"staff_notes": text})

    def _change_order(self, order_id: int, changes: Mapping[str, object]) -> bytes:
        answer = self._write("PUT", f"/orders/{order_id:d}", json.dumps(changes).encode(), for_shipment=False)
        if not is_whole(answer.body):
            raise TryAgain(
                "BigCommerce's response to the update couldn’t be read.", outcome_unknown=True, answered=True
            )
        return answer.body

    def create_shipment(self, order_id: int, shipment: NewShipment) -> StoreShipment:
        """Makes a shipment; the store has no guard against making it twice. Raises OverShipped, and NeedsPerson."""
        body = msgspec.json.encode(shipment)
        return _made(self._write("POST", f"/orders/{order_id:d}/shipments", body, for_shipment=True))

    def correct_shipment(self, order_id: int, shipment_id: int, details: ShipmentDetails) -> StoreShipment:
        """Replaces what can be corrected of a shipment; may be repeated."""
        path = f"/orders/{order_id:d}/shipments/{shipment_id:d}"
        return _made(self._write("PUT", path, msgspec.json.encode(details), for_shipment=True))

    def delete_shipment(self, order_id: int, shipment_id: int) -> bool:
        """Takes a shipment back; may be repeated. False when the store has no such shipment (any more)."""
        try:
            self._write("DELETE", f"/orders/{order_id:d}/shipments/{shipment_id:d}", for_shipment=True)
        except NeedsPerson as refused:
            if refused.code != "not_in_store":
                raise
            return False
        return True

    def _write(self, method: str, path: str, body: bytes | None = None, *, for_shipment: bool) -> Response:
        answer = self._send(method, path, Purpose.WRITE, body=body, for_shipment=for_shipment)
        trouble = self._refusal(answer, Purpose.WRITE, MODIFY_ORDERS)
        if isinstance(trouble, NeedsPerson):
            raise over_shipped(answer.body, trouble.store_words) or trouble
        if trouble is not None:
            raise trouble
        return answer

    def hooks(self) -> list[Hook]:
        """All hooks of the API account at the store, whoever made them."""
        with _the_store_itself():
            body = self._get("/v3/hooks", Purpose.READ, {"limit": 250}, scope="")
        return _hooks(body or b'{"data":[]}', HookPage).data

    def create_hook(self, scope: str, destination: str, headers: Mapping[str, str]) -> Hook:
        """Makes a hook; the store takes one for each scope and destination."""
        return self._write_hook("POST", "/v3/hooks", scope, destination, headers)

    def change_hook(self, hook_id: int, scope: str, destination: str, headers: Mapping[str, str]) -> Hook:
        """Makes a hook what it should be, and active; may be repeated."""
        return self._write_hook("PUT", f"/v3/hooks/{hook_id:d}", scope, destination, headers)

    def _write_hook(self, method: str, path: str, scope: str, destination: str, headers: Mapping[str, str]) -> Hook:
        wanted = {"scope": scope, "destination": destination, "is_active": True, "headers": dict(headers)}
        answer = self._write(method, path, json.dumps(wanted).encode(), for_shipment=False)
        return _hooks(answer.body, HookAnswer).data

    def delete_hook(self, hook_id: int) -> None:
        """Takes a hook away; may be repeated."""
        try:
            self._write("DELETE", f"/v3/hooks/{hook_id:d}", for_shipment=False)
        except NeedsPerson as refused:
            if refused.code != "not_in_store":
                raise

    def may_write_orders(self) -> bool:
        """Whether the API account may change orders: asks to change order 0, which no store has, in nothing."""
        answer = self._send("PUT", "/orders/0", Purpose.WRITE, body=b"{}")
        trouble = self._refusal(answer, Purpose.WRITE, MODIFY_ORDERS)
        if isinstance(trouble, StoreTrouble) and trouble.code == "permission":
            return False
        if isinstance(trouble, StoreTrouble | TryAgain):
            raise trouble
        return True

    def wait_for_quota(self, calls: int, *, for_shipment: bool = False) -> None:
        """Waits until so many calls can be made without waiting, as each call does for itself; raises QuotaSpent."""
        self.budget.wait_for(
            calls, wait_at_most=self._longest_wait(), for_shipment=for_shipment, before_wait=self._before_wait
        )

    def _longest_wait(self) -> float:
        """For how many seconds a call may wait for quota now."""
        return max(0.0, self._wait_at_most() if callable(self._wait_at_most) else self._wait_at_most)

    def _get(
        self, path: str, purpose: Purpose, query: Mapping[str, object] | None = None, *, scope: str = READ_ORDERS
    ) -> bytes:
        """The body of a successful answer; b"" for 204, which means: nothing there."""
        answer = self._send("GET", path, purpose, query=query)
        trouble = self._refusal(answer, purpose, scope)
        if trouble is not None:
            raise trouble
        if answer.status == 204:
            return b""
        if answer.body.lstrip()[:1] not in (b"{", b"["):
            raise lost("BigCommerce's response couldn’t be read.", purpose)
        return answer.body

    def _refusal(self, answer: Response, purpose: Purpose, scope: str) -> Exception | None:
        """What a refusal means, without the access token, should the store repeat it to us."""
        clean = replace(answer, body=answer.body.replace(self._token.encode(), b"[access token]"))
        trouble = refusal(clean, purpose, scope=scope)
        if isinstance(trouble, TryAgain) and answer.status == 429:
            trouble.after = self.budget.closed_for()
        return trouble

    def _send(
        self,
        method: str,
        path: str,
        purpose: Purpose,
        *,
        query: Mapping[str, object] | None = None,
        body: bytes | None = None,
        for_shipment: bool = False,
    ) -> Response:
        self.budget.take(wait_at_most=self._longest_wait(), for_shipment=for_shipment, before_wait=self._before_wait)
        if self._before_request is not None:
            self._before_request()
        version = "" if path.startswith("/v3/") else "/v2"
        url = self._base + version + path + (f"?{urlencode(query, safe=',:')}" if query else "")
        largest = LARGEST_LIST if purpose is Purpose.LIST else LARGEST_ANSWER
        self.calls += 1
        answer = self._transport.send(method, url, purpose, largest=largest, body=body)
        self.budget.answered(answer.status, answer.headers)
        self._note_clock(answer.headers)
        return answer

    def _note_clock(self, headers: Mapping[str, str]) -> None:
        """How far the store's clock is ahead of ours: each answer says its time (RFC 9110, section 6.6.1)."""
        said = next((value for name, value in headers.items() if name.lower() == "date"), None)
        with suppress(ValueError, OverflowError, TypeError):
            there = parsedate_to_datetime(said or "")
            self._clock_ahead = there.replace(tzinfo=there.tzinfo or UTC) - datetime.now(UTC)

    def store_time(self, at: datetime) -> datetime | None:
        """What the store's clock shows at a moment of ours, by its last answer; None where no answer said its time."""
        return None if self._clock_ahead is None else at + self._clock_ahead


def _hooks(body: bytes, shape: type[_Read]) -> _Read:
    try:
        return decoder(shape).decode(body)
    except (ValueError, RecursionError):
        raise lost("BigCommerce's response about its webhooks couldn’t be read.", Purpose.READ) from None


def _made(answer: Response) -> StoreShipment:
    """The shipment that an answer shows; one that does not show it leaves the outcome open."""
    try:
        return read_shipment(answer.body)
    except NeedsPerson:
        raise lost("BigCommerce's response to the shipment couldn’t be read.", Purpose.WRITE) from None


def _check_token(access_token: str) -> str:
    """The access token without spaces around it; raises StoreTrouble where it cannot be one (it is never shown)."""
    token = access_token.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise StoreTrouble(
            "credentials",
            "The access token contains invalid characters." if token else "There’s no access token.",
            "Enter the access token of the store's API account.",
        )
    return token


def ends_list(found: int, asked: int) -> bool:
    """Whether a page with so many rows, of those asked for, is the last one of its list.

    A store may send fewer than asked for: 50 by default, or another round number. Rows that cannot be read are left
    out, so that a page that lacks a few is a full one.
    """
    if found >= asked or (asked > MOST_UNREADABLE * 5 and found >= asked - MOST_UNREADABLE):
        return False
    return found < FEWEST_OF_A_PAGE or found % ROUND_NUMBER != 0


@contextmanager
def _the_store_itself() -> Iterator[None]:
    """What is asked here is asked of every store: a store that refuses it is in trouble as a whole."""
    try:
        yield
    except NeedsPerson as refused:
        if refused.code == "too_large":  # of what every store answers in a few lines that is a broken answer
            raise lost(refused.sentence, Purpose.READ) from None
        missing = refused.code == "not_in_store"
        raise StoreTrouble(
            "api_path" if missing else "refused",
            "There’s no store at this API path." if missing else refused.sentence,
            "Copy the API path from the store's API account in BigCommerce.",
            store_words=refused.store_words,
        ) from None


@contextmanager
def _refunds_themselves() -> Iterator[None]:
    """Refunds are asked for by a list of orders: that the list is not there says nothing about the orders."""
    try:
        yield
    except NeedsPerson as refused:
        if refused.code != "not_in_store":
            raise
        raise NeedsPerson(
            "refused",
            "BigCommerce has no refund list for this order, so its refunds aren’t known here.",
            "Check its refunds in BigCommerce.",
            store_words=refused.store_words,
        ) from None


def _dates(**dates: datetime | None) -> dict[str, object]:
    return {
        name: moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for name, moment in dates.items()
        if moment is not None
    }
