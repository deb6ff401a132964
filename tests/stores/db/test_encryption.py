"""Secrets: encrypted at rest, opened by any of the installation's keys, never shown."""

import copy
import pickle
import traceback
from typing import Any

import pytest
from django.core import serializers
from django.db import connection
from django.template import Context, Template

from counterfoil.platform.secret_key import fernet_keys
from counterfoil.stores.db.encryption import Secret, SecretUnreadable
from counterfoil.stores.integrations.connection import save_integration, test_connection
from counterfoil.stores.models import LogEntry, WebIntegration
from tests.stores.factories import TOKEN, saved

pytestmark = pytest.mark.django_db


def test_a_secret_is_encrypted_in_the_database() -> None:
    """Neither a dump nor a look into the table shows it."""
    integration = saved()
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, web_integration::text FROM stores_webintegration AS web_integration")
        stored, row = cursor.fetchone()
    assert TOKEN.encode() not in bytes(stored)
    assert TOKEN not in row
    assert WebIntegration.objects.get(pk=integration.pk).access_token.reveal() == TOKEN


@pytest.mark.parametrize("show", [repr, str, "{}".format, lambda it: f"{it!r:>30}", pickle.dumps, copy.copy])
def test_a_secret_does_not_show_itself(show: Any) -> None:
    """In no form in which things end up in logs, traces and caches."""
    assert TOKEN not in str(show(Secret.of(TOKEN)))


def test_no_template_can_reveal_a_secret_not_even_one_that_asks_for_it() -> None:
    shown = Template("{{ it.access_token }}{{ it.access_token.reveal }}{{ it.access_token.stored }}").render(
        Context({"it": saved()})
    )
    assert TOKEN not in shown


def test_an_export_of_the_table_holds_no_secret() -> None:
    """Django's own serializers."""
    integration = saved()
    assert TOKEN not in serializers.serialize("json", [integration], fields=["code", "description", "api_path"])


def test_an_older_key_still_opens_and_the_new_one_encrypts(settings: Any) -> None:
    """Rotation: the new key comes first; once everything is entered again, the old one may go."""
    settings.COUNTERFOIL_FERNET_KEYS = fernet_keys(["old"])
    before = Secret.of(TOKEN)
    settings.COUNTERFOIL_FERNET_KEYS = fernet_keys(["new", "old"])
    assert before.reveal() == TOKEN
    after = Secret.of(TOKEN)
    settings.COUNTERFOIL_FERNET_KEYS = fernet_keys(["new"])
    assert after.reveal() == TOKEN
    with pytest.raises(SecretUnreadable) as caught:
        before.reveal()
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_a_lost_key_is_named_by_the_test(settings: Any) -> None:
    """Whoever tests the connection learns what to do."""
    integration = saved()
    settings.COUNTERFOIL_FERNET_KEYS = fernet_keys(["another"])
    (check,) = test_connection(integration)
    assert (check.ok, check.next_step) == (False, "Enter the access token again.")


def test_a_secret_that_was_replaced_is_logged_by_name_only() -> None:
    """The log says that, not what."""
    integration = saved()
    save_integration(integration, by="Ada", access_token="another-token", client_secret="s3cret", mapping={})
    text = LogEntry.objects.get().text
    assert "access token (replaced)" in text
    assert "client secret (replaced)" in text
    assert not any(secret in text for secret in (TOKEN, "another-token", "s3cret"))


def test_no_secret_is_not_set() -> None:
    """Empty is empty, and says so."""
    assert (repr(Secret.of("")), bool(Secret.of("")), Secret.of("").reveal()) == ("Secret(not set)", False, "")
    assert repr(Secret.of("x")) == "Secret(set)"
