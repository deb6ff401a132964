"""Mail for the tests of the pages: a real mail server, and the settings that lead to it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from counterfoil.accounts.mail.delivery import deliver_due
from counterfoil.accounts.models import Mail
from counterfoil.platform import settings_urls
from tests.smtp_server import MailServer


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A mail server that is set up as an administrator does it."""
    with MailServer() as server:
        lead_to(server.url, settings)
        yield server


def lead_to(url: str, settings: Any) -> None:
    """What COUNTERFOIL_EMAIL_URL says."""
    for name, value in settings_urls.mail_settings(url).items():
        setattr(settings, name, value)
    settings.CAN_MAIL = True
    settings.DEFAULT_FROM_EMAIL = "Counterfoil <orders@shop.example>"
    settings.ADDRESS = "https://orders.shop.example"


def an_hour_passes() -> None:
    """What waits is due, and the worker comes by."""
    Mail.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    deliver_due()
