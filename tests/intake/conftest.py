"""What the tests of intake share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.script_factories import Install, installed_in


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    """Installs a script of the text that it is given."""
    with installed_in(tmp_path) as write:
        yield write
