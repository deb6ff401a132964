"""Passwords that are refused, and some that are not."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from counterfoil.accounts import password_rules
from counterfoil.accounts.models import Person, Role
from counterfoil.accounts.users import invite

pytestmark = pytest.mark.django_db  # the names of stores are known words
NOOR = Person(username="noor", email="n.haddad@example.com", first_name="Noor", last_name="Haddad")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Password1234!", "easy to guess"),
        ("iloveyou123456", "easy to guess"),
        ("qwertyuiop[]123", "easy to guess"),
        ("trustno1trustno1", "easy to guess"),
        ("aaaaaaaaaaaaaaaa", "easy to guess"),
        ("a" * 200, "easy to guess"),
        ("P@ssw0rdP@ssw0rd", "easy to guess"),
        ("𝐩𝐚𝐬𝐬𝐰𝐨𝐫𝐝𝐩𝐚𝐬𝐬𝐰𝐨𝐫𝐝", "easy to guess"),
        ("ｐａｓｓｗｏｒｄ１２３４５６", "easy to guess"),
        ("pass\u200bwordpass\u200bword", "easy to guess"),
        ("brown teeth at counterfoil", "the product’s name"),
        ("BigCommerce brown teeth", "the product’s name"),
        ("noor has seven kettles", "your name or e-mail"),
        ("ＮＯＯＲ has seven kettles", "your name or e-mail"),
        ("kettles of HADDAD and sons", "your name or e-mail"),
        ("n.haddad has tin kettles", "your name or e-mail"),
    ],
)
def test_what_is_guessed_soon_is_refused_with_the_reason(password: str, why: str) -> None:
    """Breached, common, a pattern, or one's own names."""
    with pytest.raises(ValidationError) as refused:
        validate_password(password, NOOR)
    assert why in " ".join(refused.value.messages)


@pytest.mark.parametrize(
    "password",
    ["seven purple tin kettles", "7c1f-9a60-44be-d013", "лиловый чайник и семь жестянок", "k" * 3 + "x9!vQ2 " * 20],
)
def test_what_nobody_guesses_is_taken(password: str) -> None:
    """Words that do not belong together, in any script, and long ones."""
    validate_password(password, NOOR)


def test_a_password_made_up_to_take_long_is_looked_at_in_a_moment() -> None:
    """Of all signs that may stand for letters zxcvbn tries each meaning with each other: 14 seconds for these."""
    looked_at: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(password_rules, "zxcvbn", lambda text, **_: looked_at.append(text) or {"score": 4})
        for password in ("4@8({[<369!1|0$5+7%2" * 4, "4@8({[<369!1|0$5+7%2abcdefghijklm" * 2):
            password_rules.NotGuessable().validate(password)
        password_rules.NotGuessable().validate("P@$$w0rd123! and seven purple tin kettles")
    assert sorted({len(text) for text in looked_at}) == [password_rules.SHORTER, 41]
    with pytest.raises(ValidationError):
        validate_password("4567890123" * 2 + "!@$(")


@pytest.mark.django_db
def test_an_invited_person_is_told_so(client: Client) -> None:
    """Their e-mail address is known there already."""
    _, token = invite("n.haddad@example.com", Role.CLERK, by=None)
    own = "n.haddad@example.com has kettles"
    form = {"username": "noor", "first_name": "", "last_name": "", "password1": own, "password2": own}
    answer = client.post(client.get(reverse("invitation", args=[token])).url, form)
    assert answer.status_code == 422
    assert "your name or e-mail" in answer.content.decode()
