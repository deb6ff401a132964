"""Sales orders by the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.factories import a_program
from tests.web.factories.orders import a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db


def test_smoke() -> None:
    store = a_store()
    orders = [an_order(store, number) for number in range(101, 111)]
    program = a_program()
    listed = program.get("/orders", include="lines")
    print(listed.status_code, listed.content[:1500])
    assert listed.status_code == 200
    with CaptureQueriesContext(connection, ) as seen:
        listed = program.get("/orders", include="lines", limit=3)
    print([q["sql"][:90] for q in seen.captured_queries])
    body = listed.json()
    second = program.get(body["next"])
    print(second.status_code, second.content[:400])
    with CaptureQueriesContext(connection, ) as seen:
        one = program.get(f"/orders/{orders[0].import_id}")
    print(len(seen), [q["sql"][:90] for q in seen.captured_queries])
    print(one.status_code, one.headers, one.content)
    for path, asked in (("/orders/x", {}), ("/nope", {}), ("/orders", {"limit": 1000}), ("/orders", {"a": 1}), ("/orders", {"cursor": "x"})):
        bad = program.get(path, **asked)
        print(bad.status_code, bad.content)
    for sent in ({"status": "Shipped"}, {"status": "x"}, {"state": 1}, "{", "[]", ""):
        bad = program.post(f"/orders/{orders[0].import_id}/status", sent)
        print(bad.status_code, bad.content, bad.headers)
    print(program.post("/orders").content, program.post("/orders").status_code)
