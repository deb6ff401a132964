"""A user number without an entry in the list of users, as containers have it (`docker run --user 12345`).

PostgreSQL's initdb ends where its user has no name (`get_user_name_or_exit` in src/common/username.c); the server
needs none. Where the kernel allows it, initdb gets a user namespace in which our number is one that has a name: files
belong to our number all the same (user_namespaces(7)).
"""

import ctypes
import getpass
import os
import pwd
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

CLONE_NEWUSER = 0x10000000
NO_NAME = (
    "the user number {uid} has no entry in the system's list of users (/etc/passwd), which setting up a database "
    "needs. Add one for it, set the database up once as a user who has one, or set DATABASE_URL."
)


def user_name() -> str:
    """Who runs the program, by name; by number where there is no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def has_name() -> bool:
    """Whether the list of users knows the number that this process runs as."""
    with suppress(KeyError):
        return bool(pwd.getpwuid(os.geteuid()))
    return False


def under_a_name() -> Callable[[], None]:
    """For `preexec_fn`: from then on the process has the number of a user who has a name. Raises OSError there."""
    uid, gid = os.geteuid(), os.getegid()
    named = next((each.pw_uid for each in pwd.getpwall() if each.pw_uid != 0), uid)
    libc = ctypes.CDLL(None, use_errno=True)

    def change() -> None:
        if libc.unshare(CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        process = Path("/proc/self")
        (process / "setgroups").write_text("deny")
        (process / "uid_map").write_text(f"{named} {uid} 1")
        (process / "gid_map").write_text(f"{gid} {gid} 1")

    return change
