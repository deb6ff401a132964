"""API tokens, and the API's reference."""

from counterfoil.accounts.api_tokens import TokenDraft, make_token
from counterfoil.accounts.models import ApiToken
from tests.web.matrix.row import IN, NO, NOT_SO, OK, ON, READ_ONLY, WHAT, Example, Row


def a_token(_: Example) -> list[int]:
    """The address of a token that has done something."""
    token = ApiToken.objects.filter(name="Warehouse").first()
    if token is None:
        token, _secret = make_token(TokenDraft("Warehouse", ["read", "ship"]), by="Ada")
        token.acts.create(what="Processed a shipment.", about="WEB-10234")
    return [token.pk]


ADMINISTRATORS_READ_ONLY = (IN, NO, NO, NO, NOT_SO)
ROWS = (
    Row("tokens", get=(IN, NO, NO, NO, OK), post=ADMINISTRATORS_READ_ONLY),
    Row("token-add", get=(IN, NO, NO, NO, NOT_SO), post=(IN, NO, NO, NO, WHAT)),
    Row("token", of=a_token, get=(IN, NO, NO, NO, OK), post=ADMINISTRATORS_READ_ONLY),
    Row("token-end", of=a_token, get=(IN, NO, NO, NO, NOT_SO), post=(IN, NO, NO, NO, ON)),
    Row("api-reference", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
)
