"""Logging in, one's own account, people and the audit log."""

from typing import Any

from counterfoil.accounts.models import Invitation, Person
from tests.web.matrix.row import IN, NO, NOT_SO, OK, ON, READ_ONLY, WHAT, Example, Row, first

ADMINISTRATORS_READ_ONLY = (IN, NO, NO, NO, NOT_SO)
ADMINISTRATORS_PRESS_ONLY = (IN, NO, NO, NO, NOT_SO)
GONE = 410
NOBODY_NEW = (GONE, ON, ON, ON, ON)


def _a_link(_: Example) -> list[Any]:
    return ["MQ", "no-such-key"]


def _no_invitation(_: Example) -> list[Any]:
    return ["no-such-token"]


VIEWER = first(Person, role="viewer")
ROWS = (
    Row("account_login", get=(OK, ON, ON, ON, ON), post=(OK, ON, ON, ON, ON)),
    Row("mfa_authenticate", get=(ON, ON, ON, ON, ON), post=(ON, ON, ON, ON, ON)),
    Row("account_reauthenticate", get=(IN, OK, OK, OK, OK), post=(IN, OK, OK, OK, OK)),
    Row("account_inactive", get=(OK, OK, OK, OK, OK), post=(NOT_SO, NOT_SO, NOT_SO, NOT_SO, NOT_SO)),
    Row("logout", get=(NOT_SO,) * 5, post=(ON, ON, ON, ON, ON)),
    Row("account_reset_password", get=(OK, OK, OK, OK, OK), post=(OK, OK, OK, OK, OK)),
    Row("account_reset_password_done", get=(OK, OK, OK, OK, OK), post=(NOT_SO, NOT_SO, NOT_SO, NOT_SO, NOT_SO)),
    Row("account_reset_password_from_key", of=_a_link, get=(OK, OK, OK, OK, OK), post=(OK, OK, OK, OK, OK)),
    Row("account_reset_password_from_key_done", get=(OK, OK, OK, OK, OK), post=(NOT_SO,) * 5),
    Row("invitation-accept", get=NOBODY_NEW, post=NOBODY_NEW),
    Row("invitation", of=_no_invitation, get=NOBODY_NEW, post=NOBODY_NEW),
    Row("password", get=(IN, OK, OK, OK, OK), post=(IN, WHAT, WHAT, WHAT, WHAT)),
    Row("account", get=(IN, OK, OK, OK, OK), post=READ_ONLY),
    Row("sessions-end", get=(IN, NOT_SO, NOT_SO, NOT_SO, NOT_SO), post=(IN, ON, ON, ON, ON)),
    Row("mfa_activate_totp", get=(IN, OK, OK, OK, OK), post=(IN, OK, OK, OK, OK)),
    Row("mfa_deactivate_totp", get=(IN, 404, 404, 404, 404), post=(IN, 404, 404, 404, 404)),
    Row("mfa_view_recovery_codes", get=(IN, 404, 404, 404, 404), post=READ_ONLY),
    Row("mfa_generate_recovery_codes", get=(IN, OK, OK, OK, OK), post=(IN, OK, OK, OK, OK)),
    Row("people", get=(IN, NO, NO, NO, OK), post=ADMINISTRATORS_READ_ONLY),
    Row("person-invite", get=ADMINISTRATORS_PRESS_ONLY, post=(IN, NO, NO, NO, WHAT)),
    Row("invitation-withdraw", of=first(Invitation), get=ADMINISTRATORS_PRESS_ONLY, post=(IN, NO, NO, NO, ON)),
    Row("people-rules", get=ADMINISTRATORS_PRESS_ONLY, post=(IN, NO, NO, NO, ON), sent={"role": "manager"}),
    Row("people-let-in", get=ADMINISTRATORS_PRESS_ONLY, post=(IN, NO, NO, NO, ON), sent={"name": "mira"}),
    Row("person", of=VIEWER, get=(IN, NO, NO, NO, OK), post=ADMINISTRATORS_READ_ONLY),
    Row(
        "person-change",
        of=VIEWER,
        get=ADMINISTRATORS_PRESS_ONLY,
        post=(IN, NO, NO, NO, ON),
        sent={"act": "role", "role": "clerk"},
    ),
    Row("audit", get=(IN, NO, NO, NO, OK), post=ADMINISTRATORS_READ_ONLY),
    Row("audit-csv", get=(IN, NO, NO, NO, OK), post=ADMINISTRATORS_READ_ONLY),
)
