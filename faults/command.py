"""One command of the product in a process of its own, with the bug planted that COUNTERFOIL_FAULTS_PLANT names."""

import os
import subprocess
import sys
from collections.abc import Mapping


def run(
    environment: Mapping[str, str], *words: str, bug: str | None = None, **extra: str
) -> "subprocess.CompletedProcess[str]":
    """`counterfoil WORDS…` to its end; `extra` goes into its environment."""
    return subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-m", "faults.command", *words],
        env={**environment, "COUNTERFOIL_FAULTS_PLANT": bug or "", **extra},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def main() -> int:
    """Plants the bug, then does what the command line does."""
    from counterfoil.platform.cli.main import main as command
    from counterfoil.platform.django_setup import set_up
    from faults.planted import plant

    if bug := os.environ.get("COUNTERFOIL_FAULTS_PLANT"):
        set_up()
        plant(bug)
    return command()


if __name__ == "__main__":
    sys.exit(main())
