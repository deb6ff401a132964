"""For `make mutation`: each changed program gets a database of its own, a copy of one whose migrations are done."""

import os

import psycopg
import pytest

MIGRATED = "test_before_mutation"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Before the database is made. The first run leaves its database to be copied by all others, which are forks."""
    from django.db import connection

    test = connection.settings_dict["TEST"]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [MIGRATED]).fetchone():
            session.config.option.reuse_db = True
            test["NAME"] = MIGRATED
            return
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [MIGRATED])
    test.update(NAME=f"test_mutant_{os.getpid()}", TEMPLATE=MIGRATED)
