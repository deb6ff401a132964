"""A process that runs on with an earlier secret key shows its pages, and changes nothing."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client

from counterfoil.platform.key_check import KEY_CHANGED
from counterfoil.platform.monitoring import health
from counterfoil.stores.db import key_seal
from tests.platform.monitoring.test_health import a_worker, asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed_key(settings: Any) -> list[str]:
    """Another process has made its key the database's; the keys of that process."""
    ours, theirs = settings.COUNTERFOIL_FERNET_KEYS, [Fernet.generate_key().decode()]
    settings.COUNTERFOIL_FERNET_KEYS = theirs
    key_seal.seal_anew()
    settings.COUNTERFOIL_FERNET_KEYS = ours
    return theirs


@pytest.mark.usefixtures("changed_key")
@pytest.mark.parametrize("path", ["/login/", "/password/reset/", "/hooks/1/anything/"])
def test_nothing_is_saved_with_an_earlier_key(path: str) -> None:
    """Whoever sends it is told what to do."""
    answer = Client().post(path, {"username": "ada", "password": "x"})
    assert answer.status_code == 503
    assert KEY_CHANGED in answer.content.decode()


@pytest.mark.usefixtures("changed_key")
def test_the_api_says_so_as_a_problem() -> None:
    """Its code is stable."""
    answer = Client().post("/api/v1/orders", "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (503, "key_changed")
    assert answer.json()["detail"] == KEY_CHANGED


@pytest.mark.usefixtures("changed_key")
def test_pages_can_still_be_read() -> None:
    """They need no secret."""
    assert Client().get("/login/").status_code == 200


@pytest.mark.usefixtures("changed_key")
def test_readiness_says_so() -> None:
    """So that a load balancer sends nobody there."""
    a_worker(1)
    assert asked("/readyz") == (503, health.OTHER_KEY)


@pytest.mark.parametrize("sealed", [True, False])
def test_with_the_databases_key_all_goes_on(sealed: bool) -> None:
    """Also before the database has its seal."""
    if sealed:
        key_seal.seal_anew()
    assert Client().post("/login/", {"username": "ada", "password": "x"}).status_code == 200
