"""A link that holds a token leads at once to an address without it; nothing that follows says where it came from."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Request, expect

from counterfoil.accounts.models import Person, Role
from counterfoil.accounts.users import invite
from tests.web.accounts.test_login import reset_link
from tests.web.factories.orders import a_person
from tests.web.test_first_order_browser import browser

__all__ = ["browser"]  # a fixture
OWN = "seven purple tin kettles"
NEW = {"username": "noor", "password1": OWN, "password2": OWN}


@pytest.fixture
def invitation(db: None) -> str:  # noqa: ARG001 (gives the database)
    """The token of one."""
    return invite("noor@example.com", Role.CLERK, by=None)[1]


@pytest.fixture
def reset(client: Client, settings: Any, db: None) -> str:  # noqa: ARG001 (gives the database)
    """The address that mira was mailed."""
    settings.CAN_MAIL = True
    mira = a_person(Role.CLERK, "mira")
    mira.email = "mira@example.com"
    mira.save()
    return reset_link(client, "mira@example.com")


def says_nothing(answer: HttpResponse, token: str) -> None:
    """Neither the address, the page nor what its links send along holds the token."""
    assert token not in answer.headers.get("Location", "")
    assert token not in answer.content.decode()
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"


def test_an_invitation_moves_into_the_session(client: Client, invitation: str) -> None:
    """The form stands at an address that everybody has; it is Origin that Django asks of it, so it has a referrer."""
    answer = client.get(reverse("invitation", args=[invitation]))
    says_nothing(answer, invitation)
    form = client.get(answer["Location"])
    assert "Choose a username and password" in form.content.decode()
    assert invitation not in form.content.decode()
    assert form["Referrer-Policy"] == "same-origin"
    assert invitation not in str(Session.objects.values())
    assert Client().get(answer["Location"]).status_code == 410


def test_a_token_is_forgotten_when_it_was_used(client: Client, invitation: str) -> None:
    """Also by the session, which goes on."""
    there = client.get(reverse("invitation", args=[invitation]))["Location"]
    assert client.post(there, NEW)["Location"] == reverse("home")
    assert invitation not in str(dict(client.session.items()))


@pytest.mark.django_db
def test_a_token_that_nobody_gave_begins_no_session() -> None:
    """Whoever tries a million of them fills no table."""
    browser = Client()
    answer = browser.get(reverse("invitation", args=["x" * 43]))
    assert answer.status_code == 410
    says_nothing(answer, "x" * 43)
    assert not Session.objects.exists()


def test_what_is_sent_to_the_link_itself_makes_nobody(client: Client, invitation: str) -> None:
    """The form is at the other address."""
    says_nothing(client.post(reverse("invitation", args=[invitation]), NEW), invitation)
    assert not Person.objects.filter(username="noor").exists()


def test_a_link_to_a_new_password_moves_into_the_session(client: Client, reset: str) -> None:
    """And is forgotten by it when the password is set."""
    token = reset.rstrip("/").partition("-")[2]
    answer = client.get(reset)
    says_nothing(answer, token)
    assert token not in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"], {"password1": OWN, "password2": OWN})
    assert token not in str(dict(client.session.items()))
    says_nothing(Client().get(reset), token)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("opened", ["now", "too late"])
def test_a_browser_tells_nobody_the_token(opened: str, browser: Browser, live_server: Any) -> None:
    """Not the scripts and pictures of the page, not the page that follows."""
    made, token = invite("noor@example.com", Role.CLERK, by=None)
    if opened == "too late":
        made.delete()
    seen: list[Request] = []
    page = browser.new_page()
    page.on("request", lambda request: seen.append(request))
    page.goto(live_server.url + reverse("invitation", args=[token]))
    if opened == "now":
        page.get_by_label("Username").fill("noor")
        page.get_by_label("Password", exact=False).first.fill(OWN)
        page.get_by_label("Password confirmation").fill(OWN)
        page.get_by_role("button", name="Get started").click()
        expect(page).to_have_url(f"{live_server.url}/")
    else:
        page.get_by_role("link", name="Go to login").click()
        expect(page.get_by_label("Username")).to_be_visible()
    assert len(seen) > 5
    assert [each.url for each in seen if token in str(each.all_headers())] == []
    assert [token in each.url for each in seen].count(True) == 1
