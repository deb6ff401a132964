"""How many passwords are looked at in the same moment.

Looking at one takes a good part of a second of the processor, on purpose. Whoever sends forty at once would else take
all threads of the pages, and everyone waits. A browser that the person has logged in with before is never refused.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django import forms

AT_ONCE = max(2, min(6, 2 * (os.cpu_count() or 1) - 1))  # two threads of the pages stay free (command `web`)
TOO_MANY = "Too many people are logging in right now. Your password wasn’t checked: try again in a few seconds."
_places = BoundedSemaphore(AT_ONCE)


@contextmanager
def place(*, is_known: bool) -> Iterator[None]:
    """Around looking at a password; raises ValidationError (code `busy`) when too many are looked at."""
    if is_known:
        yield
        return
    if not _places.acquire(blocking=False):
        raise forms.ValidationError(TOO_MANY, code="busy")
    try:
        yield
    finally:
        _places.release()
