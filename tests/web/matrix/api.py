"""The API: a login of a page opens nothing there, whatever its role (tests/api/test_permissions.py has the tokens)."""

from typing import Any

from tests.web.matrix.row import NOT_SO, OK, Example, Row

NOBODY = (401,) * 5
NEVER = (NOT_SO,) * 5
NOWHERE = (404,) * 5


def _order(it: Example) -> list[Any]:
    return [it.order.import_id]


def _one(_: Example) -> list[Any]:
    return [1]


def _two(_: Example) -> list[Any]:
    return [1, 1]


def _code(it: Example) -> list[Any]:
    return [it.integration.code]


CHANGES = {"patch": 401}
ROWS = (
    Row("api-openapi", get=(OK,) * 5, post=NEVER),
    Row("api-unknown", get=NOWHERE, post=NOWHERE, others=dict.fromkeys(("put", "patch", "delete", "trace"), 404)),
    Row("api-stores", get=NOBODY, post=NEVER),
    Row("api-store", of=_code, get=NOBODY, post=NEVER),
    Row("api-where", of=_one, get=NOBODY, post=NEVER),
    Row("api-log", get=NOBODY, post=NEVER),
    Row("api-orders", get=NOBODY, post=NEVER),
    Row("api-order", of=_order, get=NOBODY, post=NEVER),
    Row("api-order-status", of=_order, get=NEVER, post=NOBODY),
    Row("api-order-hold", of=_order, get=NEVER, post=NOBODY),
    Row("api-order-release", of=_order, get=NEVER, post=NOBODY),
    Row("api-shipments", of=_order, get=NOBODY, post=NOBODY),
    Row("api-parcel", of=_one, get=NOBODY, post=NEVER, others=CHANGES),
    Row("api-parcel-void", of=_one, get=NEVER, post=NOBODY),
    Row("api-clients", get=NOBODY, post=NEVER),
    Row("api-client", of=_one, get=NOBODY, post=NEVER, others=CHANGES),
    Row("api-contacts", get=NOBODY, post=NEVER),
    Row("api-contact", of=_one, get=NOBODY, post=NEVER, others=CHANGES),
    Row("api-products", get=NOBODY, post=NOBODY),
    Row("api-product", of=_one, get=NOBODY, post=NEVER, others=CHANGES),
    Row("api-aliases", of=_one, get=NEVER, post=NOBODY),
    Row("api-alias", of=_two, get=NEVER, post=NEVER, others={"delete": 401}),
    Row("api-attention", get=NOBODY, post=NEVER),
    Row("api-attention-retry", get=NEVER, post=NOBODY),
    Row("api-attention-skip", get=NEVER, post=NOBODY),
    Row("api-events", get=NOBODY, post=NEVER),
    Row("api-exports", get=NOBODY, post=NOBODY),
    Row("api-export", of=_one, get=NOBODY, post=NEVER),
    Row("api-export-file", of=_one, get=NOBODY, post=NEVER),
    Row("api-reconciliations", get=NOBODY, post=NOBODY),
    Row("api-reconciliation", of=_one, get=NOBODY, post=NEVER),
)
