"""A stepping stone between a service and a program it starts: sets what must be set after the fork, then becomes it.

Run by path with `python -I -S`, so it imports nothing of ours. A program of its own, because running Python
between fork and exec (preexec_fn) may deadlock once the service has threads.
"""

import ctypes
import json
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
CLONE_NEWUSER = 0x10000000


def command(
    argv: list[str],
    *,
    death_signal: signal.Signals,
    uid: int | None = None,
    gid: int | None = None,
    shown_as: int | None = None,
) -> list[str]:
    """The command line that runs argv so that it gets death_signal when the calling thread is gone.

    uid and gid: become these first (root only). shown_as: an id under which the program sees itself, for programs
    that insist on a passwd entry; on disk and to everybody else it is uid.
    """
    orders = {"parent": os.getpid(), "death": int(death_signal), "uid": uid, "gid": gid, "shown_as": shown_as}
    return [sys.executable, "-I", "-S", __file__, json.dumps(orders), *argv]


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def _show_as(libc: ctypes.CDLL, shown: int) -> None:
    uid, gid = os.getuid(), os.getgid()
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # after a change of uid, /proc/self would still be root's
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed here")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{shown} {uid} 1"), ("gid_map", f"{shown} {gid} 1")):
        _write(f"/proc/self/{name}", text)


def _write(path: str, text: str) -> None:
    # Plain calls: under the new uid, a Python below a 0700 home can no longer load a module, a codec included.
    file = os.open(path, os.O_WRONLY)
    os.write(file, text.encode())
    os.close(file)


def main() -> None:
    orders, argv = json.loads(sys.argv[1]), sys.argv[2:]
    libc = ctypes.CDLL(None, use_errno=True)
    if orders["uid"] is not None:
        _become(orders["uid"], orders["gid"])
    if orders["shown_as"] is not None:
        _show_as(libc, orders["shown_as"])
    libc.prctl(PR_SET_PDEATHSIG, orders["death"], 0, 0, 0)  # last: a change of uid clears it
    if os.getppid() != orders["parent"]:
        sys.exit("the service that asked for this program is already gone")
    try:
        os.execvp(argv[0], argv)  # noqa: S606 - becoming the program is the point
    except OSError as error:
        sys.exit(f"cannot run {argv[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
