"""Codes of an authenticator app: each of them once."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Role
from tests.web.factories.orders import a_person
from tests.web.login_helpers import app_shows, log_in, set_up_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(client: Client) -> str:
    """What the app of a clerk keeps, whose login waits for the code."""
    a_person(Role.CLERK, "mira")
    log_in(client, "mira")
    key, _ = set_up_second_factor(client)
    client.post(reverse("logout"))
    log_in(client, "mira")
    return key


def enter(client: Client, code: str) -> int:
    """The status of the answer: 302 when it logs in."""
    return client.post(reverse("mfa_authenticate"), {"code": code}).status_code


def test_the_code_that_set_it_up_logs_nobody_in(client: Client, key: str) -> None:
    """Whoever looked over the shoulder has nothing."""
    assert enter(client, app_shows(key)) == 200
    assert enter(client, app_shows(key, steps=1)) == 302


def test_a_used_code_is_none_any_more_however_long_it_would_be_valid(client: Client, key: str) -> None:
    """Nor is an older one; the memory of it does not depend on the cache."""
    code = app_shows(key, steps=1)
    assert enter(client, code) == 302
    cache.clear()
    other = Client()
    log_in(other, "mira")
    assert enter(other, code) == 200
    assert enter(other, f"{code[:3]} {code[3:]}") == 200
    assert enter(other, app_shows(key)) == 200
    assert enter(other, app_shows(key, steps=-1)) == 200
