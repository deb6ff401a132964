"""Which installation works on a store: a second one that opens a copy of its database is asked about, before it does.

Two copies of a database know the same orders, and neither sees what the other does: each would import what comes and
send what waits. So each store's row says where its database was when someone last worked on it, and whoever finds it
somewhere else stops before the first request. Moving on purpose takes one press.
"""

import hashlib
import os
import socket
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from counterfoil.bigcommerce import StoreTrouble
from counterfoil.stores.integrations.outage import ELSEWHERE
from counterfoil.stores.log import log
from counterfoil.stores.models import LogKind, StoreState, WebIntegration
from counterfoil.stores.sync.wakeups import wake

MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
NEXT_STEP = (
    "Make sure nothing works there anymore, then confirm: “Work here” on the store's page, or counterfoil "
    "store work-here. If this is a test copy, leave it as it is and give it a sandbox store."
)
Place = dict[str, Any]
"""Where a database is. `cluster`, `database`, `name`, `host`: of PostgreSQL's own marks, for people the last two.

An embedded database also has `machine`, `directory` and `inode`: its files can be copied, marks and all. For people
there are `computer` and `data_directory` as well.
"""


def require_this_installation(integration: WebIntegration) -> None:
    """Raises StoreTrouble where another installation works on the store; else the store's state says that we do.

    Needs the state loaded; it is saved by whoever works there. No statement but for the first time in a process.
    """
    here, known = this_installation(), integration.state.worked_at
    if known and not is_same(known, here):
        sentence = (
            f"This database worked at {in_words(known)} before and is now at {in_words(here)}. If both work "
            "on the store, orders are imported and shipments sent twice. Nothing was requested or sent."
        )
        raise StoreTrouble(ELSEWHERE, sentence, NEXT_STEP)
    integration.state.worked_at = here


def stores_elsewhere() -> list[WebIntegration]:
    """The stores that wait since their database came from somewhere else. One statement."""
    here = this_installation()
    return [
        each
        for each in WebIntegration.objects.select_related("state").exclude(state__worked_at={})
        if not is_same(each.state.worked_at, here)
    ]


def work_here(integrations: Iterable[WebIntegration], *, by: str) -> list[str]:
    """From now on this installation works on these stores; the codes of those that waited for it.

    Needs their states loaded. They are synced at once.
    """
    here = this_installation()
    moved = [each for each in integrations if each.state.worked_at and not is_same(each.state.worked_at, here)]
    with transaction.atomic():
        for integration in moved:
            text = f"{by}: this installation works on the store at {in_words(here)} from now on, no longer at "
            log(integration, LogKind.SETTINGS, f"{text}{in_words(integration.state.worked_at)}.")
            state = StoreState.objects.filter(integration=integration)
            state.update(worked_at=here)
            state.filter(trouble_code=ELSEWHERE).update(
                trouble_code="", trouble="", trouble_next_step="", trouble_since=None, troubles=0
            )
        wake(integration.pk for integration in moved)
    return [integration.code for integration in moved]


def this_installation() -> Place:
    """Where this process's database is."""
    place = dict(_database(str(connection.settings_dict["HOST"]), str(connection.settings_dict["NAME"])))
    if os.environ.get("COUNTERFOIL_EMBEDDED"):
        place |= _directory(Path(settings.DATA_DIR) / "postgres")
    return place


def is_same(known: Place, here: Place) -> bool:
    """Whether both are one installation.

    Of files of our own the machine and the directory tell, also when they were restored or moved within the machine;
    of a database elsewhere PostgreSQL's own marks, which stay when a standby takes over, and which a copy by dump has
    not. Where a managed server does not show its marks, the name of the database and its host.
    """
    if "directory" in known and "directory" in here:
        if known["machine"] != here["machine"] or _is_on_a_clone(known, here):
            return False
        return bool(known["directory"] == here["directory"]) or _was_moved(known, here)
    marks = ("cluster", "database") if known.get("cluster") and here.get("cluster") else ("host", "name")
    return all(known.get(mark) == here.get(mark) for mark in marks)


def _is_on_a_clone(known: Place, here: Place) -> bool:
    """Whether the files were copied to a machine that was itself copied from this one, machine ID and all.

    A machine may be renamed, and files may be restored in their place; both at once is another machine.
    """
    return bool(known["computer"] != here["computer"] and known["inode"] != here["inode"])


def _was_moved(known: Place, here: Place) -> bool:
    """Whether it is the same directory under another name, and none is left under the old one."""
    try:
        is_left = Path(known["directory"]).exists() and not Path(known["directory"]).samefile(here["directory"])
    except OSError:
        return False
    return not is_left and bool(known["inode"] == here["inode"])


def in_words(place: Place) -> str:
    """As in "shop-1, /var/lib/counterfoil"; where root starts the database, its files lie elsewhere."""
    if "directory" in place:
        return f"{place['computer']}, {place['data_directory']}"
    mark = f", {place['cluster']}/{place['database']}" if place.get("cluster") else ""
    return f"the database {place.get('name')} on {place.get('host') or 'this machine'}{mark}"


@cache
def _database(host: str, name: str) -> Place:
    """PostgreSQL's own marks: the system identifier is made by initdb, and the number of a database by its making.

    https://www.postgresql.org/docs/current/functions-info.html (pg_control_system)
    """
    cluster = ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('pg_control_system()', 'execute')")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
            cluster = cursor.fetchone()[0]
        cursor.execute("SELECT oid::bigint FROM pg_database WHERE datname = current_database()")
        database = cursor.fetchone()[0]
    return {"cluster": cluster, "database": database, "name": name, "host": host}


@cache
def _directory(postgres: Path) -> Place:
    """Where the files of an embedded database lie, whatever links lead there.

    A container may have no machine ID: then the directory itself stands for it.
    """
    directory = postgres.resolve()
    inode = directory.stat().st_ino if directory.exists() else 0
    machine = _machine_id()
    return {
        "machine": hashlib.sha256(f"counterfoil\0{machine or inode}".encode()).hexdigest()[:20],
        "directory": str(directory),
        "inode": inode,
        "computer": socket.gethostname(),
        "data_directory": str(postgres.parent),
    }


def _machine_id() -> str:
    """The machine's own; "" where it has none. Kept as a hash only: it is to be told to nobody (machine-id(5))."""
    for path in MACHINE_IDS:
        with suppress(OSError, UnicodeDecodeError):
            found = path.read_text().strip()
            if len(found) == 32:
                return found
    return ""
