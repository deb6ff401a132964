"""What needs attention, the updates to the stores, and the log."""

from counterfoil.stores.models import StoreUpdate, UpdateState
from tests.web.matrix.row import IN, MANAGERS_PRESS_ONLY, NO, OK, ON, PRESS_ONLY, READ_ONLY, WHAT, Example, Row, first

FAILED = first(StoreUpdate, state=UpdateState.FAILED)


def one_failed(it: Example) -> int:
    """An update that failed."""
    return int(FAILED(it)[0])


LACKING = {"store": "WEB-", "sku": "X"}
ROWS = (
    Row("attention", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("attention-count", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("retry", get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"all": "1"}),
    Row("attention-group", get=(IN, OK, OK, OK, OK), post=READ_ONLY, asked={"cause": "conflict:conflict:po number"}),
    Row(
        "skip",
        get=(IN, NO, OK, OK, OK),
        post=(IN, NO, ON, ON, ON),
        asked={"update": one_failed},
        sent={"reason": "A test"},
    ),
    Row("accept-all", get=(IN, NO, NO, OK, OK), post=(IN, NO, NO, ON, ON), asked={"cause": "order:totals:"}),
    Row("accept", get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON), sent={"import_id": "WEB-5"}),
    Row("add-product", get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"part_number": "A", "description": "B"}),
    Row("add-products", get=PRESS_ONLY, post=(IN, NO, ON, ON, ON)),
    Row("our-part", get=(IN, NO, OK, OK, OK), post=(IN, NO, WHAT, WHAT, WHAT), asked=LACKING, sent=LACKING),
    Row("updates", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("update-retry", of=FAILED, get=PRESS_ONLY, post=(IN, NO, ON, ON, ON)),
    Row("update-skip", of=FAILED, get=(IN, NO, OK, OK, OK), post=(IN, NO, ON, ON, ON), sent={"reason": "Needless"}),
    Row("log", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
)
