"""What a password may be, how it is asked for, and how it is kept."""

import re
from typing import Any

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Person, Role
from counterfoil.accounts.users import one_time_password
from tests.web.factories.orders import PASSWORD, a_person
from tests.web.login_helpers import log_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "own", ["  Seven PURPLE tin kettles  ", "vier grüne Teekessel 🫖 éé", "seven purple tin kettles " * 8]
)
def test_a_password_is_taken_as_it_was_typed(own: str, client: Client) -> None:
    """With its spaces, its capitals, and as long as it is; nothing shorter or alike will do."""
    a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    sent = {"old_password": PASSWORD, "new_password1": own, "new_password2": own}
    assert client.post(reverse("password"), sent).status_code == 302
    for other in (own.strip() + "x", own[:-1], own.lower() if own != own.lower() else own.upper()):
        assert not Person.objects.get(username="mira").check_password(other)
    assert log_in(Client(), "mira", own).status_code == 302


def test_password_fields_are_masked_and_take_what_is_pasted(client: Client) -> None:
    """And say to password managers which password they mean."""
    a_person(Role.CLERK, "mira")
    pages = [client.get(reverse("account_login"))]
    log_in(client, "mira")
    pages += [client.get(reverse("password")), client.get(reverse("account_reauthenticate"))]
    for page in pages:
        fields = re.findall(r'<input[^>]*name="[^"]*password[^"]*"[^>]*>', page.content.decode())
        assert fields
        for field in fields:
            assert 'type="password"' in field
            assert re.search(r'autocomplete="(current|new)-password"', field)
            assert "onpaste" not in field
            assert 'autocomplete="off"' not in field


def test_a_one_time_password_cannot_be_guessed() -> None:
    """128 random bits, another one each time."""
    found = {one_time_password(a_person(Role.VIEWER, name)) for name in ("mira", "noor")}
    assert len(found) == 2
    assert all(len(re.sub(r"[^0-9a-f]", "", password)) * 4 >= 128 for password in found)


def test_passwords_are_hashed_slowly_whatever_these_tests_themselves_use(settings: Any) -> None:
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the program sets none
    name, rounds, _rest = make_password(PASSWORD).split("$", 2)
    assert name == "pbkdf2_sha256"
    assert int(rounds) >= 600_000
