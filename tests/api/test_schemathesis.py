"""schemathesis sends whatever the document allows, and what it does not: no 5xx, every answer as described.

Short here; `make api-fuzz` sends a hundred times as much.
"""

from typing import Any

import pytest
import schemathesis
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
from tests.api.factories import a_program
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
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def secret() -> str:
    """A token for all, in an installation with one of everything."""
    store = a_store()
    a_shipment(an_order(store, 1))
    an_order(store, 2)
    a_refused_order(store, 3)
    a_client()
    a_product()
    return a_program().secret


@schema.parametrize()
@of_hypothesis(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_anything_and_every_answer_is_as_described(case: Any, secret: str, live_server: Any) -> None:
    REQUESTS.forget()
    FAILURES.forget()
    response = case.call(base_url=live_server.url, headers={"Authorization": f"Bearer {secret}"})
    case.validate_response(response, checks=CHECKS)
