"""The dashboard."""

from tests.web.matrix.row import IN, OK, READ_ONLY, Row

ROWS = (Row("home", get=(IN, OK, OK, OK, OK), post=READ_ONLY),)
