"""Sessions in the database, encrypted, that end: some time after the login, and some time after the last thing done.

Encrypted, since a form that waits for a fresh login may hold a store's secrets. Both ends stand in the session itself
and are looked at whenever it is read, so that a shorter limit holds at once for whoever is logged in.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY as PERSON
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from counterfoil.stores.db.encryption import SecretUnreadable, decrypt, encrypt

STARTED, ACTIVE = "session_started", "session_active"
"""Seconds since 1970: of the login, and of the last page that the person asked for."""


class SessionStore(DatabaseSessions):
    """Django's own sessions; their contents are encrypted with the installation's key, and their end is ours."""

    def load(self) -> dict[str, Any]:
        """The contents; empty, and without a key that could be used again, when the session is over."""
        found: dict[str, Any] = super().load()
        if found and time.time() >= _end(found):
            self.delete(self.session_key)
            found = {}
        if not found:
            self._session_key = None
        return found

    def _validate_session_key(self, key: str) -> bool:
        """A cookie may hold anything, also what no database takes."""
        is_long_enough = bool(super()._validate_session_key(key))  # type: ignore[misc]  # the stubs leave it out
        return is_long_enough and key.isascii() and key.isalnum()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """The row; of a session that is new, with when it began."""
        now = time.time()
        data.setdefault(STARTED, now)
        data.setdefault(ACTIVE, now)
        return super().create_model_instance(data)

    def get_expiry_age(self, **_given: Any) -> int:
        """In how many seconds it ends; also told to the browser."""
        return max(0, round(_end(self._given()) - time.time()))

    def get_expiry_date(self, **_given: Any) -> datetime:
        """When it ends. A save by itself never moves that: parts of pages ask again by themselves."""
        return datetime.fromtimestamp(_end(self._given()), UTC)

    def _given(self) -> dict[str, Any]:
        now = time.time()
        return {STARTED: now, ACTIVE: now, **dict(self.items())}

    def encode(self, session_dict: dict[str, Any]) -> str:
        return encrypt(super().encode(session_dict)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """The contents; empty, so that one logs in again, where no key of the installation opens them."""
        stored = session_data.encode() if isinstance(session_data, str) else session_data
        try:
            return super().decode(decrypt(stored))
        except SecretUnreadable:
            return {}


def _end(session: Mapping[str, Any]) -> float:
    """When it ends, in seconds since 1970; a login of an earlier version, of which nobody knows when, has ended."""
    unknown = 0.0 if PERSON in session else time.time()
    started, active = session.get(STARTED, unknown), session.get(ACTIVE, unknown)
    return float(min(started + settings.SESSION_SECONDS, active + settings.SESSION_IDLE_SECONDS))
