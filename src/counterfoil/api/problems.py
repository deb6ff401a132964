"""What the API answers when something cannot be done: RFC 9457, with a clerk's sentence and what to do next."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from counterfoil.sales.errors import Refused
from counterfoil.sales.orders.status_by_hand import Doubtful
from counterfoil.sales.shipping.used_numbers import NumberUsed
from counterfoil.storable import storable_text
from counterfoil.stores.json_output import json_text

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:counterfoil:problem:"
MOST_ERRORS = 50
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Where RFC 9110 calls a status by another name than older Pythons do."""
ALLOW_USED = "If it’s right anyway, send “allow_used_numbers”: true."
ANYWAY = "If it’s right anyway, send “anyway”: true."


class Problem(Exception):
    """Ends a request with an answer that says why. `code`: stable, for programs; `field`: which part of the request."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        next_step: str = "",
        field: str = "",
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.next_step, self.field = status, code, detail, next_step, field
        self.errors, self.headers = list(errors)[:MOST_ERRORS], dict(headers or {})

    def response(self) -> HttpResponse:
        """The answer."""
        shape: dict[str, Any] = {
            "type": TYPE + self.code,
            "title": _TITLES.get(self.status, HTTPStatus(self.status).phrase),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "next_step": self.next_step,
            "field": self.field or None,
        }
        if self.errors:
            shape["errors"] = self.errors
        answer = HttpResponse(storable_text(json_text(shape)), status=self.status, content_type=MEDIA_TYPE)
        for name, value in self.headers.items():
            answer[name] = value
        return answer


def of_refusal(refused: Refused) -> Problem:
    """What the program refuses to do: the present state of things forbids it."""
    code, next_step = "refused", refused.next_step
    if isinstance(refused, NumberUsed):
        code, next_step = "number_used", ALLOW_USED
    elif isinstance(refused, Doubtful):
        code, next_step = "doubtful", ANYWAY
    return Problem(409, code, refused.sentence, next_step=next_step)


def invalid(field: str, detail: str, next_step: str) -> Problem:
    """A value of the request that cannot be used."""
    error = {"field": field, "detail": detail, "next_step": next_step}
    return Problem(422, "invalid", detail, next_step=next_step, field=field, errors=[error])


def not_found(what: str = "There is nothing at this URL.", next_step: str = "") -> Problem:
    """It is not there, or not for this token: the answer is the same, so that it tells nothing."""
    return Problem(404, "not_found", what, next_step=next_step or "/api/v1/openapi.json lists all URLs.")


def for_status(status: int) -> Problem:
    """For an answer that was not made here: by the framework, or by what stands before it."""
    code, detail, next_step = _SAID.get(status, ("error", HTTPStatus(status).description or "It was refused.", ""))
    return Problem(status, code, detail, next_step=next_step)


_SAID = {
    400: ("bad_request", "The request can’t be read.", "Check its URL, headers and body."),
    403: ("forbidden", "This is not allowed.", ""),
    404: ("not_found", "There is nothing at this URL.", "/api/v1/openapi.json lists all URLs."),
    405: ("method_not_allowed", "This URL doesn’t support this method.", "See the Allow header."),
    413: ("too_large", "The request is too large.", "Send less at a time."),
    500: (
        "server_error",
        "Something went wrong on the server. Nothing was half done.",
        "Send it again with the same Idempotency-Key. If it keeps failing, give the administrator the X-Request-ID.",
    ),
    503: (
        "unavailable",
        "The database can’t be reached.",
        "Send it again in a minute, with the same Idempotency-Key.",
    ),
}


def server_error(_request: HttpRequest) -> HttpResponse:
    """For what nobody foresaw."""
    return for_status(500).response()
