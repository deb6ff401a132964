"""Which passwords are refused, besides those that are short or among Django's 20,000 most common.

NIST SP 800-63B asks for a list of common, expected and compromised ones, with the service's and the person's own names
among them. zxcvbn brings 30,000 breached passwords, English words and names, and sees through what people do to them:
digits behind, letters replaced, keyboard rows, dates, repetitions.
"""

import unicodedata

from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

from counterfoil.accounts.models import Person

OURS = ("counterfoil", "bigcommerce")
SHORTEST_NAME = 3  # shorter ones stand in half of all words
LONGEST_READ = 72  # zxcvbn reads no more
HARD_ENOUGH = 3  # of 4: more than 100 million tries
ANOTHER = "Choose another: several words that do not belong together are best."


class NotGuessable:
    """Refuses what somebody who knows the lists of breached passwords guesses soon."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ValidationError."""
        found = zxcvbn(password[:LONGEST_READ], user_inputs=[*OURS, *_names_of(user)])
        if found["score"] < HARD_ENOUGH:
            raise ValidationError(f"This password is easy to guess. {ANOTHER}", code="password_guessable")

    def get_help_text(self) -> str:
        """What the form says of it."""
        return "Your password can’t be one that is easy to guess, as words and dates of breached passwords are."


class NoOwnNames:
    """Refuses a password with one's own names, e-mail address or the product's name in it."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ValidationError."""
        plain = _plain(password)
        if any(name in plain for name in OURS):
            raise ValidationError(f"This password contains the name of the program. {ANOTHER}", code="password_name")
        if any(len(name) >= SHORTEST_NAME and name in plain for name in map(_plain, _names_of(user))):
            raise ValidationError(
                f"This password contains your name or e-mail address. {ANOTHER}", code="password_own_name"
            )

    def get_help_text(self) -> str:
        """What the form says of it."""
        return "Your password can’t contain your name, your e-mail address, or “Counterfoil”."


def _names_of(user: Person | None) -> list[str]:
    if user is None:
        return []
    email = user.email or ""
    names = (user.get_username(), email, email.partition("@")[0], user.first_name, user.last_name)
    return [name for name in names if name]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
