"""The running server: its start, its address, its end."""

import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import IO

from sqlalchemy import URL

from inventory.errors import Conflict, Unavailable
from service.embedded_postgres import cluster, home, predecessors, sockets
from service.embedded_postgres.account import Account
from service.embedded_postgres.binaries import find_binaries, private_copy

_START_WITHIN = 60.0  # recovery after a crash takes a while
_STATUS_LINE = 7
_SOCKET_LINE = 4
_LOG_LIMIT = 10_000_000


class EmbeddedPostgres:
    """A PostgreSQL that lives exactly as long as this process, in a directory of its own.

    durable=False is for throw-away databases: nothing is flushed to disk, and all is lost if the machine stops.
    """

    def __init__(self, directory: Path, *, durable: bool = True, binaries: Path | None = None) -> None:
        self.directory = directory
        self._durable = durable
        self._binaries = binaries
        self._home = directory
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> str:
        """Start the server, making the cluster if there is none; answers its SQLAlchemy URL (without the password)."""
        if threading.current_thread() is not threading.main_thread():
            raise Conflict("the embedded database ends with the thread that starts it: start it in the main thread")
        self._home, account = home.settle(self.directory, durable=self._durable)
        self._lock = home.lock(self._home)
        try:
            return self._start(account)
        except BaseException:
            self.stop()
            raise

    def _start(self, account: Account) -> str:
        binaries = self._reachable_binaries(account)
        with predecessors.succeed(self._home) as alive:
            if not (self._home / "data").exists():
                cluster.make(self._home, account, binaries, durable=self._durable)
            self._process = self._launch(account, binaries, alive)
        self._await_ready(self._process)
        return _url(self._home)

    def _launch(self, account: Account, binaries: Path, alive: IO[str]) -> subprocess.Popen[bytes]:
        settings = _fixed(sockets.prepare(self._home, account), durable=self._durable)
        with _opened_log(self._home / "log") as log:
            return subprocess.Popen(
                account.command([str(binaries / "postgres"), "-D", str(self._home / "data"), *settings]),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=cluster.environment(),
                start_new_session=True,  # Ctrl-C in a terminal is for the service, which stops us last
                pass_fds=[alive.fileno()],
            )

    def _reachable_binaries(self, account: Account) -> Path:
        binaries = self._binaries or find_binaries(_major(self._home / "data"))
        return binaries if account.reaches(binaries / "postgres") else private_copy(binaries, self._home / "programs")

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _START_WITHIN
        while not _ready(self._home / "data"):
            if process.poll() is not None or time.monotonic() > until:
                raise Unavailable(
                    "内置数据库没有启动。 The embedded database did not start; the end of its log:\n"
                    + "\n".join(_lines(self._home / "log")[-15:]),
                    log=str(self._home / "log"),
                )
            time.sleep(0.01)

    def stop(self) -> None:
        """End all sessions, write everything down, end the server; harmless when nothing runs."""
        if self._process:
            _end(self._process)
            self._process = None
            sockets.remove(self._home)
        if self._lock:
            if not self._durable:
                home.abandon(self.directory)
            self._lock.close()
            self._lock = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def running_url(directory: Path) -> str | None:
    """The URL of the server that another process of ours runs in this directory; None if none does."""
    place = home.locate(directory)
    return _url(place) if predecessors.is_alive(place) and _ready(place / "data") else None


def _fixed(place: Path, *, durable: bool) -> list[str]:
    settings = {
        "listen_addresses": "",
        "port": str(sockets.PORT),
        "unix_socket_directories": f'"{place}"',
        "unix_socket_permissions": "0700",
        "logging_collector": "off",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _url(place: Path) -> str:
    where = {"host": _lines(place / "data" / "postmaster.pid")[_SOCKET_LINE], "port": str(sockets.PORT)}
    query = where | {"passfile": str(place / "passfile")}
    return URL.create("postgresql+psycopg", cluster.ROLE, database=cluster.DATABASE, query=query).render_as_string()


def _ready(data: Path) -> bool:
    """PostgreSQL writes its state into the eighth line of its pid file."""
    lines = _lines(data / "postmaster.pid")
    return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"


def _lines(file: Path) -> list[str]:
    return file.read_text(errors="replace").splitlines() if file.exists() else []


def _major(data: Path) -> int | None:
    said = _lines(data / "PG_VERSION")
    return int(said[0]) if said else None


def _opened_log(log: Path) -> IO[bytes]:
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".1"))
    log.touch(mode=0o600)
    return log.open("ab")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Politely, then with recovery at the next start, then with force."""
    for ask, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        process.send_signal(ask)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return
