"""What whoever is not logged in may send: small forms (to read one of many fields keeps everyone else waiting)."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParser
from django.test import Client, RequestFactory
from django.urls import reverse

from counterfoil.accounts.models import Role
from counterfoil.limits import LARGEST_FORM_OF_STRANGERS
from counterfoil.platform.wsgi import application
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


CHARSETS = ("utf-16", "idna", "zlib_codec", "punycode", "iso-8859-1", "UTF8", "'utf-8'", '"Latin-1"', "not-known")


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", PARTS])
@pytest.mark.parametrize("charset", CHARSETS)
def test_a_form_that_is_not_in_utf_8_is_refused_in_words(charset: str, kind: str) -> None:
    """Of strangers and of people; Django would fail on it while it answers."""
    for client in (Client(enforce_csrf_checks=True), logged_in_as(a_person(Role.CLERK))):
        for name in ("account_login", "ship-file"):
            answer = client.generic("POST", reverse(name), "a=%ff", f"{kind}; charset={charset}")
            assert answer.status_code == 415
            assert "in UTF-8" in answer.content.decode()


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', '"Utf-8"'])
def test_a_form_may_say_that_it_is_in_utf_8(charset: str) -> None:
    """In capital letters and quotation marks, too."""
    sent = "login=mira&password=wrong"
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    assert Client().post(reverse("account_login"), sent, content_type=kind).status_code == 200


UNREADABLE = ("a; charset*=not-known''b", "a/b; x*=1; x*0=2", "a/b; x*0*=1; x*=2; x*1=3", "a/b; x*y=1; x*0=2")


@pytest.mark.parametrize("kind", [*(f"text/plain; charset={each}" for each in CHARSETS), *UNREADABLE])
def test_an_address_is_read_in_utf_8_whatever_the_request_says(kind: str) -> None:
    """Django reads it in the charset of the body, before any page could refuse it."""
    environ = RequestFactory().get("/?q=%c3%a9%ff").environ | {"CONTENT_TYPE": kind}
    assert application.request_class(environ).GET["q"] == "é\N{REPLACEMENT CHARACTER}"
