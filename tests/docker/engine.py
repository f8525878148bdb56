"""A real Docker engine with Compose, in namespaces of its own; what it runs dies with it."""

import fcntl
import hashlib
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.lab.needs import unmet

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = PROJECT / "tests/lab/engine.sh"
INSIDE = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
# For builds: no bridge and no rule of a firewall, because then the engine shares the machine's network.
SHARED_NETWORK = ("--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false")

INGREDIENTS = (SCRIPT, *(Path(__file__).with_name(name) for name in ("stand_ins.py", "postgres-entrypoint.sh")))


def cache_directory() -> Path:
    """Holds the engine, its images and its build cache; changes with the recipes."""
    root = Path(os.environ.get("YUNWANG_LAB_CACHE") or Path.home() / ".cache" / "yunwang-lab")
    recipe = hashlib.sha256(b"".join(path.read_bytes() for path in INGREDIENTS))
    folder = root / f"containers-{recipe.hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass(frozen=True)
class Engine:
    """A running engine; `leader` is its process 1, whose namespaces commands enter."""

    leader: int
    work: Path  # seen by it as /handed

    def command(self, *argv: str, mounts: bool = True) -> list[str]:
        """The command line that runs argv beside the engine; without `mounts`, on our own files in its network."""
        into = ["--mount", "--pid"] if mounts else []
        return ["nsenter", f"--target={self.leader}", "--net", *into, *argv]

    def run(self, *argv: str, check: bool = True, **more: Any) -> "subprocess.CompletedProcess[str]":
        """Run a program in the engine's root, in the project's folder; its words are in the failure's text."""
        environment = INSIDE | more.pop("env", {})
        argv = ("sh", "-c", 'cd /project && exec "$0" "$@"', *argv)
        done = subprocess.run(
            self.command(*argv), env=environment, capture_output=True, text=True, check=False,
            **({"stdin": subprocess.DEVNULL} | more),
        )  # fmt: skip
        if check and done.returncode:
            said = f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
            raise AssertionError(f"{' '.join(argv[3:])} ended with {done.returncode}\n{said}")
        return done

    def docker(self, *arguments: str, check: bool = True, **more: Any) -> str:
        """What `docker ARGUMENTS` prints."""
        return self.run("docker", *arguments, check=check, **more).stdout.strip()

    def curl(self, url: str, *options: str) -> str:
        """An answer from a published port: a 4xx or 5xx is a failure."""
        command = self.command("curl", "-sSf", "--noproxy", "*", "--max-time", "10", *options, url, mounts=False)
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@contextmanager
def locked(cache: Path) -> Iterator[None]:
    """Keep other test runs on this machine away from the cache."""
    with (cache / "engine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def running_engine(cache: Path, *, shared_network: bool) -> Iterator[Engine]:
    """Run the engine until the block ends; one at a time, because images and build cache are kept."""
    with locked(cache), (cache / "dockerd.log").open("w") as log:
        cgroup = f"yunwang-lab-{secrets.token_hex(4)}"
        process = _start(cache, cgroup, log, shared_network=shared_network)
        try:
            yield _ready(process, cache)
        finally:
            _stop(process)
            _remove_cgroups(cgroup)


def _start(cache: Path, cgroup: str, log: IO[str], *, shared_network: bool) -> "subprocess.Popen[bytes]":
    network, options = ((), SHARED_NETWORK) if shared_network else (("--net",), ())
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child",
         "--propagation", "private", *network, "sh", str(SCRIPT), "run", str(PROJECT), cgroup, *options],
        env={**os.environ, "YUNWANG_LAB_CACHE": str(cache)}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        start_new_session=True,
    )  # fmt: skip


def _ready(process: "subprocess.Popen[bytes]", cache: Path) -> Engine:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if children := _children(process):
            engine = Engine(children[0], cache / "engine/handed")
            if engine.run("docker", "version", check=False).returncode == 0:
                return engine
        time.sleep(0.2)
    return unmet(f"the Docker engine does not start here: {(cache / 'dockerd.log').read_text()[-1500:]}")


def _children(process: "subprocess.Popen[bytes]") -> list[int]:
    if process.poll() is not None:
        return []
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def _stop(process: "subprocess.Popen[bytes]") -> None:
    for child in _children(process):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _remove_cgroups(name: str) -> None:
    for top in Path("/sys/fs/cgroup").glob(f"*/{name}"):
        for folder in sorted(top.glob("**/"), key=lambda path: len(path.parts), reverse=True):
            with suppress(OSError):
                folder.rmdir()


def build_root(cache: Path) -> None:
    """Make the engine's root file system if it is not there; half a minute, once."""
    done = subprocess.run(
        ["sh", str(SCRIPT), "root"], env={**os.environ, "YUNWANG_LAB_CACHE": str(cache)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"building the Docker engine's root failed:\n{done.stdout[-2000:]}")

