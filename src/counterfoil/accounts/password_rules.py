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
STAND_FOR_LETTERS = frozenset("4@8({[<369!1|0$5+7%2")
MOST_TRIED, SHORTER = 12, 16
"""Of a password with more of these signs zxcvbn reads so much less: it tries all that they may stand for together,
which takes a quarter of a minute of the processor for one that somebody has made up for it."""
HARD_ENOUGH = 3  # of 4: more than 100 million tries
ANOTHER = "Choose another one: several unrelated words work best."


class NotGuessable:
    """Refuses what somebody who knows the lists of breached passwords guesses soon."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ValidationError."""
        names = [*OURS, *_names_of(user)]
        if any(
            zxcvbn(_read(text), user_inputs=names)["score"] < HARD_ENOUGH for text in {password, _visible(password)}
        ):
            raise ValidationError(f"This password is easy to guess. {ANOTHER}", code="password_guessable")

    def get_help_text(self) -> str:
        """What the form says of it."""
        return "Your password can’t be easy to guess, like the words and dates found in breached passwords."


class NoOwnNames:
    """Refuses a password with one's own names, e-mail address or the product's name in it."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ValidationError."""
        plain = _plain(password)
        if any(name in plain for name in OURS):
            raise ValidationError(f"This password contains the product’s name. {ANOTHER}", code="password_name")
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


def _read(password: str) -> str:
    """What is looked at."""
    start = password[:LONGEST_READ]
    return start[:SHORTER] if len(STAND_FOR_LETTERS.intersection(start)) > MOST_TRIED else start


def _visible(password: str) -> str:
    """In plain letters, where they are wide, bold or in a circle, and without signs that nobody sees."""
    seen = "".join(sign for sign in password if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", seen) or password


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
