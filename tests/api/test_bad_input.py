"""Whatever is sent: the right status, a sentence, never a 500."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest
from django.test import Client

from counterfoil.limits import LARGEST_API_BODY
from tests.api.factories import Program, a_program
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db
JSON = "application/json"
DEEP = '{"parcels": ' + "[" * 50 + "]" * 50 + "}"
BODIES: list[tuple[Any, str, int, str]] = [
    (b"", JSON, 422, "invalid"),
    (b"{", JSON, 400, "no_json"),
    (b"nul", JSON, 400, "no_json"),
    (b"[]", JSON, 422, "invalid"),
    (b'"text"', JSON, 422, "invalid"),
    (b"null", JSON, 422, "invalid"),
    (b'{"status": NaN}', JSON, 400, "no_json"),
    (b'{"status": 1e999}', JSON, 422, "invalid"),
    (b'{"status": ' + b"9" * 5000 + b"}", JSON, 400, "no_json"),
    (b'{"status": "a", "status": "b"}', JSON, 400, "no_json"),
    (DEEP.encode(), JSON, 400, "too_deep"),
    (b"[" * 100_000, JSON, 400, "too_deep"),
    (b'{"status": "\xff"}', JSON, 400, "charset"),
    ('{"status": "ä"}'.encode("utf-16"), f"{JSON}; charset=utf-16", 415, "media_type"),
    (b'{"status": "\\u0000"}', JSON, 422, "invalid"),
    (b'{"status": "\\ud800"}', JSON, 422, "invalid"),
    (b'{"status": null}', JSON, 422, "invalid"),
    (b'{"status": ["Released"]}', JSON, 422, "invalid"),
    (b'{"status": "Released", "anyway": "yes"}', JSON, 422, "invalid"),
    (b'{"status": "Released", "anyway": 1}', JSON, 422, "invalid"),
    (b'{"status": "Released", "more": 1}', JSON, 422, "invalid"),
    (b'{"status": "Released"}', "text/plain", 415, "media_type"),
    (b'{"status": "Released"}', "application/xml", 415, "media_type"),
    (b"status=Released", "application/x-www-form-urlencoded", 415, "media_type"),
    (b'{"status": "Released"}', "", 415, "media_type"),
    (b'"' + b"x" * LARGEST_API_BODY + b'"', JSON, 413, "too_large"),
]


@pytest.mark.parametrize(("body", "kind", "status", "code"), BODIES, ids=lambda value: repr(value)[:40])
def test_a_body_that_cannot_be_used_is_refused_with_a_sentence(body: bytes, kind: str, status: int, code: str) -> None:
    order = an_order(a_store())
    headers = {"Authorization": f"Bearer {a_program('ship').secret}"}
    answer = Client().generic("POST", f"/api/v1/orders/{order.import_id}/status", body, kind, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    assert answer.json()["code"] == code
    assert answer.json()["detail"]
    assert answer.json()["status"] == status
    order.refresh_from_db()
    assert order.status.name == "New"


def a_cursor(said: str) -> str:
    """One that somebody wrote by hand."""
    return urlsafe_b64encode(said.encode()).decode().rstrip("=")


ASKED = [
    ("/orders", {"limit": "0"}),
    ("/orders", {"limit": "101"}),
    ("/orders", {"limit": "many"}),
    ("/orders", {"limit": "9" * 50}),
    ("/orders", {"q": "a\x00b"}),
    ("/orders", {"channel": "-1"}),
    ("/orders", {"channel": "99999999999"}),
    ("/orders", {"since": "yesterday"}),
    ("/orders", {"since": "0000-00-00"}),
    ("/orders", {"updated_since": "1"}),
    ("/orders", {"updated_since": "2026-11-30"}),
    ("/orders", {"updated_since": "2026-11-30T00:00:00"}),
    ("/orders", {"updated_since": "2026-11-30T00:00:00Z", "sort": "order_date"}),
    ("/orders", {"sort": "total"}),
    ("/orders", {"show": "everything"}),
    ("/orders", {"status": "Nonsense"}),
    ("/orders", {"stauts": "New"}),
    ("/orders", {"cursor": "WyJvcmRlcl9kYXRlLSIsMSwxXQ"}),
    ("/orders", {"cursor": "é"}),
    ("/orders", {"cursor": "x" * 501}),
    ("/clients", {"cursor": "WyJpZCIsOTk5OTk5OTk5OTk5OTk5OTk5OTk5OTksMV0"}),
    ("/clients/0", {}),
    ("/clients/99999999999999999999", {}),
    ("/clients/one", {}),
    ("/contacts", {"client": "0"}),
    ("/log", {"since": "soon"}),
    ("/products", {"active": "perhaps"}),
    ("/attention", {"cursor": "e30"}),
    ("/orders", {"since": "86400"}),
    ("/orders", {"cursor": a_cursor('["order_date-", 1e400, 1]')}),
    ("/clients", {"cursor": a_cursor('["id", Infinity, 1]')}),
    ("/clients", {"cursor": a_cursor('["id", 1, 1e400]')}),
    ("/attention", {"cursor": a_cursor('["2026-01-01T00:00:00Z", "order", 1e400]')}),
]


@pytest.mark.parametrize(("path", "asked"), ASKED, ids=lambda value: repr(value)[:60])
def test_a_parameter_that_cannot_be_used_is_named(path: str, asked: dict[str, str]) -> None:
    answer = a_program("read").get(path, **asked)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json"), answer.content
    assert answer.json()["field"]
    assert answer.json()["detail"]


def test_a_text_that_is_too_long_is_told_in_characters() -> None:
    order = an_order(a_store())
    answer = a_program().post(f"/orders/{order.import_id}/hold", {"reason": "x" * 501})
    assert (answer.status_code, answer.json()["errors"][0]["detail"]) == (
        422,
        "“reason” is longer than 500 characters.",
    )


def test_a_reconciliation_covers_a_year_at_most_also_where_its_last_day_is_left_out() -> None:
    sent = {"store": a_store().code, "first_day": "2016-01-01"}
    answer = a_program().post("/reconciliations", sent)
    assert (answer.status_code, answer.json()["field"]) == (422, "first_day")


def test_addresses_and_methods_that_are_none_are_problems_too() -> None:
    program = a_program()
    assert program.get("/nothing/here").json()["code"] == "not_found"
    assert Client().get("/api/").status_code == 404
    wrong = program.post("/orders", {}, method="put")
    assert (wrong.status_code, wrong["Allow"], wrong["Content-Type"]) == (
        405,
        "GET, HEAD, OPTIONS",
        "application/problem+json",
    )
    assert program.get("/orders/%00").status_code == 404
    assert program.get("/orders/" + "x" * 5000).status_code == 404
    assert program.get("/stores/%ED%A0%80").status_code == 404


def test_every_answer_names_its_request() -> None:
    program = a_program("read")
    assert program.get("/orders", headers={"X-Request-ID": "warehouse-0042"})["X-Request-ID"] == "warehouse-0042"
    made = program.get("/orders", headers={"X-Request-ID": "no good\n"})["X-Request-ID"]
    assert len(made) == 32
    assert Program("").get("/orders").has_header("X-Request-ID")
