"""One HTTP request to a store: bounded in time and size, without redirects; every failure is one of three kinds."""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, ReadTimeoutError, SSLError

from counterfoil.bigcommerce.deadlines import BoundedPools, Watch
from counterfoil.bigcommerce.errors import NeedsPerson, StoreTrouble, TryAgain

CONNECT_SECONDS = 3.0
READ_SECONDS = 5.0
CALL_PER_READ = 1.5  # a whole call may take so many times what the store may stay silent
CHUNK = 65_536
MOST_WORDS = 500


class Purpose(Enum):
    """What a request is for; it decides what its failure means."""

    READ = "read"
    LIST = "list"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """A pool of connections to one store."""

    def __init__(
        self, headers: Mapping[str, str], *, seconds: float = READ_SECONDS, ca_certs: str | None = None
    ) -> None:
        """`seconds`: how long the store may stay silent; a whole call may take CALL_PER_READ times that."""
        self._seconds = seconds
        self._pool = BoundedPools(
            num_pools=2,
            maxsize=4,
            headers=dict(headers),
            ca_certs=ca_certs,
            ssl_minimum_version=ssl.TLSVersion.TLSv1_2,
        )

    def send(self, method: str, url: str, purpose: Purpose, *, largest: int, body: bytes | None = None) -> Response:
        """The answer, whatever its status; raises StoreTrouble, TryAgain and NeedsPerson.

        `largest` bounds the body in bytes. The time limit is for all from the name look-up to the last byte.
        """
        longest = self._seconds * CALL_PER_READ
        with Watch(longest) as watch:
            try:
                response = self._start(method, url, body)
                content = _read(response, purpose, largest=largest)
            except (HTTPError, OSError) as error:
                if watch.connected and isinstance(error, ReadTimeoutError) and not watch.is_over:
                    raise _too_slow(purpose, self._seconds) from None
                raise _failed(error, purpose, watch, longest) from None
            if watch.is_over:
                raise _too_slow(purpose, longest)
        return Response(response.status, dict(response.headers), content)

    def _start(self, method: str, url: str, body: bytes | None) -> urllib3.BaseHTTPResponse:
        return self._pool.request(
            method,
            url,
            body=body,
            headers=dict(self._pool.headers) | ({"Content-Type": "application/json"} if body is not None else {}),
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=self._seconds),
            redirect=False,
            retries=False,
            preload_content=False,
        )

    def close(self) -> None:
        """Closes the connections."""
        self._pool.clear()


def _read(response: urllib3.BaseHTTPResponse, purpose: Purpose, *, largest: int) -> bytes:
    """The body; a connection is used again only when its answer came whole."""
    content = bytearray()
    whole = False
    try:
        for chunk in response.stream(CHUNK, decode_content=True):
            content += chunk
            if len(content) > largest:
                raise _too_large(purpose)
        whole = True
    finally:
        response.release_conn() if whole else response.close()
    return bytes(content)


def _too_large(purpose: Purpose) -> Exception:
    """A list may do when it is smaller; one order that is too large stays so."""
    sentence = "BigCommerce's response is too large for an order."
    if purpose is Purpose.READ:
        return NeedsPerson("too_large", sentence, "Check the order in BigCommerce and enter it by hand.")
    return lost(sentence, purpose)


def _too_slow(purpose: Purpose, seconds: float) -> TryAgain:
    return lost(f"BigCommerce took longer than {seconds:g} s.", purpose)


def lost(sentence: str, purpose: Purpose) -> TryAgain:
    """An answer that did not come whole: a write may have been carried out, a list may do when it is smaller."""
    return TryAgain(sentence, outcome_unknown=purpose is Purpose.WRITE, smaller=purpose is Purpose.LIST)


def _failed(error: Exception, purpose: Purpose, watch: Watch, seconds: float) -> Exception:
    if isinstance(error, SSLError) and ("certificate" in str(error).lower() or "hostname" in str(error).lower()):
        return StoreTrouble(
            "certificate",
            "The store's certificate isn’t valid, so Counterfoil won’t connect to it.",
            "Check the API path. If it’s right, ask your network administrator.",
        )
    if not watch.connected:
        secure = "Can’t make a secure connection to BigCommerce." if isinstance(error, SSLError) else ""
        return StoreTrouble(
            "unreachable",
            secure or "Can’t reach BigCommerce.",
            "Check the internet connection. Counterfoil keeps trying.",
        )
    if watch.is_over:
        return _too_slow(purpose, seconds)
    return lost("The connection to BigCommerce was lost before it responded.", purpose)


BUSY = frozenset({408, 409, 423, 425, 429})
NOT_OFFERED = frozenset({501, 505})
TOO_MUCH = frozenset({413, 414, 507})


def refusal(answer: Response, purpose: Purpose, *, scope: str) -> Exception | None:
    """What a status that is no success means; None for a success. `scope` names the permission that is needed."""
    status = answer.status
    if status in (200, 201, 204):
        return None
    if 200 <= status < 300:
        return lost(f"BigCommerce's response was incomplete (status {status}).", purpose)
    if status in TOO_MUCH and purpose is Purpose.LIST:
        return TryAgain("The list is too large for BigCommerce.", smaller=True)
    if status in BUSY or (status >= 500 and status not in NOT_OFFERED) or status < 200:
        return TryAgain(
            f"BigCommerce is busy or having problems (status {status}).",
            outcome_unknown=purpose is Purpose.WRITE and status >= 500,
            smaller=purpose is Purpose.LIST and status >= 500,
        )
    words = store_words(answer.body)
    trouble = _store_trouble(status, words, scope)
    return trouble or _needs_person(status, words)


def _store_trouble(status: int, words: str, scope: str) -> StoreTrouble | None:
    if status == 401:
        return StoreTrouble(
            "credentials",
            "BigCommerce refuses the access token.",
            "Enter the access token of the store's API account again.",
            store_words=words,
        )
    if status == 403:
        return StoreTrouble(
            "permission",
            f"The API account lacks the permission “{scope}”.",
            "Create an API account with this permission in BigCommerce and enter its access token here.",
            store_words=words,
        )
    if 300 <= status < 400:
        return StoreTrouble(
            "redirect",
            "The store redirects to another address, which Counterfoil doesn’t follow.",
            "Check the API path.",
            store_words=words,
        )
    return None


def _needs_person(status: int, words: str) -> NeedsPerson:
    if status in (404, 410):
        return NeedsPerson(
            "not_in_store",
            "BigCommerce doesn’t have this order.",
            "Check whether it was deleted in BigCommerce. If so, skip it.",
            store_words=words,
        )
    said = f"BigCommerce said: “{words}”" if words else f"It responded with {status}."
    return NeedsPerson(
        "refused",
        f"BigCommerce refused the request. {said}",
        "Check the order in BigCommerce, then retry.",
        store_words=words,
    )


def store_words(body: bytes) -> str:
    """What the store said in an error, of whatever form: V2's list, V3's object, text, HTML or nothing."""
    text = body[:20_000].decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        words = "" if text.lstrip().startswith("<") else text
    else:
        words = " ".join(_messages(found))
    words = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(words.split())[:MOST_WORDS]


def _messages(found: Any) -> list[str]:
    if isinstance(found, list):
        return [words for each in found[:5] for words in _messages(each)]
    if not isinstance(found, dict):
        return []
    errors = found.get("errors")
    parts = [found.get("message"), found.get("title"), found.get("detail")]
    details = found.get("details")
    if isinstance(details, dict):
        parts.append(details.get("invalid_reason"))
    if isinstance(errors, dict):
        parts += [f"{name}: {text}" for name, text in list(errors.items())[:5]]
    return [part for part in parts if isinstance(part, str) and part]
