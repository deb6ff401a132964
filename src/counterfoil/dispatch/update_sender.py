"""What sends one kind of store update."""

from abc import ABC, abstractmethod
from typing import ClassVar

from counterfoil.dispatch.transitions import Sent
from counterfoil.stores.models import UpdateKind
from counterfoil.stores.sync.session import StoreSession


class UpdateSender(ABC):
    """Sends the updates of its `kind` during one session; `sent` counts them."""

    kind: ClassVar[UpdateKind]

    def __init__(self, session: StoreSession, sent: Sent) -> None:
        self.session = session
        self.integration = session.integration
        self.api = session.api
        self.sent = sent

    @abstractmethod
    def send(self, update_id: int) -> None:
        """Sends the update; raises TryAgain and StoreTrouble with it still waiting (or being sent)."""
