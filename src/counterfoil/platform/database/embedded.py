"""The embedded database: a PostgreSQL server of our own, for whoever sets no DATABASE_URL.

Binaries come from a locked dependency; starting, securing and stopping are done here. The server belongs to the
process that started it and never outlives it. It listens on a socket in a private directory only.
"""

import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from counterfoil.platform.child_process import die_with_parent
from counterfoil.platform.database import embedded_roles
from counterfoil.platform.database.embedded_roles import DATABASE, PROGRAM, SUPERUSER
from counterfoil.platform.database.embedded_user import (
    MAJOR_VERSION,
    ROOT_HOME,
    EmbeddedError,
    binaries,
    make_root_home,
    server_user,
)
from counterfoil.platform.database.server_lock import Holder, holder_of, lock_within, sign, try_lock, unsign
from counterfoil.platform.database.unnamed_user import NO_NAME, has_name, under_a_name
from counterfoil.sales.db.full_disk import LEAST_FREE, WORDS

SERVERS_OWN = "postgres"  # the database that every server has
PASSWORDS = {PROGRAM: "password", SUPERUSER: "superuser_password"}
LARGEST_LOG = 5_000_000  # bytes
RECOVERS = psycopg.pq.Ping.REJECT
"""A server that was killed goes through what it had not written yet; on a slow disk that takes minutes."""
LOCK_SECONDS = 0.5  # someone who only looks whether the server runs holds the lock for a moment


class AlreadyRunning(EmbeddedError):
    """Another process runs the embedded database of this data directory; `holder` says which, where that is known."""

    def __init__(self, holder: Holder | None = None) -> None:
        who = holder or "Another process"
        super().__init__(f"{who} runs the embedded database of this data directory.")
        self.holder = holder


class EmbeddedServer:
    """The database of one data directory. `durable=False` (tests only) trades safety for speed.

    All of it lies in `data_dir`/postgres. Where root starts it, that is a link to a directory of the system user's,
    so that the data directory can be moved, and the server needs no access to it.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self.durable = durable
        self._place = self.data_dir / "postgres"
        self._found_home: Path | None = None
        self._lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The DATABASE_URL of this server, for the program: a role that owns its tables, and is no superuser."""
        return self._url(PROGRAM, DATABASE)

    @property
    def superuser_url(self) -> str:
        """The same for its superuser, whom only the start of the server, tests and benchmarks need."""
        return self._url(SUPERUSER, DATABASE)

    @property
    def pid(self) -> int | None:
        """The process of the server that this object started, while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def has_ended(self) -> bool:
        """Whether the server that this object started ended without being asked to."""
        return self._lock is not None and self.pid is None

    @property
    def _home(self) -> Path:
        """Remembered: a process that root started may no longer follow the link when it is root no more."""
        if self._found_home is None and self._place.exists():
            self._found_home = self._place.resolve()
        return self._found_home or self._place.resolve()

    @property
    def _cluster(self) -> Path:
        return self._home / "data"

    @property
    def _sockets(self) -> Path:
        """A directory with a short name: a socket's path has 107 bytes at most."""
        name = hashlib.sha256(os.fsencode(self._home)).hexdigest()[:16]
        return Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()) / f"cf-{name}"  # noqa: S108

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}:{self._password(role)}@/{database}?host={quote(str(self._sockets), safe='')}"

    def _password(self, role: str) -> str:
        path = self._home / PASSWORDS[role]
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            raise EmbeddedError(f"The file {path} is missing. Restore it from a backup.") from None
        except UnicodeDecodeError:
            raise EmbeddedError(f"The file {path} is damaged. Restore it from a backup.") from None

    def running_url(self) -> str | None:
        """The URL of a server that another live process owns and that answers, else None."""
        if not (self._home / "lock").exists():
            return None
        self._check_owner()
        lock = try_lock(self._home / "lock")
        if lock is not None:
            lock.close()
            return None
        if not (self._cluster / "PG_VERSION").exists():
            return None  # its owner is still making it
        try:
            psycopg.connect(self.url, connect_timeout=3).close()
        except psycopg.OperationalError:
            return None
        return self.url

    def start(self, *, wait_seconds: float = 30) -> None:
        """Starts the server and waits until it answers; raises AlreadyRunning or EmbeddedError."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_home()
        self._lock = lock_within(LOCK_SECONDS, self._home / "lock")
        if self._lock is None:
            raise AlreadyRunning(holder_of(self._home / "lock"))
        sign(self._lock)
        try:
            self._start(wait_seconds)
        except BaseException:
            self.stop()
            raise

    def start_again(self, *, wait_seconds: float = 30) -> None:
        """Starts a server that has ended by itself, under the same URL; raises EmbeddedError."""
        self._start(wait_seconds)

    def _start(self, wait_seconds: float) -> None:
        programs = binaries()
        self._make_sockets()
        if not (self._cluster / "PG_VERSION").exists():
            self._make_cluster(programs)
        self._check_version()
        deadline = time.monotonic() + wait_seconds  # a cluster is made once, which takes a busy machine a minute
        self._wait_for_predecessor(deadline)
        self._process = self._run(programs / "postgres", *self._options())
        self._wait_until_ready(deadline)
        self._prepare_roles()

    def stop(self) -> None:
        """Stops the server: open transactions are rolled back, everything committed is kept."""
        process, self._process = self._process, None
        if process is not None:
            for number, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                with suppress(ProcessLookupError):
                    process.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(seconds)
                    break
            shutil.rmtree(self._sockets, ignore_errors=True)
        if self._lock is not None:
            unsign(self._lock)
            self._lock.close()
            self._lock = None

    def remove(self) -> None:
        """Deletes the database of a stopped server for good."""
        for directory in (self._sockets, self._home):
            shutil.rmtree(directory, ignore_errors=True)
        if self._place.is_symlink():
            self._place.unlink()

    def others_connected(self) -> int:
        """How many other connections use the server."""
        with psycopg.connect(self.url, connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        assert row is not None
        return int(row[0])

    def _make_home(self) -> None:
        user = server_user()
        if user is not None and not self._place.is_symlink() and not self._place.exists():
            make_root_home()
            name = hashlib.sha256(os.fsencode(self.data_dir) + secrets.token_bytes(8)).hexdigest()[:16]
            (ROOT_HOME / name).mkdir(mode=0o700)
            os.chown(ROOT_HOME / name, user.pw_uid, user.pw_gid)
            with suppress(FileExistsError):  # someone else was quicker
                self._place.symlink_to(ROOT_HOME / name)
            if self._home != (ROOT_HOME / name).resolve():
                (ROOT_HOME / name).rmdir()
        elif user is None:
            with suppress(FileExistsError):
                self._place.mkdir(mode=0o700)
        self._check_owner()

    def _check_owner(self) -> None:
        """One data directory has one database: root does not begin a second one next to an ordinary user's."""
        user = server_user()
        try:
            owner = self._home.stat().st_uid
        except OSError as trouble:
            raise EmbeddedError(f"{self._home} can’t be used: {trouble.strerror}.") from None
        if owner != (user.pw_uid if user is not None else os.geteuid()):
            raise EmbeddedError(
                f"The database in {self._home} belongs to another user (number {owner}). "
                "Start the program as that user, or choose another COUNTERFOIL_DATA_DIR."
            )

    def _make_sockets(self) -> None:
        user = server_user()
        owner = user.pw_uid if user is not None else os.geteuid()
        with suppress(FileExistsError):
            self._sockets.mkdir(mode=0o700)
            if user is not None:
                os.chown(self._sockets, owner, -1)
        found = self._sockets.lstat()
        if self._sockets.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
            raise EmbeddedError(f"The directory {self._sockets} belongs to someone else. Remove it, then start again.")

    def _make_cluster(self, programs: Path) -> None:
        """A new cluster, made next to its place and moved there when it is whole."""
        partial = self._home / "new"
        if partial.exists():
            shutil.rmtree(partial)
        made = self._run_once(
            programs / "initdb",
            *("-D", str(partial), "-U", SUPERUSER, "--auth=scram-sha-256"),
            f"--pwfile={self._make_password(SUPERUSER)}",
            *("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(() if self.durable else ("--no-sync",)),
        )
        if made.wait() != 0:
            raise EmbeddedError(f"The database couldn’t be set up: {self._last_words()}")
        self._make_password(PROGRAM)
        partial.rename(self._cluster)

    def _make_password(self, role: str) -> Path:
        path = self._home / PASSWORDS[role]
        path.unlink(missing_ok=True)  # of a cluster that was never finished
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
            user = server_user()
            if user is not None:
                os.fchown(file.fileno(), user.pw_uid, user.pw_gid)
        return path

    def _check_version(self) -> None:
        version = (self._cluster / "PG_VERSION").read_text().strip()
        if version != MAJOR_VERSION:
            raise EmbeddedError(
                f"The data in {self.data_dir} was written by PostgreSQL {version}, but this version includes "
                f"PostgreSQL {MAJOR_VERSION}. Start the version that wrote it, or restore a backup."
            )

    def _wait_for_predecessor(self, deadline: float) -> None:
        """A server whose owner was killed may still be shutting down; a stale pid file may name a stranger."""
        pid_file = self._cluster / "postmaster.pid"
        while (pid := _pid_in(pid_file)) is not None:
            if not _is_server(pid, self._cluster):
                pid_file.unlink(missing_ok=True)
                return
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            if time.monotonic() > deadline:
                raise EmbeddedError(f"The previous database server (process {pid}) doesn’t stop.")
            time.sleep(0.05)

    def _options(self) -> list[str]:
        safe = "on" if self.durable else "off"
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            "shared_buffers": "128MB",
            "random_page_cost": "1.1",  # disks without arms: a thousand orders are looked up, not read through
            "max_connections": "100",
            "log_min_messages": "warning",
            "log_min_error_statement": "panic",  # statements and details carry people's addresses
            "log_error_verbosity": "terse",
            "timezone": "UTC",
            "fsync": safe,
            "synchronous_commit": safe,
            "full_page_writes": safe,
        }
        return ["-D", str(self._cluster), *(f"--{name}={value}" for name, value in settings.items())]

    def _run_once(self, program: Path, *arguments: str) -> subprocess.Popen[bytes]:
        """As `_run`, for a program that ends where its user has no name."""
        if server_user() is not None or has_name():
            return self._run(program, *arguments)
        try:
            return self._run(program, *arguments, first=under_a_name())
        except (OSError, subprocess.SubprocessError):
            raise EmbeddedError(f"It can’t be set up: {NO_NAME.format(uid=os.geteuid())}") from None

    def _run(self, program: Path, *arguments: str, first: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
        """Starts one of the server's programs as the user it belongs to; it ends when this process ends.

        `first` is called in the new process, before the program runs.
        """
        user = server_user()
        with_parent = die_with_parent(signal.SIGINT)  # a fast shutdown

        def before() -> None:
            if first is not None:
                first()
            if with_parent is not None:
                with_parent()

        with self._open_log() as output:
            return subprocess.Popen(  # noqa: S603 (our own binaries, no shell)
                [str(program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
                umask=0o077,
                start_new_session=True,  # Ctrl-C reaches the owner, who stops the server in order
                preexec_fn=before,
            )

    def _open_log(self) -> IO[bytes]:
        log = self._home / "log"
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.rename(self._home / "log.old")
        return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600), "ab")

    def _wait_until_ready(self, deadline: float) -> None:
        """Asks without logging in: who may log in is seen to afterwards. Whoever recovers is left to it."""
        assert self._process is not None
        says = False
        # With a user: the system may know no name of ours, and nothing would be asked then.
        where = f"host='{self._sockets}' user={PROGRAM} connect_timeout=3".encode()
        while (answer := psycopg.pq.PGconn.ping(where)) != psycopg.pq.Ping.OK:
            if self._process.poll() is not None:
                raise EmbeddedError(f"The database didn’t start: {self._last_words()}")
            if answer == RECOVERS:
                if not says and time.monotonic() > deadline:
                    sys.stderr.write("The database is recovering after it was killed. Waiting for it …\n")
                    says = True
            elif time.monotonic() > deadline:
                state = psycopg.pq.Ping(answer).name.lower().replace("_", " ")
                raise EmbeddedError(f"The database isn’t responding: {state}. If the machine is busy, try again later.")
            time.sleep(0.05)

    def _prepare_roles(self) -> None:
        if not (self._home / PASSWORDS[SUPERUSER]).exists():  # of a version whose program was the superuser
            self._make_password(SUPERUSER)
        roles = (SUPERUSER, PROGRAM)
        try:
            embedded_roles.prepare(
                *(self._url(role, SERVERS_OWN) for role in roles), *(self._password(role) for role in roles)
            )
        except psycopg.Error as trouble:
            raise EmbeddedError(f"The database refuses access: {str(trouble).strip()}") from None

    def _last_words(self) -> str:
        """Of the server's log; where its disk is full that may be cut off before it says so."""
        try:
            said = (self._home / "log").read_text(errors="replace").strip().rsplit("\n", 1)[-1][-300:]
        except OSError:
            return "its log can’t be read."
        return said if shutil.disk_usage(self._home).free >= LEAST_FREE else f"{said} ({WORDS[0]})"


def _pid_in(pid_file: Path) -> int | None:
    """The process that a pid file names; 0 for one that names none, None without a file."""
    try:
        first = pid_file.read_text(errors="replace").split("\n", 1)[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdecimal() else 0


def _is_server(pid: int, cluster: Path) -> bool:
    """Whether the process is a PostgreSQL server of this cluster, and not a stranger with its number."""
    if pid == 0:
        return False
    if sys.platform != "linux":
        asked = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)  # noqa: S603
        return b"postgres" in asked.stdout and os.fsencode(cluster) in asked.stdout
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"postgres" in command[0] and os.fsencode(cluster) in command
