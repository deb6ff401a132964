"""How large the largest tests are: as large as promised with `make test-full`, a part of that with `make test`."""

import os

VARIABLE = "COUNTERFOIL_TEST_FULL"


def at_full_size(promised: int, usual: int) -> int:
    """The number that is promised, or the one that `make test` takes for it."""
    return promised if os.environ.get(VARIABLE) else usual
