"""A custom script of any text, installed as pip does it, and orders for it."""

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from counterfoil.intake import scripts
from counterfoil.intake.script_process.processes import PROCESSES
from counterfoil.stores.models import WebIntegration
from tests.factories import connect
from tests.sandbox_store import SandboxStore

Install = Callable[[str], None]
HEAD = "from counterfoil.intake.scripts import Refuse, hookimpl\n\n"
HANGS = """
import ctypes, os, signal, socket, subprocess, threading, time


def work():
    {work}


@hookimpl
def counterfoil_convert(order):
    if order["customer_message"] == "hang":
        work()
"""


@contextmanager
def installed_in(tmp_path: Path) -> Iterator[Install]:
    """Installs a script of this text as pip does, with an entry point."""
    folder = tmp_path / "site"
    record = folder / "shop_script-1.0.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-script\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text("[counterfoil]\nshop = shop_script\n")
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode

    def write(text: str) -> None:
        (folder / "shop_script.py").write_text(HEAD + textwrap.dedent(text))
        importlib.invalidate_caches()
        scripts.installed.cache_clear()

    yield write
    sys.dont_write_bytecode = before
    sys.path.remove(str(folder))
    importlib.invalidate_caches()
    scripts.installed.cache_clear()
    PROCESSES.close()


def three_orders(store: SandboxStore) -> tuple[WebIntegration, int, list[int]]:
    """A store with three orders, of which the second has the script hang."""
    first, bad, last = store.place(3, kind="guest")
    store.edit(bad, customer_message="hang")
    return connect(store), bad, [first, last]
