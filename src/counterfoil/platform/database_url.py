"""Reads DATABASE_URL."""

from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("postgres", "postgresql")
CONNECTION_SECONDS = 600  # how long a connection is kept


def read(url: str, *, application_name: str) -> Any:
    """Django's settings for a PostgreSQL database; raises ImproperlyConfigured with a sentence that hides the URL."""
    try:
        scheme = urlsplit(url).scheme
        if scheme not in SCHEMES:
            raise ImproperlyConfigured(
                "DATABASE_URL has to name a PostgreSQL database, as in postgresql://USER:PASSWORD@HOST/NAME."
            )
        database = dj_database_url.parse(url, conn_max_age=CONNECTION_SECONDS, conn_health_checks=True)
    except ValueError as wrong:
        raise ImproperlyConfigured("DATABASE_URL cannot be read: does the password need %-encoding?") from wrong
    database.setdefault("OPTIONS", {}).update(application_name=application_name, connect_timeout=5)
    return database
