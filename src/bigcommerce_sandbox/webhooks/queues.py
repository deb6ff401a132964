"""What waits to be delivered: a queue for each hook, soonest first, of which one delivery at a time is under way."""

import heapq
from collections.abc import Iterator

from bigcommerce_sandbox.webhooks.messages import CANCELLED, WAITING, Delivery


class Queues:
    """Deliveries by the number of their hook. Times are ticks of the store's clock."""

    def __init__(self) -> None:
        self.busy: set[int] = set()  # hooks to which something is being sent
        self._waiting: dict[int, list[tuple[float, int, Delivery]]] = {}

    def __len__(self) -> int:
        return sum(len(queue) for queue in self._waiting.values())

    def __iter__(self) -> Iterator[Delivery]:
        """By hook, soonest first."""
        return (delivery for queue in self._waiting.values() for _, _, delivery in sorted(queue))

    def push(self, delivery: Delivery) -> None:
        delivery.state = WAITING
        queue = self._waiting.setdefault(delivery.hook_id, [])
        heapq.heappush(queue, (delivery.due, delivery.n, delivery))

    def due(self, now: float) -> Iterator[Delivery]:
        """Takes out the next delivery of each hook that is free."""
        for hook_id, queue in list(self._waiting.items()):
            if hook_id not in self.busy and queue and queue[0][0] <= now:
                yield heapq.heappop(queue)[2]

    def soonest(self) -> float | None:
        """When the next delivery of a free hook is due; None when none waits."""
        free = (queue[0][0] for hook_id, queue in self._waiting.items() if queue and hook_id not in self.busy)
        return min(free, default=None)

    def overtaken(self, by: Delivery, now: float) -> None:
        """Those that were held back until a later one had overtaken them are due now."""
        queue = self._waiting.get(by.hook_id, [])
        for place, (_, n, delivery) in enumerate(queue):
            if delivery.held and n < by.n:
                delivery.held, delivery.due = False, now
                queue[place] = (now, n, delivery)
        heapq.heapify(queue)

    def cancel(self, hook_id: int) -> None:
        """Nobody listens any more."""
        for _, _, delivery in self._waiting.pop(hook_id, []):
            delivery.state = CANCELLED
