"""What whoever is not logged in may send: small forms (to read one of many fields keeps everyone else waiting)."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParser
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Role
from counterfoil.limits import LARGEST_FORM_OF_STRANGERS
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import PASSWORD, a_person

pytestmark = pytest.mark.django_db
OPEN = ("account_login", "account_reset_password", "invitation-accept", "mfa_authenticate", "logout")
PARTS = "multipart/form-data; boundary=x"
KINDS = {
    "fields": ("application/x-www-form-urlencoded", "a=b&" * (LARGEST_FORM_OF_STRANGERS // 4 + 1)),
    "no form": ("text/plain", "a" * (LARGEST_FORM_OF_STRANGERS + 1)),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", OPEN)
def test_a_large_form_of_a_stranger_is_refused_unread(name: str, kind: str) -> None:
    """By its length: also where its token is missing, which stands somewhere in it."""
    content_type, body = KINDS[kind]
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    answer = client.post(reverse(name), body, content_type=content_type)
    assert answer.status_code == 413
    assert "Log in first" in answer.content.decode()


@pytest.mark.parametrize("kind", [PARTS, "Multipart/Form-Data;boundary=x", "multipart/form-data"])
@pytest.mark.parametrize("name", OPEN)
def test_a_form_with_files_of_a_stranger_is_refused_unread(
    name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No form before the login has any, and to look for thousands of parts takes half a second."""
    monkeypatch.setattr(MultiPartParser, "parse", lambda _: pytest.fail("It was read."))
    answer = Client(enforce_csrf_checks=True).post(reverse(name), "--x" * 21_600, content_type=kind)
    assert answer.status_code == 415
    assert "Log in first" in answer.content.decode()


def test_a_file_to_a_page_leads_a_stranger_to_the_login_and_back_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose login ended while they chose it; they come back to the page where they choose it again."""
    monkeypatch.setattr(MultiPartParser, "parse", lambda _: pytest.fail("It was read."))
    page = reverse("ship-file")
    client = Client(enforce_csrf_checks=True)
    answer = client.post(page, "--x" * 21_600, content_type=PARTS, headers={"Referer": f"http://testserver{page}"})
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next={page}"


def test_a_large_form_to_a_page_leads_a_stranger_to_the_login_unread() -> None:
    """Whose login ended while they typed: what they typed is put back by their browser."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("ship-file"), "a" * 3_000_000, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("referer", ["http://[", "http://testserver/[", "http://testserver//evil.example/"])
def test_a_page_that_a_stranger_says_they_come_from_leads_nowhere_else(referer: str) -> None:
    """What is no address, too; the login then leads to one of these pages."""
    answer = Client().post(reverse("ship-file"), headers={"Referer": referer})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    a_person(Role.CLERK, "mira")
    sent = {"login": "mira", "password": PASSWORD, "next": parse_qs(urlsplit(answer["Location"]).query)["next"][0]}
    assert "evil" not in Client().post(reverse("account_login"), sent)["Location"]


def test_who_is_logged_in_may_send_more() -> None:
    """Rows that are pasted, and files."""
    who = logged_in_as(a_person(Role.CLERK))
    rows = "a,b,c\n" * LARGEST_FORM_OF_STRANGERS
    for sent in ({"rows": rows}, {"file": SimpleUploadedFile("rows.csv", rows.encode())}):
        assert who.post(reverse("ship-file"), sent).status_code not in (302, 413, 415)
