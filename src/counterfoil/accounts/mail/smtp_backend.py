"""The way to the mail server: bounded in time, and honest about what it does not know."""

import smtplib
import socket
import threading
from contextlib import suppress
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

WHOLE_SECONDS = 30.0  # for one delivery, however slowly the server goes on answering


class OutcomeUnknown(OSError):
    """The connection broke after the mail was handed over, and before the server said that it has it."""


class _Bounded:
    """Mixed into smtplib's clients: hangs up when the time is over, and tells a refusal from a lost answer."""

    sock: socket.socket | None

    def __init__(self, *args: Any, **options: Any) -> None:
        self._limit = threading.Timer(WHOLE_SECONDS, self._hang_up)
        self._limit.daemon = True
        self._limit.start()
        super().__init__(*args, **options)

    def _hang_up(self) -> None:
        if sock := getattr(self, "sock", None):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def data(self, message: Any) -> Any:
        """Hands the mail over; raises OutcomeUnknown when the answer to it is lost."""
        try:
            return super().data(message)  # type: ignore[misc]
        except smtplib.SMTPResponseException:
            raise
        except OSError as lost:
            raise OutcomeUnknown(str(lost)) from lost

    def close(self) -> None:
        """Hangs up."""
        self._limit.cancel()
        super().close()  # type: ignore[misc]


class _Plain(_Bounded, smtplib.SMTP):
    """For SMTP, and for STARTTLS."""


class _Secure(_Bounded, smtplib.SMTP_SSL):
    """For TLS from the first byte."""


class BoundedBackend(EmailBackend):
    """Django's own, with a limit for the whole delivery."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The client to use."""
        return _Secure if self.use_ssl else _Plain

    def _close_connection(self, connection: Any) -> None:
        """What was delivered is delivered, however the goodbye goes."""
        with suppress(OSError):
            connection.quit()
        connection.close()
