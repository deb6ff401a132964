"""What the tests of events share."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from tests.events.receiver import Receiver, receiver


@pytest.fixture
def other(settings: Any) -> Iterator[Receiver]:
    """Another system on this machine, which webhooks may be sent to."""
    settings.WEBHOOK_NETWORKS = (ip_network("127.0.0.0/8"),)
    with receiver() as found:
        yield found
