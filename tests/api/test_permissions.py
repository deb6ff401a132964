"""The API's addresses × tokens: what each token is answered, written out by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from counterfoil.api.document import document
from counterfoil.sales.models import Client, Contact, Parcel, ProductAlias
from tests.api.factories import Program, a_program
from tests.web.factories.clients_and_products import a_client, a_product
from tests.web.factories.orders import a_shipment, a_store, an_order

pytestmark = pytest.mark.django_db
NOBODY_THERE = "http://127.0.0.1:9"
TOKENS = ("none", "read", "ship", "manage", "other store")
NO, MAY_NOT, HIDDEN, BAD, CONFLICT, OK, MADE = 401, 403, 404, 422, 409, 200, 201
READS = (NO, OK, MAY_NOT, MAY_NOT, OK)
READS_OWN = (NO, OK, MAY_NOT, MAY_NOT, HIDDEN)
READS_ALL = (NO, OK, MAY_NOT, MAY_NOT, MAY_NOT)
SHIPS = (NO, MAY_NOT, OK, MAY_NOT, HIDDEN)
MANAGES = (NO, MAY_NOT, MAY_NOT, OK, HIDDEN)
Row = tuple[str, str, tuple[int, ...], Any]


def _first(model: Any) -> Callable[[], int]:
    return lambda: int(model.objects.order_by("pk").values_list("pk", flat=True)[0])


ONE: dict[str, Callable[[], Any]] = {
    "order": lambda: "WEB-2",
    "code": lambda: "WEB-",
    "number": lambda: 1,
    "parcel": _first(Parcel),
    "client": _first(Client),
    "contact": _first(Contact),
    "product": lambda: ProductAlias.objects.order_by("pk")[0].product_id,
    "alias": _first(ProductAlias),
    "export": lambda: 1,
    "reconciliation": lambda: 1,
}
ROWS: list[Row] = [
    ("get", "/stores", READS, None),
    ("get", "/stores/{code}", READS_OWN, None),
    ("get", "/where/{number}", READS, None),
    ("get", "/log", READS, None),
    ("get", "/orders", READS, None),
    ("get", "/orders/{order}", READS_OWN, None),
    ("post", "/orders/{order}/status", SHIPS, {"status": "Released"}),
    ("post", "/orders/{order}/hold", MANAGES, {"reason": "Wait"}),
    ("post", "/orders/{order}/release", MANAGES, {"why": "They called"}),
    ("get", "/orders/{order}/shipments", READS_OWN, None),
    ("post", "/orders/{order}/shipments", (NO, MAY_NOT, MADE, MAY_NOT, HIDDEN), {"parcels": [{}]}),
    ("get", "/parcels/{parcel}", READS_OWN, None),
    ("patch", "/parcels/{parcel}", SHIPS, {"service": "Ground"}),
    ("post", "/parcels/{parcel}/void", SHIPS, {"reason": "Lost"}),
    ("get", "/clients", READS, None),
    ("get", "/clients/{client}", READS_OWN, None),
    ("patch", "/clients/{client}", MANAGES, {"name": "Another"}),
    ("get", "/contacts", READS, None),
    ("get", "/contacts/{contact}", READS_OWN, None),
    ("patch", "/contacts/{contact}", MANAGES, {"phone": "1"}),
    ("get", "/products", READS, None),
    ("post", "/products", (NO, MAY_NOT, MAY_NOT, MADE, MAY_NOT), {"part_number": "NEW-1"}),
    ("get", "/products/{product}", READS, None),
    ("patch", "/products/{product}", (NO, MAY_NOT, MAY_NOT, OK, MAY_NOT), {"bin": "B"}),
    ("post", "/products/{product}/aliases", (NO, MAY_NOT, MAY_NOT, MADE, HIDDEN), {"store": "WEB-", "sku": "ODD-9"}),
    ("delete", "/products/{product}/aliases/{alias}", MANAGES, {}),
    ("get", "/attention", READS, None),
    ("get", "/events", READS, None),
    ("post", "/attention/retry", MANAGES, {"import_ids": ["WEB-1"]}),
    ("post", "/attention/skip", (NO, MAY_NOT, MAY_NOT, CONFLICT, HIDDEN), {"import_id": "WEB-1", "reason": "A test"}),
    ("get", "/exports", READS_ALL, None),
    ("post", "/exports", (NO, MAY_NOT, MAY_NOT, MADE, MAY_NOT), {}),
    ("get", "/exports/{export}", (NO, HIDDEN, MAY_NOT, MAY_NOT, MAY_NOT), None),
    ("get", "/exports/{export}/file", (NO, MAY_NOT, MAY_NOT, HIDDEN, MAY_NOT), None),
    ("get", "/reconciliations", READS, None),
    ("post", "/reconciliations", (NO, MAY_NOT, MAY_NOT, MADE, HIDDEN), {"store": "WEB-"}),
    ("get", "/reconciliations/{reconciliation}", (NO, HIDDEN, MAY_NOT, MAY_NOT, HIDDEN), None),
]


@pytest.fixture
def programs(settings: Any) -> dict[str, Program]:
    """A program for each of TOKENS, and one of everything; the other store cannot be reached."""
    settings.API_ORIGINS = [*settings.API_ORIGINS, NOBODY_THERE]
    store = a_store("WEB-")
    a_shipment(an_order(store, 1))
    an_order(store, 2)
    a_store("EU-", api_path=f"{NOBODY_THERE}/stores/eu")
    a_client()
    a_product()
    return {
        "none": Program(""),
        **{scope: a_program(scope, name=scope) for scope in ("read", "ship", "manage")},
        "other store": a_program(name="other store", stores=["EU-"]),
    }


def test_every_operation_of_the_document_stands_here_once() -> None:
    documented = {
        (method, path.removeprefix("/api/v1")) for path, methods in document()["paths"].items() for method in methods
    }
    assert sorted(documented) == sorted((method, path) for method, path, *_ in ROWS)


def test_each_token_is_answered_as_it_stands_here(programs: dict[str, Program]) -> None:
    """Whatever is done is taken back before the next one asks."""
    wrong = {}
    for method, path, expected, sent in ROWS:
        address = path.format(**{name: one() for name, one in ONE.items()})
        got = []
        for name in TOKENS:
            with transaction.atomic():
                program = programs[name]
                answer = program.get(address) if method == "get" else program.post(address, sent, method=method)
                got.append(answer.status_code)
                transaction.set_rollback(True)
        if tuple(got) != expected:
            wrong[f"{method} {path}"] = got
    assert wrong == {}
