"""The metrics: for whoever has the token, and administrators."""

from tests.web.matrix.row import NO, NOT_SO, OK, Row

ROWS = (Row("metrics", get=(NO, NO, NO, NO, OK), post=(NOT_SO, NOT_SO, NOT_SO, NOT_SO, NOT_SO)),)
