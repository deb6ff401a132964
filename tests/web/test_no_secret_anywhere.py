"""I9: a secret that was entered stands on no page, in no file, log or listing, and in no table in the clear."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Role
from counterfoil.stores.models import WebIntegration
from tests.factories import connect, fresh
from tests.platform.commands import run
from tests.sandbox_store import SandboxStore
from tests.web.conftest import logged_in_as
from tests.web.factories.orders import ACCESS_TOKEN, CLIENT_SECRET, PASSWORD, a_person
from tests.web.login_helpers import log_in, logged_in_long_ago, set_up_second_factor
from tests.web.matrix import all_rows
from tests.web.matrix.row import Example, an_example

pytestmark = pytest.mark.django_db
TOKEN, SECRET, WRONG_PASSWORD = "planted-token-5c1b07", "planted-secret-9e44d2", "planted-password-77aa1f"
PLANTED = (TOKEN, SECRET, WRONG_PASSWORD, ACCESS_TOKEN, CLIENT_SECRET, PASSWORD)
LISTINGS = (
    ("store", "list", "--json"),
    ("store", "show", "WEB-", "--json"),
    ("store", "show", "REAL-", "--json"),
    ("log", "--json"),
    ("attention", "--json"),
    ("orders", "--json"),
    ("people", "list", "--json"),
)


def found_in(text: str, secrets: tuple[str, ...] = PLANTED) -> list[str]:
    """Which of them stand there, in the clear or as the database writes bytes."""
    return [secret for secret in secrets if secret in text or secret.encode().hex() in text]


def setup_form(integration: WebIntegration, **other: str) -> dict[str, str]:
    """The store setup with new secrets."""
    return {
        "code": integration.code,
        "description": "Web shop",
        "api_path": integration.api_path,
        "client_id": "client-id",
        "client_secret": SECRET,
        "access_token": TOKEN,
    } | other


def enter_secrets(browser: Client, integration: WebIntegration) -> Iterator[str]:
    """In each way that a person does it; what the pages answer."""
    path = reverse("integration-tab", args=[integration.pk, "setup"])
    yield browser.post(path, setup_form(integration, test="1")).content.decode()
    yield browser.post(path, setup_form(integration, api_path="nonsense")).content.decode()
    yield browser.post(reverse("integration-add"), setup_form(integration)).content.decode()
    yield browser.post(reverse("guide"), setup_form(integration)).content.decode()
    logged_in_long_ago(browser)
    asked = browser.post(path, setup_form(integration))["Location"]
    yield browser.get(asked).content.decode()
    yield table_rows()
    yield browser.post(asked, {"password": WRONG_PASSWORD, "next": path}).content.decode()
    yield browser.post(asked, {"password": PASSWORD, "next": path}, follow=True).content.decode()


def pages(browser: Client, example: Example) -> Iterator[str]:
    """Each address that can be looked at, with its headers."""
    for row in all_rows():
        if row.name != "logout":
            answer = browser.get(reverse(row.name, args=row.of(example)))
            yield f"{row.name} {answer.headers} {answer.getvalue().decode(errors='replace')}"


def table_rows() -> str:
    """All that the database holds."""
    with connection.cursor() as cursor:
        held = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            held += [f"{table}: {row[0]}" for row in cursor.fetchall()]
    return "\n".join(held)


def test_a_secret_that_was_entered_is_nowhere(
    store: SandboxStore, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """However it was entered: tested, refused, waiting for a fresh login, saved."""
    caplog.set_level("DEBUG")
    example, integration = an_example(), connect(store, code="REAL-")
    a_person(Role.VIEWER)
    browser = logged_in_as(a_person(Role.ADMINISTRATOR))
    log_in(Client(), Role.ADMINISTRATOR, WRONG_PASSWORD)
    for shown in enter_secrets(browser, integration):
        assert found_in(shown) == [], shown[:200]
    assert fresh(integration).access_token.reveal() == TOKEN
    for shown in pages(browser, Example(integration, example.order)):
        assert found_in(shown) == [], shown[:200]
    for shown in pages(browser, example):
        assert found_in(shown) == [], shown[:200]
    for words in LISTINGS:
        assert found_in(run(*words).said) == [], words
    assert found_in(table_rows()) == []
    assert found_in(caplog.text) == []
    assert found_in("".join(capfd.readouterr())) == []


def test_a_mistake_of_the_program_tells_no_secret(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither on its page nor in the log, whatever was sent."""
    caplog.set_level("DEBUG")
    example = an_example()
    browser = logged_in_as(a_person(Role.MANAGER))
    browser.raise_request_exception = False

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("it broke")

    monkeypatch.setattr("counterfoil.web.integrations.settings_form.save_integration", fail)
    path = reverse("integration-tab", args=[example.integration.pk, "setup"])
    monkeypatch.setattr("counterfoil.web.integrations.settings_tabs.save_integration", fail, raising=False)
    answer = browser.post(path, setup_form(example.integration))
    assert answer.status_code == 500
    assert "it broke" in caplog.text
    assert found_in(answer.content.decode()) == []
    assert found_in(caplog.text) == []


def test_the_secrets_of_people_are_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    """One-time passwords, links of invitations, keys and recovery codes: shown once, kept by nobody."""
    caplog.set_level("DEBUG")
    example = an_example()
    mira = a_person(Role.VIEWER, "mira")
    browser = logged_in_as(a_person(Role.ADMINISTRATOR))
    change = browser.post(reverse("person-change", args=[mira.pk]), {"act": "password"}).content.decode()
    invitation = browser.post(reverse("person-invite"), {"email": "x@example.com", "role": "clerk"}).content.decode()
    key, codes = set_up_second_factor(browser)
    once = re.findall(r'<code class="mono">([^<]+)</code>', change)
    link = re.findall(r"/invitation/([^/]+)/", invitation)
    secrets = (*once, *link, key, *codes)
    assert len(secrets) == 13
    for shown in pages(browser, example):
        assert found_in(shown, secrets) == [], shown[:200]
    assert found_in(table_rows(), secrets) == []
    assert found_in(caplog.text, secrets) == []
