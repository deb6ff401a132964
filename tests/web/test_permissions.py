"""Who may do what: every address × everyone × every method, the answers written out by hand in tests/web/matrix/."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from tests.conftest import restore_the_migrations_rows
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import a_person
from tests.web.matrix import all_rows
from tests.web.matrix.row import EVERYONE, IN, NOT_SO, Example, Row, an_example

pytestmark = pytest.mark.django_db
ROWS = list(all_rows())
OTHER_METHODS = ("put", "patch", "delete", "trace")


@dataclass(frozen=True)
class ExampleSite:
    """The example, and the session of each person in it; nobody's is empty."""

    example: Example
    sessions: dict[str, str]

    def ask(self, who: str, method: str, row: Row) -> HttpResponse:
        """What this person gets; whatever it changed is taken back."""
        client = Client()
        if self.sessions[who]:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        path = reverse(row.name, args=row.of(self.example), query=self._filled(row.asked))
        sent = self._filled(row.sent) if method == "post" else {}
        with transaction.atomic():
            answer = getattr(client, method)(path, sent)
            transaction.set_rollback(True)
        return answer

    def _filled(self, sent: Any) -> dict[str, Any]:
        def of_example(part: Any) -> Any:
            return part(self.example) if callable(part) else part

        return {of_example(key): of_example(value) for key, value in sent.items()}


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[ExampleSite]:  # noqa: ARG001 (the database comes first)
    """Made once: no case leaves anything behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        restore_the_migrations_rows()
        people = {who: logged_in_as(a_person(who)) for who in EVERYONE[1:]}
        sessions = {who: client.cookies[settings.SESSION_COOKIE_NAME].value for who, client in people.items()}
        yield ExampleSite(an_example(), {"anonymous": "", **sessions})
        transaction.set_rollback(True)


def names_of_all_addresses() -> list[str]:
    """From the URL configuration itself."""
    found: list[str] = []
    waiting = list(get_resolver().url_patterns)
    while waiting:
        pattern = waiting.pop()
        if hasattr(pattern, "url_patterns"):
            waiting += pattern.url_patterns
        else:
            found.append(str(pattern.name))
    return found


def told(answer: HttpResponse) -> Any:
    """The answer in the matrix's words."""
    to_login = answer.status_code == 302 and answer["Location"].startswith(f"{reverse('account_login')}?next=")
    return IN if to_login else answer.status_code


def test_every_address_stands_in_the_matrix_once() -> None:
    """A page that nobody thought about is found here."""
    assert Counter(names_of_all_addresses()) == Counter(row.name for row in ROWS)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_everyone_gets_what_the_matrix_says(row: Row, method: str, site: ExampleSite) -> None:
    """Shown, led on, refused, or sent to the login."""
    got = {who: told(site.ask(who, method, row)) for who in EVERYONE}
    assert got == dict(zip(EVERYONE, getattr(row, method), strict=True))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_address_answers_to_any_other_method_not_even_an_administrator_s(row: Row, site: ExampleSite) -> None:
    got = {method: told(site.ask(EVERYONE[-1], method, row)) for method in OTHER_METHODS}
    assert got == dict.fromkeys(OTHER_METHODS, NOT_SO) | row.others
