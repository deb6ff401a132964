"""Whether a database is of this version is told by the names of its migrations, without reading any of them."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from counterfoil.platform.database.migrations import is_of_this_version, is_up_to_date, unknown_migrations

pytestmark = pytest.mark.django_db


def test_a_database_that_is_up_to_date_is_known_by_its_names() -> None:
    """Those of the libraries' tables among them."""
    assert is_of_this_version()
    assert is_up_to_date()


def test_a_migration_that_did_not_run_is_missed() -> None:
    """It may be any app's, and any one."""
    MigrationRecorder(connection).record_unapplied("sales", "0002_default_order_statuses")
    assert not is_of_this_version()


def test_a_migration_of_a_newer_version_is_seen() -> None:
    """The slow look then says which."""
    MigrationRecorder(connection).record_applied("stores", "0999_future")
    assert not is_of_this_version()
    assert unknown_migrations() == ["stores 0999_future"]


def test_a_database_just_restored_is_not_finished_yet() -> None:
    """Whatever its migrations: the mark is looked at as well."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE counterfoil_restored (made_at timestamptz NOT NULL)")
        cursor.execute("INSERT INTO counterfoil_restored VALUES ('2026-11-01')")
    assert not is_of_this_version()
