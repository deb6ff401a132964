"""The packing bench, and the keys."""

from tests.web.matrix.row import IN, NO, NOT_SO, OK, ON, PRESS_ONLY, READ_ONLY, Row, number

ROWS = (
    Row("orders-pack", get=(IN, NO, OK, OK, OK), post=(IN, NO, NOT_SO, NOT_SO, NOT_SO)),
    Row("orders-pack-ship", get=PRESS_ONLY, post=(IN, NO, ON, ON, ON), sent={"order": number}),
    Row("orders-scan", get=(IN, ON, ON, ON, ON), post=READ_ONLY, asked={"code": number}),
    Row("orders-ship-next", get=(IN, NO, ON, ON, ON), post=(IN, NO, NOT_SO, NOT_SO, NOT_SO)),
    Row("account-keys", get=(IN, NOT_SO, NOT_SO, NOT_SO, NOT_SO), post=(IN, ON, ON, ON, ON)),
)
