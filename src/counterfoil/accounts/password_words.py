"""No password that is made of words which everyone around these pages knows (OWASP ASVS 5.0.0, 6.1.2 and 6.2.11)."""

import calendar
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from counterfoil.accounts.models import Role
from counterfoil.accounts.password_rules import OURS
from counterfoil.stores.models import WebIntegration

WORDS = (*OURS, "administrator", "merchant", "password", "passwort", "integration", "invoice")
SHORT_WORDS = ("admin", "order", "orders", "shop", "store", "sales", "client", "clients", "login", "welcome", "the")
SEASONS = ("spring", "summer", "autumn", "winter")
MONTHS = tuple(name.lower() for name in calendar.month_name if len(name) > 3)
"""With a year behind them what people choose who have to choose often, and what is tried first."""
LEAST = 6
"""Letters and digits that have to be left when these words and whatever is not a letter or digit are taken away."""
YEAR = re.compile(r"(?:19|20)\d\d")
KNOWN = "This password uses words that everyone here knows, like {}. Choose unrelated words."


class KnownWordsValidator:
    """Refuses what is, but for a few signs, the product's name, a role, a host, or a store's name."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError."""
        rest = re.sub(r"[\W_]", "", password.lower())
        found = ""
        for word in sorted(known_words(), key=len, reverse=True):
            if word in rest:
                found, rest = found or word, rest.replace(word, "")
        if found and len(YEAR.sub("", rest)) < LEAST:
            raise ValidationError(KNOWN.format(f"“{found}”"), code="password_of_known_words")

    def get_help_text(self) -> str:
        return "Your password can’t be made of the names of the product, its roles, its host, or its stores."


def known_words() -> set[str]:
    """In small letters: the fixed list, the roles, the parts of the hosts' names, the stores' names."""
    hosts = [*settings.ALLOWED_HOSTS, urlsplit(settings.ADDRESS).hostname or ""]
    stores = WebIntegration.objects.values_list("description", flat=True)
    texts = [*hosts, *stores, *Role.values]
    named = {word for text in texts for word in re.split(r"[\W_]+", text.lower()) if len(word) > 3}
    return {*WORDS, *SHORT_WORDS, *SEASONS, *MONTHS, *named}
