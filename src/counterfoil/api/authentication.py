"""Who asks: a token in the header Authorization, and nothing else. A login of a page opens nothing here."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from counterfoil.accounts.api_tokens import note_use, token_with
from counterfoil.accounts.client_ip import counted_address, remote_ip
from counterfoil.accounts.models import ApiToken, Scope
from counterfoil.accounts.signals import audit_a_few_times, audit_once_a_day
from counterfoil.api.problems import Problem, not_found
from counterfoil.api.rate_limit import FAILURES, REQUESTS, TRIES, requests_a_minute
from counterfoil.sales.models import SalesOrder
from counterfoil.storable import storable_text
from counterfoil.stores.models import WebIntegration
from counterfoil.stores.networks import is_allowed_from

WRONG_TOKEN = "Tried a wrong API token."  # noqa: S105 (a sentence)
ENDED_TOKEN = "Tried an API token that has expired or was revoked."  # noqa: S105 (a sentence)
REALM = 'Bearer realm="Counterfoil"'
MAKE_ONE = "Send a token as “Authorization: Bearer cf_…”. Administrators create one under System setup, API tokens."


class TokenAuth(HttpBearer):
    """Takes a token that has this scope; `request.auth` is it."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = Scope(scope)

    def __call__(self, request: HttpRequest) -> Any:
        said = request.headers.get("Authorization", "")
        kind, _, secret = said.partition(" ")
        if kind.lower() != "bearer":
            challenge = {"WWW-Authenticate": REALM}
            raise Problem(401, "token", "The request has no token.", next_step=MAKE_ONE, headers=challenge)
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """The token; raises Problem. One statement, and one more in the first request of a minute."""
        found = token_with(token)
        if found is None:
            raise self._unknown(request, "This token is unknown.")
        if found.ended_at is not None:
            raise self._unknown(request, f"The token “{found.name}” was revoked.", found)
        if found.expires_at is not None and found.expires_at <= timezone.now():
            raise self._unknown(request, f"The token “{found.name}” has expired.", found)
        address = remote_ip(request)
        if not is_allowed_from(found.networks, address):
            raise Problem(
                403,
                "network_not_allowed",
                f"The token “{found.name}” may not be used from {address or 'there'}.",
                next_step="Ask an administrator for one that allows this network.",
            )
        _take(request, found)
        if self.scope not in found.scopes:
            raise Problem(
                403,
                "scope_missing",
                f"The token “{found.name}” doesn’t have the scope “{self.scope}”.",
                next_step="Ask an administrator for one that has it.",
                headers={"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{self.scope}"'},
            )
        note_use(found, address)
        return found

    def _unknown(self, request: HttpRequest, detail: str, ended: ApiToken | None = None) -> Problem:
        """A token that opens nothing (any more), written down; whoever tries too many of them waits."""
        allowance = FAILURES.take(counted_address(request) or "", TRIES)
        if allowance.wait:
            return _too_many(allowance.wait)
        if ended is None:
            audit_a_few_times(request, WRONG_TOKEN)
        else:
            audit_once_a_day(request, ENDED_TOKEN, about=ended.name)
        challenge = {"WWW-Authenticate": f'{REALM}, error="invalid_token"'}
        return Problem(401, "token", detail, next_step=MAKE_ONE, headers=challenge)


def _take(request: HttpRequest, token: ApiToken) -> None:
    allowance = REQUESTS.take(str(token.pk), requests_a_minute())
    request.api_allowance = allowance  # type: ignore[attr-defined]  # for the answer's headers
    request.api_token = token  # type: ignore[attr-defined]  # for the log
    if allowance.wait:
        raise _too_many(allowance.wait)


def _too_many(wait: int) -> Problem:
    return Problem(
        429,
        "too_many_requests",
        "Too many requests in one minute.",
        next_step=f"Wait {wait} seconds, as the Retry-After header says.",
        headers={"Retry-After": str(wait)},
    )


def token_of(request: HttpRequest) -> ApiToken:
    """The token of a request that was let in."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]  # ninja sets it
    return token


def orders_of(token: ApiToken) -> QuerySet[SalesOrder]:
    """The sales orders that it may see: those of its stores; orders made by hand belong to none."""
    return SalesOrder.objects.filter(source__in=token.stores) if token.stores else SalesOrder.objects.all()


def stores_of(token: ApiToken) -> QuerySet[WebIntegration]:
    """The web integrations that it may see, with their state."""
    found = WebIntegration.objects.select_related("state")
    return found.filter(code__in=token.stores) if token.stores else found


def check_store(token: ApiToken, code: str) -> WebIntegration:
    """The web integration of this code; raises Problem where there is none, or it is not this token's."""
    found = stores_of(token).filter(code=storable_text(code)).first()
    if found is None:
        raise not_found(f"There is no store {code[:50]}.", "GET /api/v1/stores lists those the token can see.")
    return found


def for_all_stores(token: ApiToken, what: str) -> None:
    """Raises Problem for a token that is limited to some stores."""
    if token.stores:
        raise Problem(
            403,
            "all_stores",
            f"{what} all stores; the token “{token.name}” is limited to some.",
            next_step="Use a token without this limit.",
        )
