"""How often one person is answered by pages that cost much."""

from unittest.mock import ANY

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Role
from counterfoil.web.ui import rate_limit
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import a_person
from tests.web.test_permissions import names_of_all_addresses

pytestmark = pytest.mark.django_db


def test_whoever_asks_too_often_waits_and_nobody_else_does() -> None:
    """Files of all rows within a minute; other pages go on."""
    greedy = logged_in_as(a_person(Role.MANAGER, "mira"))
    path = reverse("clients-csv")
    statuses = [greedy.get(path).status_code for _ in range(rate_limit.FILES + 2)]
    assert statuses == [200] * rate_limit.FILES + [429, 429]
    assert 0 < int(greedy.get(path)["Retry-After"]) <= 61
    assert greedy.get(reverse("clients")).status_code == 200
    assert greedy.get(reverse("products-csv")).status_code == 200
    assert logged_in_as(a_person(Role.MANAGER, "noor")).get(path).status_code == 200


def test_a_minute_later_it_is_answered_again() -> None:
    """What was refused is not counted."""
    pages = rate_limit.CostlyPages(ANY)
    waits = [pages._seconds_to_wait((1, "x"), now, 2) for now in (0.0, 30.0, 59.0, 59.5, 60.5, 61.0, 90.5)]
    assert waits == [0, 0, 2, 1, 0, 30, 0]


def test_the_limits_name_pages_that_there_are() -> None:
    """A renamed address would be without one."""
    assert set(rate_limit.LIMITS) <= set(names_of_all_addresses())


def test_nobody_is_counted_who_is_not_logged_in() -> None:
    """They are led to the login, however often."""
    answers = {Client().get(reverse("clients-csv")).status_code for _ in range(rate_limit.FILES + 2)}
    assert answers == {302}
