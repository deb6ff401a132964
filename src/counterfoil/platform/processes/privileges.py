"""Root's processes that browsers and stores reach give root up: they go on as the embedded database's user.

Linux: capabilities(7), prctl(2). A change of user takes a process's capabilities, and the signal that it gets when its
parent ends; the latter is asked for again.
"""

import ctypes
import os
import pwd
import signal
import sys
from contextlib import suppress
from pathlib import Path

from counterfoil.platform.child_process import die_with_parent
from counterfoil.platform.database.embedded_user import EmbeddedError, server_user

NOBODY = 65534
_GET_PDEATHSIG, _SET_KEEPCAPS, _SET_NO_NEW_PRIVS, _CAP_AMBIENT = 2, 8, 38, 47
_CAP_DAC_READ_SEARCH = 2
_VERSION_3 = 0x20080522


def become_server_user() -> None:
    """Where root runs this process, it goes on as the server's user, for good; what is open stays open.

    Called before threads are started. Where Python itself lies in a directory of root's own, the right to read files
    is kept, and nothing else of root's; that is said. Where the container lets nobody change, it is said and left.
    """
    if os.geteuid() != 0:
        return
    uid, gid, home = _whom()
    keeps_reading = not _can_read_program(uid, gid)
    try:
        _change(uid, gid, keeps_reading=keeps_reading)
    except PermissionError:
        sys.stderr.write("This process stays root: it can’t change users here. Start it as an ordinary user.\n")
        return
    os.environ["HOME"] = home
    for name in ("USER", "LOGNAME", "MAIL"):
        os.environ.pop(name, None)
    if keeps_reading:
        sys.stderr.write(
            f"This process is now user {uid} but can read all files, because Counterfoil is installed where only "
            "root can read. Install it in /opt, for example.\n"
        )


def _whom() -> tuple[int, int, str]:
    """The number of the user and of its group, and its home. Where no user can be made, nobody."""
    with suppress(EmbeddedError):
        user = server_user()
        if user is not None:
            return user.pw_uid, user.pw_gid, user.pw_dir
    with suppress(KeyError):
        nobody = pwd.getpwuid(NOBODY)
        return nobody.pw_uid, nobody.pw_gid, nobody.pw_dir
    return NOBODY, NOBODY, "/"


def _can_read_program(uid: int, gid: int) -> bool:
    """Whether the user reaches the interpreter and all that is imported from, tried in a process of its own."""
    places = {sys.executable, sys.prefix, sys.base_prefix, *(each for each in sys.path if Path(each).is_dir())}
    places |= {str(Path(__file__).resolve()), str(Path(os.__file__).resolve()), str(Path(sys.executable).resolve())}
    child = os.fork()
    if child == 0:
        code = 1
        with suppress(OSError):
            _change(uid, gid, keeps_reading=False)
            code = int(not all(os.access(each, os.R_OK | (os.X_OK if Path(each).is_dir() else 0)) for each in places))
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _change(uid: int, gid: int, *, keeps_reading: bool) -> None:
    linux = sys.platform == "linux"
    libc = ctypes.CDLL(None, use_errno=True)
    parent, at_its_end = os.getppid(), ctypes.c_int(0)
    if linux:
        libc.prctl(_GET_PDEATHSIG, ctypes.byref(at_its_end), 0, 0, 0)
        libc.prctl(_SET_KEEPCAPS, int(keeps_reading), 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if not linux:
        return
    if keeps_reading:
        _keep_only(libc, _CAP_DAC_READ_SEARCH)
    libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if at_its_end.value and (again := die_with_parent(signal.Signals(at_its_end.value), parent)):
        again()


def _keep_only(libc: ctypes.CDLL, capability: int) -> None:
    """Of the capabilities only this one, for the programs started from here too."""
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    mask = 1 << capability
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)  # effective, permitted, inheritable; the upper 32 likewise
    if libc.capset(header, sets) != 0:
        raise PermissionError(ctypes.get_errno(), "capset")
    libc.prctl(_CAP_AMBIENT, 2, capability, 0, 0)
