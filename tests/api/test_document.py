"""The OpenAPI document says what the code does, and the reference says what the document says."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from openapi_spec_validator import validate

from counterfoil.api.document import MEDIA_TYPE, document
from counterfoil.api.examples import EXAMPLES
from counterfoil.api.reference import markdown
from tests.api.factories import Program, a_program
from tests.web.conftest import logged_in
from tests.web.factories.clients_and_products import a_client, a_product
from tests.web.factories.orders import a_foreign_shipment, a_refused_order, a_shipment, a_store, an_order

ROOT = Path(__file__).parents[2]
OPERATIONS = [
    (method, path, operation) for path, methods in document()["paths"].items() for method, operation in methods.items()
]


def test_it_is_openapi_3_1_and_anybody_may_read_it() -> None:
    validate(document())
    answer = Client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")
    assert answer.json() == json.loads(json.dumps(document()))


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=lambda value: str(value)[:40])
def test_each_operation_is_described_whole(method: str, path: str, operation: dict[str, Any]) -> None:
    """A scope, a sentence, problems for its failures, an example of what is sent, keys for what changes something."""
    ((scope,),) = (each["token"] for each in operation["security"])
    assert f"Scope: `{scope}`." in operation["description"]
    for status, response in operation["responses"].items():
        assert response["description"]
        assert (MEDIA_TYPE in response["content"]) == (status >= "4"), (path, status)
        assert "X-Request-ID" in response["headers"]
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert ("Idempotency-Key" in names) == (method != "get")
    assert all("pattern" not in parameter or parameter["required"] for parameter in operation["parameters"])
    if "requestBody" in operation:
        assert "example" in operation["requestBody"]["content"]["application/json"]


def checked(kind: str, schema: dict[str, Any], value: Any) -> None:
    """Fails where the value is not as the schema says."""
    whole = {**schema, "components": document()["components"]}
    errors = [f"{error.instance_path} {error.message}" for error in jsonschema_rs.iter_errors(whole, value)]
    assert errors == [], kind


def test_the_examples_are_as_their_schemas_say() -> None:
    for _, _, operation in OPERATIONS:
        contents = [operation.get("requestBody", {"content": {}})["content"]]
        contents += [response["content"] for response in operation["responses"].values()]
        for content in contents:
            for media in content.values():
                if "example" in media:
                    checked(operation["operationId"], media["schema"], media["example"])
    assert EXAMPLES.keys() <= {operation["operationId"] for _, _, operation in OPERATIONS}


@pytest.mark.django_db
def test_what_is_answered_is_as_the_document_says() -> None:
    """With one of everything; also that nothing is answered which is not described."""
    store = a_store()
    order = an_order(store)
    a_shipment(order)
    a_foreign_shipment(order)
    a_refused_order(store, 77)
    a_client()
    a_product()
    program = a_program()
    made = {
        "/reconciliations": program.post("/reconciliations", {"store": "WEB-"}).json()["id"],
        "/exports": program.post("/exports", {}).json()["id"],
    }
    assert program.get(f"/reconciliations/{made['/reconciliations']}").status_code == 200
    names = {
        "order": order.import_id,
        "code": "WEB-",
        "number": 10234,
        "parcel": order.shipments.get().parcels.first().pk,
        "client": order.client_id,
        "contact": order.contact_id,
        "product": 1,
        "export": made["/exports"],
        "reconciliation": made["/reconciliations"],
    }
    names["product"] = program.get("/products").json()["data"][0]["id"]
    for method, path, operation in OPERATIONS:
        if method == "get" and not path.endswith("/file"):
            address = path.removeprefix("/api/v1").format(**names)
            include = {"include": "all"} if path == "/api/v1/orders" else {}
            answer = program.get(address, **include)
            assert answer.status_code == 200, (path, answer.content)
            checked(path, operation["responses"]["200"]["content"]["application/json"]["schema"], answer.json())
            _no_more(path, operation["responses"]["200"]["content"]["application/json"]["schema"], answer.json())


def _no_more(path: str, schema: dict[str, Any], value: Any) -> None:
    """Each key that is answered is a property of its schema, unless that is open."""
    if "$ref" in schema:
        return _no_more(path, document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], value)
    for each in schema.get("anyOf", ()):
        if "$ref" in each and isinstance(value, dict):
            return _no_more(path, each, value)
        if "items" in each and isinstance(value, list):
            return _no_more(path, each, value)
    if isinstance(value, list) and "items" in schema:
        for item in value:
            _no_more(path, schema["items"], item)
    if isinstance(value, dict) and "properties" in schema and not schema.get("additionalProperties"):
        assert value.keys() <= schema["properties"].keys(), (path, value.keys() - schema["properties"].keys())
        for name, item in value.items():
            _no_more(path, schema["properties"][name], item)
    return None


@pytest.mark.django_db
def test_the_problems_are_as_the_document_says() -> None:
    problem = document()["components"]["schemas"]["ProblemDetails"]
    for answer in (
        Program("").get("/orders"),
        a_program("read").get("/orders", limit=0),
        a_program("ship", name="Ships").get("/log"),
    ):
        assert answer["Content-Type"] == MEDIA_TYPE
        checked(str(answer.status_code), problem, answer.json())


def test_the_reference_is_current() -> None:
    """`make api-reference` renews it."""
    assert (ROOT / "docs" / "api-reference.md").read_text(encoding="utf-8") == markdown()


@pytest.mark.django_db
def test_a_page_shows_it_with_every_operation() -> None:
    page = logged_in("viewer").get("/api-reference/").content.decode()
    for method, path, operation in OPERATIONS:
        assert f'id="{operation["operationId"]}"' in page
        assert f"{method.upper()} {path}" in page
    assert not re.search(r"<script(?![^>]*src=)|style=", page)
