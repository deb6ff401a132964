"""What all tests share: one sandbox store a session, like new for each test."""

import signal
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import settings as hypothesis_settings

from tests.sandbox_store import SandboxStore
from tests.vendor_specs import DESCRIPTIONS

TESTS = Path(__file__).resolve().parent
DEFAULT_STATUSES = "counterfoil.sales.migrations.0002_default_order_statuses"
HOLD_ROLE = "counterfoil.sales.migrations.0016_hold_role"
DEFAULT_CARRIERS = "counterfoil.stores.migrations.0003_default_carriers"
CORRECTED_CARRIERS = "slugs_of_evri_and_royal_mail"
LONGEST = ("platform", "faults", "end_to_end", "dispatch", "web")
"""The folders with the longest files: these begin first, so that no worker is left alone with one at the end."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background jobs ignore Ctrl-C, and so would every process that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)

hypothesis_settings.register_profile("busy", deadline=None)  # a machine that is busy fails no test
hypothesis_settings.load_profile("busy")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What needs the vendor's descriptions is left out where they are not; in CI that fails on collection."""
    if not DESCRIPTIONS.is_dir():
        terminalreporter.write_line("left out: tests against the vendor's API descriptions, which are not here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; `make test` hands files out in this order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.relative_to(TESTS).parts[0], len(places)))


@pytest.fixture(scope="session", autouse=True)
def emptied_quickly(django_db_setup: None) -> Iterator[None]:  # noqa: ARG001 (the database comes first)
    """After a test with transactions of its own only the tables with rows in them are emptied, not all the others."""
    from django.db import connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "sql_flush", _deletes)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """A login costs half a second of work by design; the tests log in thousands of times."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def forms_as_browsers_send_them() -> Iterator[None]:
    """Django's test client would send each form in parts, as if there was a file in it."""
    from django.test import Client
    from django.test.client import MULTIPART_CONTENT
    from django.utils.http import urlencode

    in_parts = Client.post

    def post(client: Any, path: Any, data: Any = None, content_type: str = MULTIPART_CONTENT, **more: Any) -> Any:
        fields = data or {}
        if content_type == MULTIPART_CONTENT and isinstance(fields, dict) and not any(map(_is_file, fields.values())):
            data, content_type = urlencode(fields, doseq=True), "application/x-www-form-urlencoded"
        return in_parts(client, path, data, content_type, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "post", post)
        yield


def _is_file(value: object) -> bool:
    return hasattr(value, "read")


def _deletes(_style: Any, tables: Sequence[str], **_options: Any) -> list[str]:
    from tests.fast_truncate import deletes

    return deletes(tables)


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[SandboxStore]:
    with SandboxStore() as store:
        yield store


@pytest.fixture
def store(sandbox_process: SandboxStore, settings: Any) -> SandboxStore:
    """An empty store, which web integrations may connect to."""
    sandbox_process.reset()
    settings.API_ORIGINS = [*settings.API_ORIGINS, sandbox_process.origin]
    return sandbox_process


@pytest.fixture(autouse=True)
def the_migrations_rows(request: pytest.FixtureRequest) -> None:
    """What a test with transactions of its own has emptied is there again: the rows that migrations made."""
    if request.node.get_closest_marker("django_db") is not None:
        restore_the_migrations_rows()


def restore_the_migrations_rows() -> None:
    """Makes the rows that migrations made, where they are gone."""
    from django.apps import apps

    from counterfoil.sales.models import OrderStatus
    from counterfoil.stores.models import Carrier

    for model, migration in ((OrderStatus, DEFAULT_STATUSES), (Carrier, DEFAULT_CARRIERS)):
        if not model.objects.exists():
            import_module(migration).add_defaults(apps, None)
            if model is OrderStatus:
                import_module(HOLD_ROLE).give_role(apps, None)
            if model is Carrier:
                _migration_named(CORRECTED_CARRIERS).correct(apps, None)


def _migration_named(name: str) -> Any:
    """A migration of the stores, whatever its number."""
    package = import_module("counterfoil.stores.migrations")
    (found,) = (each.name for each in iter_modules(package.__path__) if each.name.endswith(name))
    return import_module(f"{package.__name__}.{found}")
