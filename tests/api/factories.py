"""Tokens, and a program that sends requests with one."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from counterfoil.accounts.api_tokens import TokenDraft, make_token
from counterfoil.accounts.models import Scope

ALL_SCOPES = tuple(Scope.values)


class Program:
    """Another system that has a token."""

    def __init__(self, secret: str, **headers: str) -> None:
        self.secret, self.headers = secret, headers
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **asked: Any) -> HttpResponse:
        """GET, with these parameters behind the question mark; other headers in `headers`."""
        headers = self._headers(asked.pop("headers", {}))
        return self.client.get(path if path.startswith("http") else f"/api/v1{path}", asked, headers=headers)

    def post(self, path: str, sent: Any = None, *, key: str = "", method: str = "post", **headers: str) -> HttpResponse:
        """POST (or another method) with a body in JSON; `key`: the Idempotency-Key."""
        all_headers = self._headers(headers | ({"Idempotency-Key": key} if key else {}))
        body = sent if isinstance(sent, str | bytes) else json.dumps({} if sent is None else sent)
        send = getattr(self.client, method)
        return send(f"/api/v1{path}", body, content_type="application/json", headers=all_headers)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        given = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        return given | self.headers | {name.replace("_", "-"): value for name, value in more.items()}


def a_program(*scopes: str, name: str = "Warehouse", **more: Any) -> Program:
    """A system with a new token of these scopes (all of them)."""
    _, secret = make_token(TokenDraft(name, scopes or ALL_SCOPES, **more), by="Ada")
    return Program(secret)
