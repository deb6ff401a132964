"""A worker that runs on with an earlier secret key does nothing, whatever it is to do."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django import app

from counterfoil.accounts.models import Mail, Notice
from counterfoil.platform.worker import loop, tasks
from counterfoil.stores.db import key_seal
from counterfoil.stores.models import StoreState, WebOrder
from counterfoil.stores.sync.wakeups import SYNC_STORE
from tests.factories import connect
from tests.platform.test_key_check import changed_key
from tests.sandbox_store import SandboxStore
from tests.web.factories.orders import a_refused_order, a_store
from tests.web.factories.users import a_reader

__all__ = ["changed_key"]  # a fixture
pytestmark = pytest.mark.django_db(transaction=True)  # the worker closes connections
PROCRASTINATES_OWN = "procrastinate."
OF_THE_SEAL = ("to_regclass", "stores_keyseal")


def acts() -> dict[str, Callable[[], object]]:
    """All that a worker does, by name: what it does again and again, and the jobs it takes."""
    found: dict[str, Callable[[], object]] = {}

    async def keep(_thread: Any, act: Callable[..., None], *given: object) -> None:
        found[act.__name__] = partial(act, *given)

    async def rescue(_here: Any) -> None:
        """Only drops wake-ups of dead workers."""

    async def due_stores() -> list[int]:
        found["due_stores"] = tasks.due_stores
        return []

    async def run(each: Callable[[], Any]) -> None:
        await each()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "_in_thread", keep)
        patch.setattr(loop, "_rescue", rescue)
        patch.setattr(loop, "_due_stores", due_stores)
        periodic = loop._periodic_tasks(app)
        for _, each in periodic:
            asyncio.run(run(each))
    assert len(found) == len(periodic)
    assert SYNC_STORE in app.tasks
    return found | {
        name: partial(job, 0)
        for name, job in app.tasks.items()
        if not job.func.__module__.startswith(PROCRASTINATES_OWN)
    }


ACTS = acts()


def touched(name: str) -> list[str]:
    """The statements of an act, apart from those that look at the seal."""
    with CaptureQueriesContext(connection) as statements:
        ACTS[name]()
    return [each["sql"] for each in statements if not any(word in each["sql"] for word in OF_THE_SEAL)]


@pytest.mark.usefixtures("changed_key")
@pytest.mark.parametrize("name", ACTS)
def test_with_an_earlier_key_nothing_is_done(name: str, settings: Any) -> None:
    """Nothing is read or written; a new task of the worker is asked here, too."""
    settings.CAN_MAIL = True
    assert touched(name) == []


@pytest.mark.parametrize("name", ACTS)
def test_with_the_databases_key_it_is_done(name: str, settings: Any) -> None:
    """So the test above looks at something."""
    settings.CAN_MAIL = True
    key_seal.seal_anew()
    assert touched(name)


def test_no_mail_is_written_that_the_others_cannot_read(changed_key: list[str], settings: Any) -> None:
    """Whoever has the new key tells of what happened meanwhile."""
    settings.CAN_MAIL, settings.ADDRESS = True, "https://orders.shop.example"
    a_reader(attention=True, attention_minutes=0)
    order = a_refused_order(a_store(), 1, text="No.")
    WebOrder.objects.filter(pk=order.pk).update(reason_since=timezone.now() - timedelta(hours=1))
    tasks.notify()
    assert not Notice.objects.exists()
    assert not Mail.objects.exists()
    settings.COUNTERFOIL_FERNET_KEYS = changed_key
    tasks.notify()
    Notice.objects.update(found_at=timezone.now() - timedelta(minutes=5))
    tasks.notify()
    assert "No." in Mail.objects.get().text.reveal()


def test_a_job_syncs_no_store(store: SandboxStore, request: pytest.FixtureRequest) -> None:
    """The store stays due, for a worker that has the new key."""
    integration = connect(store)
    StoreState.objects.update(due_at=timezone.now())
    request.getfixturevalue("changed_key")
    store.clear_calls()
    tasks.sync_store_task(integration.pk)
    assert store.calls() == []
    assert StoreState.objects.filter(due_at__lte=timezone.now()).exists()
