"""The lab's machines: a real systemd and a real sshd each, alive only as long as the tests."""

import functools
import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.network import Bridge, remove

HERE = Path(__file__).parent
RUNNING = Path("/run/yunwang-lab")


@dataclass(frozen=True)
class Machine:
    """One booted host."""

    name: str
    address: str
    namespace: str
    host_key: str
    process: subprocess.Popen[bytes] = field(repr=False)


class Lab:
    """A wire and the machines on it. `directory` holds the key pair, the host keys and the machines' disks."""

    def __init__(self, cache: Path) -> None:
        sweep()
        self.cache = cache
        self.directory = Path(tempfile.mkdtemp(prefix="yunwang-lab-"))
        self.prefix = f"ywl{os.urandom(3).hex()}"
        RUNNING.mkdir(exist_ok=True)
        (RUNNING / self.prefix).write_text(f"{os.getpid()} {started(os.getpid())} {self.directory}\n")
        self.bridge = Bridge(self.prefix)
        self.machines: dict[str, Machine] = {}
        self.key = self.directory / "id_ed25519"
        self.known_hosts = self.directory / "known_hosts"
        keygen(self.key)
        self.repository = serve(cache / "debs", self.bridge.gateway)

    def boot(self, name: str, number: int, *layers: str) -> Machine:
        """Start a machine from the top layer downwards; it is ready once `wait` returns."""
        directory = self.directory / name
        namespace, address = self.bridge.attach(name, number)
        host_key = self._seed(directory / "seed", name)
        lower = ":".join(str(self.cache / layer) for layer in layers)
        log = (directory / "console.log").open("wb")
        command = ["unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child", "--propagation", "private"]
        command += ["sh", str(HERE / "machine.sh")]
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command, name, namespace, lower, str(directory)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self.machines[name] = Machine(name, address, namespace, host_key, process)
        with self.known_hosts.open("a") as known:
            known.write(f"{address} {host_key}\n")
        return self.machines[name]

    def _seed(self, seed: Path, name: str) -> str:
        """Files that differ from machine to machine; answers the host's public key."""
        folders = (
            "etc/ssh/sshd_config.d",
            "etc/sudoers.d",
            "etc/apt/sources.list.d",
            "etc/systemd/system.conf.d",
            "root/.ssh",
        )
        for folder in folders:
            (seed / folder).mkdir(parents=True)
        (seed / "etc/hostname").write_text(f"{name}\n")
        (seed / "etc/hosts").write_text(f"127.0.0.1 localhost\n127.0.1.1 {name}\n")
        keygen(seed / "etc/ssh/ssh_host_ed25519_key")
        (seed / "root/.ssh").chmod(0o700)
        authorized = seed / "root/.ssh/authorized_keys"
        authorized.write_text(self.key.with_suffix(".pub").read_text())
        authorized.chmod(0o600)
        (seed / "etc/ssh/sshd_config.d/lab.conf").write_text("UseDNS no\nMaxStartups 100\n")
        # Under cgroup v1 a stopped service may not be noticed, and systemd would wait its 90 seconds.
        (seed / "etc/systemd/system.conf.d/lab.conf").write_text("[Manager]\nDefaultTimeoutStopSec=10s\n")
        (seed / "etc/sudoers.d/deploy").write_text("deploy ALL=(ALL) NOPASSWD:ALL\n")
        (seed / "etc/apt/sources.list").write_text(f"deb [trusted=yes] {self.repository_url}/ ./\n")
        return " ".join((seed / "etc/ssh/ssh_host_ed25519_key.pub").read_text().split()[:2])

    @property
    def repository_url(self) -> str:
        return f"http://{self.bridge.gateway}:{self.repository.server_port}"

    def wait(self, seconds: float = 90) -> None:
        """Until every machine lets us in."""
        deadline = time.monotonic() + seconds
        for machine in self.machines.values():
            while self.run(machine.name, "true", check=False).returncode:
                if machine.process.poll() is not None or time.monotonic() > deadline:
                    console = (self.directory / machine.name / "console.log").read_text(errors="replace")
                    raise RuntimeError(f"{machine.name} did not come up:\n{console[-2000:]}")
                time.sleep(0.2)
        for machine in self.machines.values():
            self._admit(machine.name)

    def _admit(self, name: str) -> None:
        """Until others than root may log in too; a boot that hangs on a loaded machine is not waited for for ever."""
        for _ in range(100):
            if not self.run(name, "test -e /run/nologin", check=False).returncode:
                time.sleep(0.3)
                continue
            return
        jobs = self.run(name, "systemctl list-jobs --no-pager", check=False).stdout
        print(f"{name} still boots, these jobs wait:\n{jobs}")
        self.run(name, "rm -f /run/nologin")

    def ssh(self, name: str, user: str = "root") -> list[str]:
        options = [f"UserKnownHostsFile={self.known_hosts}", "BatchMode=yes", "ConnectTimeout=3", "LogLevel=ERROR"]
        flags = [part for option in options for part in ("-o", option)]
        return ["ssh", "-i", str(self.key), *flags, f"{user}@{self.machines[name].address}"]

    def run(self, name: str, command: str, *, check: bool = True, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a shell command as root on a machine."""
        done = subprocess.run([*self.ssh(name), command], input=stdin, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{name}: {command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def close(self) -> None:
        for machine in self.machines.values():
            stop(machine.process)
        self.repository.shutdown()
        self.repository.server_close()
        self.bridge.close()
        shutil.rmtree(self.directory, ignore_errors=True)
        (RUNNING / self.prefix).unlink(missing_ok=True)


def keygen(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", str(path)], check=True)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        return


def serve(directory: Path, address: str) -> http.server.ThreadingHTTPServer:
    """The packages, for machines that have no Internet."""
    handler = functools.partial(_Quiet, directory=str(directory))
    server = http.server.ThreadingHTTPServer((address, 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def stop(process: subprocess.Popen[bytes]) -> None:
    """The machine's first process dies with `unshare`, and with it everything in its pid namespace.

    systemd-nspawn alone would not do: its payload forgets the death signal and lives on.
    """
    process.kill()
    process.wait()


def started(pid: int) -> str:
    """When a process began, in ticks since boot; empty if there is none: a pid alone may be somebody else's by now."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def sweep() -> None:
    """Remove what a killed test run left behind: namespaces and directories, never a process."""
    for note in RUNNING.glob("ywl*"):
        pid, ticks, directory = note.read_text().split()
        if started(int(pid)) != ticks:
            remove(note.name)
            shutil.rmtree(directory, ignore_errors=True)
            note.unlink(missing_ok=True)
