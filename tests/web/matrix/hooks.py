"""Where stores deliver: nobody logs in, and without the token nobody is let in."""

from tests.web.matrix.row import NOT_SO, Row

NOT_THERE = 404
ROWS = (Row("hooks", get=(NOT_SO,) * 5, post=(NOT_THERE,) * 5, of=lambda _: ["nobody-knows-this-token"]),)
