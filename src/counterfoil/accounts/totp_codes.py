"""Each code of an authenticator app works once, the one that set it up too (RFC 6238, section 5.2).

allauth remembers a used code for 30 seconds only, while it takes each for 90 (MFA_TOTP_TOLERANCE); here stands with the
key which half minute was used last, and only later ones count.
"""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.db import transaction

LAST_USED = "last_used_step"


def use_code(authenticator: Authenticator, code: str) -> bool:
    """Whether this code, which is right, is used for the first time; from now on it is none any more."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        secret = decrypt(row.data["secret"])
        steps = (step for step in auth.yield_hotp_counters_from_time() if _is_of(secret, step, code))
        step = max(steps, default=-1)
        if step <= row.data.get(LAST_USED, -1):
            return False
        row.data[LAST_USED] = step
        row.save(update_fields=["data"])
    authenticator.data = row.data
    return True


def _is_of(secret: str, step: int, code: str) -> bool:
    return bool(compare_user_code(actual=code, expected=auth.format_hotp_value(auth.hotp_value(secret, step))))
