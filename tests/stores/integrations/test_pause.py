"""Pausing and resuming stores."""

import pytest

from counterfoil.stores.integrations.pause import pause_stores, resume_stores
from counterfoil.stores.models import WebIntegration
from tests.platform.commands import run
from tests.web.factories.orders import a_store

pytestmark = pytest.mark.django_db


def paused() -> dict[str, bool]:
    return dict(WebIntegration.objects.values_list("code", "paused"))


def test_all_stores_are_paused_and_one_is_resumed_by_command() -> None:
    """Who was paused already is not told again."""
    a_store()
    a_store(code="EU-")
    assert run("store", "pause", "EU-").said.strip() == "Paused: EU-."
    assert run("store", "pause", "--all", "--json").json == {"paused": ["WEB-"]}
    assert paused() == {"EU-": True, "WEB-": True}
    assert run("store", "pause", "--all").said.strip() == "Already paused."
    assert run("store", "resume", "WEB-").said.strip() == "Resumed: WEB-."
    assert paused() == {"EU-": True, "WEB-": False}


@pytest.mark.parametrize("words", [[], ["WEB-", "--all"], ["NO-"]])
def test_which_stores_has_to_be_said(words: list[str]) -> None:
    a_store()
    ended = run("store", "pause", *words)
    assert ended.code == 2
    assert paused() == {"WEB-": False}


def test_a_setting_that_someone_else_changed_meanwhile_stays() -> None:
    """The page had read the store before."""
    seen = a_store()
    WebIntegration.objects.update(description="Changed by bob")
    assert pause_stores([seen], by="ann") == ["WEB-"]
    assert resume_stores([seen], by="ann") == ["WEB-"]
    assert WebIntegration.objects.get().description == "Changed by bob"
