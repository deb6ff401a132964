"""A store that nobody reaches is said at the top of every page, once three polls were missed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counterfoil.stores.models import StoreState, WebIntegration
from tests.web.factories.orders import a_store, an_order

pytestmark = pytest.mark.django_db


def shown(client: Client, page: str = "orders", **asked: Any) -> str:
    """A page, its white space as one reads it."""
    return " ".join(client.get(reverse(page), asked).content.decode().split())


def looked(seconds: float, **state: Any) -> None:
    """The store was polled successfully so many seconds ago, and is due again a minute after that."""
    at = timezone.now() - timedelta(seconds=seconds)
    StoreState.objects.update(**{"glanced_at": at, "visited_at": at, "due_at": at + timedelta(minutes=1)} | state)


def test_a_worker_that_stopped_is_said_on_every_page_before_anything_else(viewer: Client) -> None:
    """Three minutes after the last poll where it is polled each minute; also on what is printed, and by itself."""
    order = an_order(a_store())
    looked(150)
    assert "no worker is running" not in shown(viewer)
    looked(240)  # the database’s clock stands still in a test: more than a slow machine takes to come here
    for name in ("orders", "home", "attention", "shipments", "log", "account"):
        page = shown(viewer, name)
        assert "no worker is running" in page, name
        assert page.index("no worker is running") < page.index("<h1")
    assert "hasn’t been reached" in shown(viewer, "print", what="pick_list", order=order.number)
    polled = viewer.get(reverse("attention-count"), headers={"HX-Request": "true"}).content.decode()
    assert 'id="outages" hx-swap-oob="true"' in polled
    assert "no worker is running" in polled
    looked(20)
    assert "no worker is running" not in shown(viewer)


def test_a_store_that_answers_nothing_while_a_worker_runs_is_told_apart(viewer: Client) -> None:
    """It is tried again and again, and never called connected."""
    a_store()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    now = timezone.now()
    looked(400, visited_at=now, due_at=now + timedelta(seconds=30))
    page = shown(viewer, "home")
    assert "hasn’t responded since" in page
    assert "no worker is running" not in page
    assert ">Connected<" not in page
    assert "responded for several minutes" in page


def test_a_store_is_not_blamed_for_a_worker_that_just_stopped(viewer: Client) -> None:
    """Both places say the same, also in the minutes when the last sync is not long ago."""
    a_store(poll_seconds=10)
    at = timezone.now() - timedelta(seconds=240)
    looked(240, due_at=at + timedelta(seconds=10))
    page = shown(viewer, "home")
    assert "no worker is running" in page
    assert "Counterfoil has stopped checking this store." in page
    assert "BigCommerce hasn’t responded" not in page


@pytest.mark.parametrize("page", ["home", "integrations", "integration"])
def test_the_last_sync_is_the_last_one_that_was_answered(page: str, viewer: Client) -> None:
    """A sync that the store did not answer does not count; a paused store is only sent to."""
    store = a_store()
    answered, visited = datetime(2026, 3, 4, 15, 0, tzinfo=UTC), datetime(2026, 5, 6, 15, 0, tzinfo=UTC)
    StoreState.objects.update(glanced_at=answered, visited_at=visited)
    path = reverse(page, args=[store.pk] if page == "integration" else [])
    said = viewer.get(path).content.decode()
    assert ("Mar 4, 2026" in said, "May 6, 2026" in said) == (True, False)
    WebIntegration.objects.update(paused=True)
    assert "May 6, 2026" in viewer.get(path).content.decode()


@pytest.mark.parametrize(
    ("state", "is_said"),
    [
        ({"troubles": 1}, False),
        ({"troubles": 3}, True),
        ({"troubles": 1, "trouble_since": timezone.now() - timedelta(minutes=4)}, True),
    ],
)
def test_trouble_with_a_store_is_said_after_three_polls(
    state: dict[str, Any], viewer: Client, *, is_said: bool
) -> None:
    """Trouble of a moment stands under Needs attention only."""
    a_store()
    now = timezone.now()
    told = {"trouble_code": "unreachable", "trouble": "Can’t reach BigCommerce.", "trouble_since": now}
    looked(30, **(told | state))
    assert ("hasn’t been usable since" in shown(viewer)) is is_said


def test_a_store_that_is_paused_or_polled_rarely_misses_nothing(viewer: Client) -> None:
    """Nor does one that was connected just now."""
    a_store()
    looked(3_000)
    WebIntegration.objects.update(paused=True)
    assert "checked since" not in shown(viewer)
    WebIntegration.objects.update(paused=False, poll_seconds=3_600)
    looked(3_000, due_at=timezone.now() + timedelta(minutes=10))
    page = shown(viewer, "home")
    assert "checked since" not in page
    assert ">Connected<" in page


@pytest.mark.parametrize(("seconds", "word"), [(20, "Connected"), (301, "Not synced"), (90_000, "Not synced")])
def test_connected_is_only_what_was_looked_at_lately(seconds: float, word: str, viewer: Client) -> None:
    """Five minutes at the most, whenever the next poll is due."""
    a_store()
    looked(seconds, due_at=timezone.now() + timedelta(seconds=10))
    assert f">{word}<" in shown(viewer, "home")
