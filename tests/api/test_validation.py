"""What cannot be used is told in a clerk's words: the field's name, what is wrong, what to send instead."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from django.http import HttpResponse
from django.test import Client
from ninja.operation import PathView
from pydantic_core import core_schema

from counterfoil.api.registry import RESOURCES
from counterfoil.api.validation import SENTENCES, described
from tests.api.factories import a_program
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db
ALIEN = "\ud800"
NUMBER, DIGITS = "Send a number without quotes, such as 5.", "Send digits only, such as 5."
TEXT, BOOLEAN = "Send text in quotes.", "Send true or false, without quotes."
DAY, TIME = "Write it like 2026-11-30.", "Write it like 2026-11-30T12:00:00Z."
OBJECT, LIST = 'Send fields in braces, such as {"name": "value"}.', "Put the values in brackets, even a single one."
SEND_IT, SPELLING = "Send it; /api/v1/openapi.json shows its form.", "Check its spelling, or leave it out."
SHORTEN = "Shorten it."

ASKED = [
    ("/orders", {"limit": "many"}, "“limit” must be a whole number.", DIGITS),
    ("/orders", {"limit": "1.5"}, "“limit” must be a whole number.", DIGITS),
    ("/orders", {"limit": "NaN"}, "“limit” must be a whole number.", DIGITS),
    ("/orders", {"limit": "9" * 5000}, "“limit” is too large a number.", "Send a smaller one."),
    ("/orders", {"limit": "0"}, "“limit” must be at least 1.", "Send a larger number."),
    ("/orders", {"limit": "101"}, "“limit” can be at most 100.", "Send a smaller number."),
    ("/orders", {"channel": ""}, "“channel” must be a whole number.", DIGITS),
    ("/clients/one", {}, "“client” must be a whole number.", DIGITS),
    ("/clients/0", {}, "“client” must be at least 1.", "Send a larger number."),
    (
        "/clients/9223372036854775808",
        {},
        "“client” can be at most 9,223,372,036,854,775,807.",
        "Send a smaller number.",
    ),
    ("/products", {"active": "perhaps"}, "“active” must be true or false.", BOOLEAN),
    (
        "/orders",
        {"show": "everything"},
        "“show” isn’t one of the allowed values.",
        "Choose from: to_ship, attention, held, shipped.",
    ),
    ("/orders", {"since": "yesterday"}, "“since” isn’t a date.", DAY),
    ("/orders", {"since": "2026-02-30"}, "“since” isn’t a date.", DAY),
    ("/orders", {"since": "86400"}, "“since” isn’t a date.", DAY),
    ("/orders", {"since": "2026-11-30T12:00:00Z"}, "“since” must be a date without a time.", DAY),
    ("/orders", {"updated_since": "soon"}, "“updated_since” isn’t a date and time.", TIME),
    ("/orders", {"updated_since": "2026-11-30T25:00:00Z"}, "“updated_since” isn’t a date and time.", TIME),
    ("/orders", {"updated_since": "1"}, "“updated_since” isn’t a date and time.", TIME),
    ("/orders", {"updated_since": "2026-11-30T12:00:00"}, "“updated_since” has no time zone.", TIME),
    ("/orders", {"cursor": "x" * 501}, "“cursor” is longer than 500 characters.", SHORTEN),
    (
        "/orders",
        {"q": "a\x00b"},
        "“q” contains a character that can’t be stored (NUL, or half of a surrogate pair).",
        "Leave that character out.",
    ),
]
SENT: list[tuple[str, Any, str, str, str]] = [
    ("/status", None, "", "The body is missing.", SEND_IT),
    ("/status", [], "", "The body must be an object.", OBJECT),
    ("/status", "Released", "", "The body must be an object.", OBJECT),
    ("/status", 5, "", "The body must be an object.", OBJECT),
    ("/status", {}, "status", "“status” is missing.", SEND_IT),
    ("/status", {"status": None}, "status", "“status” is missing.", SEND_IT),
    ("/status", {"status": 5}, "status", "“status” must be text.", TEXT),
    ("/status", {"status": ["New"]}, "status", "“status” must be text.", TEXT),
    ("/status", {"status": "New", "colour": 1}, "colour", "There is no field “colour”.", SPELLING),
    ("/status", {"status": "New", "anyway": "yes"}, "anyway", "“anyway” must be true or false.", BOOLEAN),
    ("/status", {"status": "New", "anyway": 1}, "anyway", "“anyway” must be true or false.", BOOLEAN),
    (
        "/status",
        {"status": ALIEN},
        "status",
        "“status” contains a character that can’t be stored (NUL, or half of a surrogate pair).",
        "Leave that character out.",
    ),
    ("/hold", {"reason": ""}, "reason", "“reason” is empty.", "Send at least one character."),
    ("/hold", {"reason": " \t"}, "reason", "“reason” is empty.", "Send at least one character."),
    ("/release", {"why": " "}, "why", "“why” is empty.", "Send at least one character."),
    ("/hold", {"reason": "x" * 501}, "reason", "“reason” is longer than 500 characters.", SHORTEN),
    ("/shipments", {"parcels": {}}, "parcels", "“parcels” must be a list.", LIST),
    ("/shipments", {"parcels": []}, "parcels", "“parcels” is empty.", "Send at least one entry."),
    ("/shipments", {"parcels": [5]}, "parcels.0", "“parcels.0” must be an object.", OBJECT),
    (
        "/shipments",
        {"parcels": [{"items": [{"part_number": "MUG-1", "quantity": "2"}]}]},
        "parcels.0.items.0.quantity",
        "“parcels.0.items.0.quantity” must be a whole number.",
        NUMBER,
    ),
    (
        "/shipments",
        {"parcels": [{"items": [{"part_number": "MUG-1", "quantity": 1.5}]}]},
        "parcels.0.items.0.quantity",
        "“parcels.0.items.0.quantity” must be a whole number.",
        NUMBER,
    ),
    (
        "/shipments",
        {"parcels": [{"items": [{"part_number": "MUG-1", "quantity": 0}]}]},
        "parcels.0.items.0.quantity",
        "“parcels.0.items.0.quantity” must be at least 1.",
        "Send a larger number.",
    ),
    (
        "/shipments",
        {"parcels": [{"items": [{"part_number": "MUG-1", "quantity": 10**30}]}]},
        "parcels.0.items.0.quantity",
        "“parcels.0.items.0.quantity” can be at most 1,000,000,000.",
        "Send a smaller number.",
    ),
]
ELSEWHERE: list[tuple[str, Any, str, str, str]] = [
    ("/reconciliations", {"store": "WEB-", "first_day": []}, "first_day", "“first_day” must be a date.", DAY),
    ("/reconciliations", {"store": "WEB-", "first_day": True}, "first_day", "“first_day” isn’t a date.", DAY),
    ("/reconciliations", {"store": "WEB-", "last_day": "soon"}, "last_day", "“last_day” isn’t a date.", DAY),
    (
        "/attention/retry",
        {"import_ids": ["WEB-1"] * 1001},
        "import_ids",
        "“import_ids” has more than 1,000 entries.",
        "Split it into several requests.",
    ),
    (
        "/products",
        {"part_number": "A", "type": "gas"},
        "type",
        "“type” isn’t one of the allowed values.",
        "Choose from: physical, digital.",
    ),
]
PHRASES = ("input", "pydantic", "unable", "should", "instance", "none", "string", "integer", "boolean", "_", "http")


def named(answer: HttpResponse) -> tuple[int, str, str, str]:
    """Status, field, sentence and next step of a problem; its first error says the same."""
    said = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    first = said["errors"][0]
    assert (said["field"] or "", said["detail"], said["next_step"]) == tuple(first.values())
    return answer.status_code, first["field"], first["detail"], first["next_step"]


@pytest.mark.parametrize(("path", "asked", "sentence", "next_step"), ASKED, ids=lambda value: repr(value)[:50])
def test_a_parameter_is_named_with_what_to_send(
    path: str, asked: dict[str, str], sentence: str, next_step: str
) -> None:
    field = next(iter(asked), "client")
    assert named(a_program("read").get(path, **asked)) == (422, field, sentence, next_step)


def test_a_field_is_named_with_what_to_send() -> None:
    """All of them in one installation; nothing is changed by any."""
    order = an_order(a_store())
    program = a_program()
    addresses = [(f"/orders/{order.import_id}{path}", *rest) for path, *rest in SENT] + list(ELSEWHERE)
    for path, sent, field, sentence, next_step in addresses:
        answer = program.post(path, b"" if sent is None else json.dumps(sent))
        assert named(answer) == (422, field, sentence, next_step), (path, answer.content)
    order.refresh_from_db()
    assert (order.status.name, order.hold_reason, order.shipments.count()) == ("New", "", 0)


def test_a_plus_that_the_url_lost_is_a_plus() -> None:
    program = a_program("read")
    for moment in ("2026-11-30T12:00:00+00:00", "2026-11-30T12:00:00.123456 02:00", "2026-11-30T12:00+0200"):
        answer = program.get(f"http://testserver/api/v1/orders?updated_since={moment.replace(' ', '%20')}")
        assert answer.status_code == 200, answer.content


def test_a_parameter_that_stands_twice_is_refused() -> None:
    answer = a_program("read").get("http://testserver/api/v1/orders?limit=1&limit=2")
    assert named(answer) == (422, "limit", "“limit” appears twice in the URL.", "Send each parameter once.")


@pytest.mark.parametrize(
    ("body", "field", "sentence", "next_step"),
    [
        ('{"status": "a", "status": "b"}', "status", "The field “status” appears twice.", "Send each field once."),
        ('{"status": NaN}', None, "NaN isn’t a number in JSON.", "Send a number, or leave the field out."),
        ('{"status": -Infinity}', None, "-Infinity isn’t a number in JSON.", "Send a number, or leave the field out."),
        (
            '{"a": 1' + "0" * 5000 + "}",
            None,
            "A number in the body has more than 1000 digits.",
            "Send a smaller number.",
        ),
        ("[" * 30 + "]" * 30, None, "The body is nested more than 20 levels deep.", "Send at most 20 levels."),
    ],
    ids=["twice", "nan", "infinity", "digits", "depth"],
)
def test_what_json_forbids_is_told(body: str, field: str | None, sentence: str, next_step: str) -> None:
    said = a_program().post("/products", body).json()
    assert (said["status"], said["field"], said["detail"], said["next_step"]) == (400, field, sentence, next_step)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert a_program().post("/products", b'\xef\xbb\xbf{"part_number": "BOM-1"}').status_code == 201


def test_every_field_that_is_wrong_is_listed() -> None:
    order = an_order(a_store())
    sent = {"parcels": [{"carrier": 5, "further_box": "no", "boxes": 2}]}
    errors = a_program().post(f"/orders/{order.import_id}/shipments", sent).json()["errors"]
    assert [each["field"] for each in errors] == ["parcels.0.carrier", "parcels.0.further_box", "parcels.0.boxes"]
    assert all(each["detail"] and each["next_step"] for each in errors)


def test_no_sentence_speaks_of_types_of_the_library() -> None:
    """Of no kind of error that the library knows, also of those that no schema can raise today."""
    for kind in get_args(core_schema.ErrorType):
        said = described({"type": kind, "loc": ("body", "sent", "Field"), "msg": "Input should be", "ctx": {}})
        assert said["field"] == "Field"
        assert "“Field”" in said["detail"], kind
        assert said["next_step"], kind
        told = (said["detail"] + said["next_step"]).lower().replace("/api/v1/openapi.json", "")
        told = told.replace("https://example.com/page", "")
        assert not [word for word in PHRASES if word in told], (kind, told)


LENGTHS = {"too_long", "too_short"}
NO_KINDS = {"model-field", "default", "nullable", "no-info", "function-before", "function-after"}
NO_KINDS |= {"definitions", "definition-ref"}
"""Parts of a schema that raise nothing of their own."""
KINDS: dict[str, set[str]] = {
    "str": {"string_type", "string_unicode", "string_too_long", "string_too_short"} | LENGTHS,
    "int": {"int_type", "int_parsing", "int_parsing_size", "int_from_float", "greater_than_equal", "less_than_equal"},
    "bool": {"bool_type", "bool_parsing"},
    "date": {"date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"},
    "datetime": {
        "datetime_type",
        "datetime_parsing",
        "datetime_from_date_parsing",
        "datetime_object_invalid",
    },
    "enum": {"enum"},
    "list": {"list_type"} | LENGTHS,
    "model": {"model_type", "model_attributes_type"},
    "model-fields": {"missing", "extra_forbidden", "invalid_key", "dict_type"},
}
"""What a part of a schema can raise, by the library's documentation."""


def parts_of(schema: Any) -> Iterator[str]:
    """The kinds of all parts of a core schema."""
    if isinstance(schema, dict):
        kind = schema.get("type")
        if isinstance(kind, str):
            yield kind
        for name, each in schema.items():
            if name not in ("metadata", "serialization", "members", "default", "config"):
                yield from parts_of(each)
    elif isinstance(schema, list | tuple):
        for each in schema:
            yield from parts_of(each)


def test_all_that_the_schemas_can_raise_has_a_sentence() -> None:
    """A new kind of field needs a row in KINDS, and its errors a sentence."""
    views = [view for resource in RESOURCES for view in resource.router.path_operations.values()]
    assert all(isinstance(view, PathView) for view in views)
    models = [model for view in views for operation in view.operations for model in operation.models]
    found = {part for model in models for part in parts_of(model.__pydantic_core_schema__)}
    assert found <= KINDS.keys() | NO_KINDS
    assert {kind for part in found - NO_KINDS for kind in KINDS[part]} <= SENTENCES.keys()


def test_head_is_answered_like_get_and_options_tells_the_methods() -> None:
    order = an_order(a_store())
    program = a_program()
    headers = {"Authorization": f"Bearer {program.secret}"}
    for path in (f"/orders/{order.import_id}", "/orders", "/clients", "/orders/none", "/openapi.json"):
        got = program.get(path)
        head = Client().head(f"/api/v1{path}", headers=headers)
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert (head["Content-Length"], head["Content-Type"]) == (str(len(got.content)), got["Content-Type"])
        assert head.get("ETag") == got.get("ETag")
    assert Client().head("/api/v1/orders").status_code == 401
    for path, allowed in {
        "/orders": "GET, HEAD, OPTIONS",
        f"/orders/{order.import_id}/shipments": "GET, HEAD, POST, OPTIONS",
        f"/orders/{order.import_id}/hold": "POST, OPTIONS",
        "/contacts/1": "GET, HEAD, PATCH, OPTIONS",
        "/openapi.json": "GET, HEAD, OPTIONS",
    }.items():
        told = Client().options(f"/api/v1{path}")
        assert (told.status_code, told["Allow"], told.content) == (204, allowed, b"")
        assert program.post(path, {}, method="put")["Allow"] == allowed
    assert Client().head(f"/api/v1/orders/{order.import_id}/hold", headers=headers).status_code == 405
