"""Wrong codes of second factors: django-allauth counts them; who has to wait is found here, and let try again.

Setting ACCOUNT_RATE_LIMITS. The times of a person's latest tries are kept in the cache, for each limit, the newest
first; a right code removes them.
"""

from datetime import UTC, datetime

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import Rate
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.http import HttpRequest

from counterfoil.accounts.models import Person

_APP, _ACTION = "allauth.account", "login_failed"


def waiting_for_codes() -> dict[Person, datetime]:
    """Who has entered too many wrong codes, and until when they have to wait, or had to."""
    everyone = Person.objects.filter(authenticator__type=Authenticator.Type.TOTP)
    asked = {key: (person, rate) for person in everyone for key, rate in _limits(person)}
    waiting: dict[Person, datetime] = {}
    for key, tries in cache.get_many(asked).items():
        person, rate = asked[key]
        if len(tries) >= rate.amount:
            until = datetime.fromtimestamp(tries[rate.amount - 1] + rate.duration, UTC)
            waiting[person] = max(until, waiting.get(person, until))
    return waiting


def forget_codes(person: Person) -> bool:
    """Lets a person's codes be tried again at once; False when none had been tried."""
    keys = [key for key, _ in _limits(person)]
    tried = bool(cache.get_many(keys))
    cache.delete_many(keys)
    return tried


def _limits(person: Person) -> list[tuple[str, Rate]]:
    """The limits that count a person's codes, with the key of each in the cache."""
    rates = [rate for rate in ratelimit.get_rates(app=_APP, action=_ACTION) if rate.per == "key"]
    request, key = HttpRequest(), f"mfa-auth-user-{person.pk}"
    return [(ratelimit.get_cache_key(request, app=_APP, action=_ACTION, rate=rate, key=key), rate) for rate in rates]
