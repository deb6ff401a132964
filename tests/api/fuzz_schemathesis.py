"""schemathesis sends whatever the document allows, and what it does not: no 5xx, every answer as described.

Short here; `make api-fuzz` sends a hundred times as much.
"""

from typing import Any

import pytest
import schemathesis
from django.db import connections, transaction
from hypothesis import HealthCheck, Phase
from hypothesis import settings as of_hypothesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from counterfoil.api.document import document
from counterfoil.api.rate_limit import FAILURES, REQUESTS
from counterfoil.platform.wsgi import application
from tests.api.factories import a_program
from tests.conftest import restore_the_migrations_rows
from tests.scale import at_full_size
from tests.web.factories.clients_and_products import a_client, a_product
from tests.web.factories.orders import a_refused_order, a_shipment, a_store, an_order

EXAMPLES = at_full_size(300, 3)
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
schema = schemathesis.openapi.from_dict(dict(document())).exclude(operation_id="whereIsOrder")
"""All but what asks the stores over the network."""


@pytest.fixture(scope="module")
def secret(django_db_setup: None, django_db_blocker: Any) -> Any:  # noqa: ARG001 (the database comes first)
    """A token for all, in an installation with one of everything; nothing of what is done stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        restore_the_migrations_rows()
        store = a_store()
        a_shipment(an_order(store, 1))
        an_order(store, 2)
        a_refused_order(store, 3)
        a_client()
        a_product()
        yield a_program().secret
        transaction.set_rollback(True)
    connections.close_all()


@schema.parametrize()
@of_hypothesis(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_anything_and_every_answer_is_as_described(case: Any, secret: str) -> None:
    REQUESTS.forget()
    FAILURES.forget()
    with transaction.atomic():
        response = case.call(
            app=application, headers={"Authorization": f"Bearer {secret}"}, base_url="http://localhost"
        )
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)
