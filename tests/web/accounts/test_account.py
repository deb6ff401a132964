"""One's own account: password, second factor, where one is logged in; the password asked again."""

import re
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import AuditEntry, Person, RequiredSecondFactor, Role
from counterfoil.stores.models import WebIntegration
from tests.web.factories.orders import PASSWORD, a_person, a_store
from tests.web.login_helpers import log_in, logged_in_long_ago, set_up_second_factor

pytestmark = pytest.mark.django_db
OWN = "seven purple tin kettles"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.fixture
def mira(client: Client) -> Person:
    """A manager, logged in."""
    person = a_person(Role.MANAGER, "mira")
    person.email = "mira@example.com"
    person.save()
    log_in(client, "mira")
    return person


def new_password(new: str = OWN, old: str = PASSWORD) -> dict[str, str]:
    """The form, filled in."""
    return {"old_password": old, "new_password1": new, "new_password2": new}


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("short", "too short"),
        ("password1234", "too common"),
        ("mira@example.com", "too similar"),
        ("", "required"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(new: str, why: str, client: Client, mira: Person) -> None:
    """Twelve characters, not a common one, not one's own name."""
    answer = client.post(reverse("password"), new_password(new))
    assert answer.status_code == 422
    assert why in answer.content.decode()
    mira.refresh_from_db()
    assert mira.check_password(PASSWORD)


def test_a_new_password_logs_out_everywhere_else(client: Client, mira: Person) -> None:
    """Here one goes on, with a session of a new key."""
    elsewhere = Client()
    log_in(elsewhere, "mira")
    before = client.session.session_key
    assert client.post(reverse("password"), new_password())["Location"] == reverse("account")
    assert client.get(reverse("orders")).status_code == 200
    assert client.session.session_key != before
    assert elsewhere.get(reverse("orders")).status_code == 302
    assert client.get(reverse("account")).content.decode().count("Here") == 1
    assert UserSession.objects.filter(user=mira).count() == 1
    assert AuditEntry.objects.filter(what="Changed their password.", person=mira).exists()


def test_one_sees_where_one_is_logged_in_and_ends_one_place(client: Client, mira: Person) -> None:  # noqa: ARG001
    """With device and address; the others go on."""
    office, phone = Client(headers={"User-Agent": FIREFOX}), Client(headers={"User-Agent": IPHONE})
    log_in(office, "mira", REMOTE_ADDR="192.0.2.1")
    log_in(phone, "mira", REMOTE_ADDR="192.0.2.2")
    page = client.get(reverse("account")).content.decode()
    assert "Firefox on Windows" in page
    assert "Safari on iPhone" in page
    assert "192.0.2.2" in page
    lost = UserSession.objects.get(ip="192.0.2.2")
    client.post(reverse("sessions-end"), {"session": str(lost.pk)})
    assert phone.get(reverse("orders")).status_code == 302
    assert office.get(reverse("orders")).status_code == 200
    assert "Safari on iPhone" not in client.get(reverse("account")).content.decode()


@pytest.mark.parametrize(
    ("seconds", "idle", "said"),
    [
        (12 * 3600, 3600, "after 1 hour without activity, and 12 hours after logging in."),
        (168 * 3600, 90 * 60, "after 90 minutes without activity, and 168 hours after logging in."),
    ],
)
def test_the_account_tells_how_long_a_login_lasts(
    seconds: int,
    idle: int,
    said: str,
    client: Client,
    mira: Person,  # noqa: ARG001 (logs in)
    settings: Any,
) -> None:
    """As the settings of this installation have it."""
    settings.SESSION_SECONDS, settings.SESSION_IDLE_SECONDS = seconds, idle
    assert f"You’re logged out {said}" in client.get(reverse("account")).content.decode()


def test_one_ends_all_other_places(client: Client, mira: Person) -> None:  # noqa: ARG001 (logs in)
    """And stays logged in here."""
    others = [Client(), Client()]
    for other in others:
        log_in(other, "mira")
    client.post(reverse("sessions-end"))
    assert [other.get(reverse("orders")).status_code for other in others] == [302, 302]
    assert client.get(reverse("orders")).status_code == 200


def test_nobody_ends_someone_elses_session(client: Client, mira: Person) -> None:  # noqa: ARG001 (logs in)
    """Not even by its number."""
    a_person(Role.CLERK, "noor")
    other = Client()
    log_in(other, "noor")
    theirs = UserSession.objects.get(user__username="noor")
    client.post(reverse("sessions-end"), {"session": str(theirs.pk)})
    assert other.get(reverse("orders")).status_code == 200


def test_a_second_factor_is_set_up_and_removed(client: Client, mira: Person) -> None:
    """The key is shown while it is set up, as a picture of this page; the recovery codes once."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    _, codes = set_up_second_factor(client)
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not any(code in again for code in codes)
    client.post(reverse("mfa_deactivate_totp"))
    said = [entry.what for entry in AuditEntry.objects.filter(person=mira).order_by("id")]
    assert said == ["Logged in.", "Set up a second factor.", "Removed their second factor."]
    client.post(reverse("logout"))
    assert log_in(client, "mira")["Location"] == reverse("home")


def test_new_recovery_codes_end_the_old_ones(client: Client, mira: Person) -> None:  # noqa: ARG001 (logs in)
    """And are shown once."""
    _, old = set_up_second_factor(client)
    answer = client.post(reverse("mfa_generate_recovery_codes"), follow=True)
    new = re.findall(r"<code>(\d{8})</code>", answer.content.decode())
    assert len(new) == 10
    client.post(reverse("logout"))
    log_in(client, "mira")
    assert client.post(reverse("mfa_authenticate"), {"code": old[0]}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": new[0]}).status_code == 302


def test_a_required_second_factor_cannot_be_removed(client: Client, mira: Person) -> None:  # noqa: ARG001 (logs in)
    """The rule of the role stands above."""
    set_up_second_factor(client)
    RequiredSecondFactor.objects.create(role=Role.MANAGER)
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert "Your role needs a second factor" in answer.content.decode()
    client.post(reverse("logout"))
    assert log_in(client, "mira")["Location"] == reverse("mfa_authenticate")


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_generate_recovery_codes"])
def test_second_factors_ask_for_the_password_after_a_quarter_of_an_hour(
    name: str,
    client: Client,
    mira: Person,  # noqa: ARG001 (logs in)
) -> None:
    """Whoever sits down at an open page cannot lock its owner out."""
    logged_in_long_ago(client)
    answer = client.get(reverse(name))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    again = client.post(answer["Location"], {"password": PASSWORD, "next": reverse(name)})
    assert again["Location"] == reverse(name)
    assert client.get(reverse(name)).status_code == 200


def test_secrets_of_a_store_wait_for_the_password_and_are_saved_then(client: Client, mira: Person) -> None:  # noqa: ARG001
    """What was filled in is kept meanwhile, and never in the clear."""
    integration = a_store()
    path = reverse("integration-tab", args=[integration.pk, "setup"])
    sent = {
        "code": integration.code,
        "description": "Renamed",
        "api_path": integration.api_path,
        "client_id": "client-id",
        "access_token": "the-new-token-of-the-store",
    }
    logged_in_long_ago(client)
    answer = client.post(path, sent)
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    page = client.get(answer["Location"]).content.decode()
    assert "What you filled in is kept" in page
    assert "the-new-token" not in page
    wrong = client.post(answer["Location"], {"password": "wrong", "next": path})
    assert "This isn’t your password" in wrong.content.decode()
    assert WebIntegration.objects.get().description == "Web shop"
    client.post(answer["Location"], {"password": PASSWORD, "next": path})
    saved = WebIntegration.objects.get()
    assert saved.description == "Renamed"
    assert saved.access_token.reveal() == "the-new-token-of-the-store"


def test_settings_without_secrets_ask_for_no_password(client: Client, mira: Person) -> None:  # noqa: ARG001 (logs in)
    """Only what opens doors does."""
    integration = a_store()
    logged_in_long_ago(client)
    sent = {"code": "WEB-", "description": "Renamed", "api_path": integration.api_path, "client_id": "client-id"}
    answer = client.post(reverse("integration-tab", args=[integration.pk, "setup"]), sent)
    assert not answer["Location"].startswith(reverse("account_reauthenticate"))
    assert WebIntegration.objects.get().description == "Renamed"
