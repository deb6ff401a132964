"""What stands before every page: the token of a form, the choice of one's own password."""

import pytest
from django.test import Client
from django.urls import reverse

from counterfoil.accounts.models import Role
from tests.web.factories.orders import a_person, a_store

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sent", [{"description": "Mine now"}, {"test": "1"}])
def test_a_clerk_cannot_post_settings(sent: dict[str, str], clerk: Client) -> None:
    """The form's page is closed to clerks for writing as it is for reading, the connection test among it."""
    integration = a_store()
    assert clerk.post(reverse("integration-edit", args=[integration.pk]), sent).status_code == 403
    integration.refresh_from_db()
    assert integration.description == "Web shop"


def test_a_button_without_its_token_is_refused_calmly() -> None:
    """A forged or stale form changes nothing, and the page says so in plain words."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_person(Role.MANAGER))
    integration = a_store()
    answer = client.post(reverse("integration-pause", args=[integration.pk]))
    assert answer.status_code == 403
    assert "nothing is lost" in answer.content.decode()
    integration.refresh_from_db()
    assert not integration.paused


def test_a_one_time_password_opens_nothing_but_the_choice_of_ones_own() -> None:
    """Whoever logs in with a one-time password is led to the choice of their own, wherever they go."""
    who = a_person(Role.ADMINISTRATOR)
    who.must_change_password = True
    who.save()
    client = Client()
    client.force_login(who)
    for name in ("orders", "attention", "integrations", "log"):
        answer = client.get(reverse(name))
        assert (answer.status_code, answer["Location"]) == (302, reverse("password"))
    own = {"new_password1": "seven purple tin kettles", "new_password2": "seven purple tin kettles"}
    assert client.post(reverse("password"), own)["Location"] == reverse("home")
    assert client.get(reverse("orders")).status_code == 200
