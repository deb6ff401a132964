"""A rehearsal: what is written is looked at and taken back, so that a preview goes the way of the real thing."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

_numbers: ContextVar[Iterator[int] | None] = ContextVar("numbers of a rehearsal", default=None)


@contextmanager
def rehearsal() -> Iterator[None]:
    """Whatever is written in the block is taken back at its end; no sales order number is used up."""
    token = _numbers.set(itertools.count(-1, -1))
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        _numbers.reset(token)


def rehearsed_number() -> int | None:
    """A number that no sales order has, for one that is only rehearsed; None in earnest."""
    numbers = _numbers.get()
    return None if numbers is None else next(numbers)
