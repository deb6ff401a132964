"""What the tests of the pages share."""

import pytest
from django.test import Client

from counterfoil.web.models import Role
from tests.web.books import a_person


@pytest.fixture
def clerk(db: None) -> Client:
    """A browser in which a clerk is logged in."""
    return logged_in(Role.CLERK)


@pytest.fixture
def manager(db: None) -> Client:
    """A browser in which a manager is logged in."""
    return logged_in(Role.MANAGER)


def logged_in(role: str) -> Client:
    """A browser in which someone of this role is logged in."""
    client = Client()
    client.force_login(a_person(role))
    return client
