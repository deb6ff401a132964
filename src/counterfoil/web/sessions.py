"""Sessions in the database, encrypted: a form that waits for a fresh login may hold a store's secrets."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from counterfoil.stores.db.encryption import SecretUnreadable, decrypt, encrypt


class SessionStore(DatabaseSessions):
    """Django's own sessions; their contents are encrypted with the installation's key."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        return encrypt(super().encode(session_dict)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """The contents; empty, so that one logs in again, where no key of the installation opens them."""
        stored = session_data.encode() if isinstance(session_data, str) else session_data
        try:
            return super().decode(decrypt(stored))
        except SecretUnreadable:
            return {}
