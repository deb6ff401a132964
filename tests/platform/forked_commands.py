"""Runs a command as a process that finds the libraries loaded: a fork of one that has loaded them, and nothing else.

A test that starts a dozen commands one after another would spend most of its time on loading the same libraries.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

LIBRARIES = [
    "counterfoil.platform.cli.main",
    "croniter",
    "cryptography.fernet",
    "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation",
    "django.contrib.messages",
    "django.contrib.postgres.fields",
    "django.core.management",
    "django.db.backends.postgresql.base",
    "django.db.migrations.executor",
    "django.forms",
    "django.template.loader",
    "django.views.generic",
    "environs",
    "phonenumbers",
    "procrastinate",
    "psycopg_pool",
    "rich.progress",
    "rich.table",
    "structlog",
    "urllib3",
]
"""What may be loaded before there are settings."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(LIBRARIES)


def run(words: Sequence[str], environment: Mapping[str, str], *, seconds: float) -> "subprocess.CompletedProcess[str]":
    """`counterfoil WORDS…` in this environment, to its end; raises TimeoutExpired."""
    with tempfile.TemporaryDirectory(prefix="counterfoil-said-") as folder:
        said, complained = Path(folder) / "said", Path(folder) / "complained"
        process = _context.Process(target=_command, args=(list(words), dict(environment), said, complained))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(words), seconds)
        return subprocess.CompletedProcess(words, process.exitcode, said.read_text(), complained.read_text())


def _command(words: list[str], environment: dict[str, str], said: Path, complained: Path) -> None:
    for number, path in ((1, said), (2, complained)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ |= environment
    time.tzset()
    from counterfoil.platform.cli.main import main

    sys.exit(main(words))
