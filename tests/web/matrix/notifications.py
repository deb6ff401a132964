"""What one is told by mail: everyone's own."""

from counterfoil.accounts.models import Mail, MailState
from tests.web.matrix.row import IN, NOT_SO, OK, ON, WHAT, Example, Row


def undelivered(_: Example) -> list[int]:
    """A mail to nobody who logs in, which did not arrive."""
    mail, _made = Mail.objects.get_or_create(
        to="eve@example.com", subject="Come and see", state=MailState.FAILED, trouble="550 nobody here"
    )
    return [mail.pk]


PRESS_ONLY_FOR_ALL = (IN, NOT_SO, NOT_SO, NOT_SO, NOT_SO)
NOT_THEIRS = 404
ROWS = (
    Row("notifications", get=(IN, OK, OK, OK, OK), post=(IN, WHAT, WHAT, WHAT, WHAT)),
    Row("notification-test", get=PRESS_ONLY_FOR_ALL, post=(IN, ON, ON, ON, ON)),
    Row("mail-again", of=undelivered, get=PRESS_ONLY_FOR_ALL, post=(IN, NOT_THEIRS, NOT_THEIRS, NOT_THEIRS, ON)),
)
