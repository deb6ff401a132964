"""Logging in and one's own password."""

from tests.web.matrix.row import IN, NOT_SO, OK, ON, Row

ROWS = (
    Row("login", get=(OK, ON, ON, ON, ON), post=(OK, ON, ON, ON, ON)),
    Row("logout", get=(IN, NOT_SO, NOT_SO, NOT_SO, NOT_SO), post=(IN, ON, ON, ON, ON)),
    Row("password", get=(IN, OK, OK, OK, OK), post=(IN, OK, OK, OK, OK)),
)
