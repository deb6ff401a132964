"""After a restore with another secret key: what was encrypted cannot be read, and each says what to do."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.mail.delivery import deliver_now
from counterfoil.accounts.mail.outbox import enqueue
from counterfoil.accounts.models import Mail, Role
from counterfoil.platform.checking import check
from counterfoil.stores.models import WebIntegration
from tests.factories import connect, fresh
from tests.platform.commands import run
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import a_person
from tests.web.login_helpers import app_shows, log_in, set_up_second_factor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def another_key(settings: Any) -> Any:
    """From now on the installation has another secret key."""

    def change() -> None:
        settings.COUNTERFOIL_FERNET_KEYS = [Fernet.generate_key().decode()]

    return change


def test_check_ends_with_3_and_names_the_store(store: SandboxStore, another_key: Any) -> None:
    """A sentence, no trace; what the sales data alone tells is judged all the same."""
    integration = connect(store)
    another_key()
    ended = run("check")
    assert ended.code == 3
    assert "WEB- couldn’t be checked: A stored secret was encrypted with another secret key." in ended.complained
    report = check([fresh(integration)])
    assert list(report.not_asked) == ["WEB-"]
    assert report.looked_at["secrets"] == 0


def test_a_secret_that_was_entered_again_is_looked_for(store: SandboxStore, another_key: Any) -> None:
    """The access token alone: the client secret of the other key stands nowhere in clear."""
    integration = connect(store)
    integration.client_secret = integration.client_secret.of("a client secret")
    integration.save()
    another_key()
    WebIntegration.objects.update(access_token=integration.access_token.of(store.token))
    report = check([fresh(integration)])
    assert (report.looked_at["secrets"], report.not_asked) == (1, {})


@pytest.mark.parametrize("command", ["sync", "reconcile", "preview"])
def test_each_command_that_asks_a_store_says_what_to_do(store: SandboxStore, another_key: Any, command: str) -> None:
    """None ends in a trace."""
    connect(store)
    another_key()
    ended = run(command, "WEB-")
    assert ended.code == 3
    assert "another secret key" in ended.said + ended.complained


@pytest.mark.parametrize("recovery", [False, True])
def test_a_login_with_a_second_factor_says_what_to_do(client: Client, another_key: Any, recovery: bool) -> None:
    """By code or recovery code; once an administrator has taken the second factor away, the password is enough."""
    a_person(Role.ADMINISTRATOR, "mira")
    log_in(client, "mira")
    key, codes = set_up_second_factor(client)
    client.post(reverse("logout"))
    another_key()
    log_in(client, "mira")
    answer = client.post(reverse("mfa_authenticate"), {"code": codes[0] if recovery else app_shows(key)})
    assert answer.status_code in (200, 422)
    page = answer.content.decode()
    assert "a different secret key than when you set up your second factor, so codes can’t be checked." in page
    assert "counterfoil people remove-second-factor mira" in page
    assert run("people", "remove-second-factor", "mira").code == 0
    fresh_client = Client()
    log_in(fresh_client, "mira")
    assert fresh_client.get(reverse("account")).status_code == 200
    set_up_second_factor(fresh_client)


def test_a_mail_that_waited_says_that_it_cannot_be_read(another_key: Any, settings: Any) -> None:
    """And what to do: what it was about, once more."""
    settings.CAN_MAIL = True
    enqueue("mira@example.com", "Hello", "Your link")
    another_key()
    mail = deliver_now(Mail.objects.get())
    assert "a different secret key" in mail.trouble
