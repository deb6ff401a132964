"""What the tests of the pages share."""

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from counterfoil.accounts.models import Person, Role
from tests.web.factories.orders import a_person


@pytest.fixture(autouse=True)
def files_when_asked_for(settings: Any) -> None:
    """A server reads its static files once; here each of hundreds of clients would, and hardly one asks for any."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def uncounted_logins(request: pytest.FixtureRequest) -> None:
    """What a test with transactions of its own has counted at the login is forgotten before the next one."""
    mark = request.node.get_closest_marker("django_db")
    if mark is not None and mark.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        cache.clear()


@pytest.fixture
def viewer(db: None) -> Client:  # noqa: ARG001 (gives the database)
    """A browser in which a viewer is logged in."""
    return logged_in(Role.VIEWER)


@pytest.fixture
def clerk(db: None) -> Client:  # noqa: ARG001 (gives the database)
    """A browser in which a clerk is logged in."""
    return logged_in(Role.CLERK)


@pytest.fixture
def manager(db: None) -> Client:  # noqa: ARG001 (gives the database)
    """A browser in which a manager is logged in."""
    return logged_in(Role.MANAGER)


def logged_in(role: str) -> Client:
    """A browser in which someone of this role is logged in."""
    return logged_in_as(a_person(role))


def logged_in_as(person: Person) -> Client:
    """A browser in which this person has just logged in."""
    client = Client()
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
