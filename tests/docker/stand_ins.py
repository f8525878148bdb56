"""Images from Debian's packages under the official names, so that the committed files are built and started unchanged.

Made where no registry of images can be reached: Debian's Python instead of the official 3.12, Debian's PostgreSQL,
Prometheus and Alertmanager. Grafana has no such package.
"""

import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.docker.engine import Engine, build_root, locked

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Root:
    """A root file system: Debian packages, then commands run with its folder as $1."""

    packages: str
    hooks: tuple[str, ...]


@dataclass(frozen=True)
class StandIn:
    """A root file system and what the image says of itself."""

    root: str
    changes: tuple[str, ...]


ROOTS = {
    "python": Root("ca-certificates,python3,python3-venv", ('ln -s /usr/bin/python3 "$1/usr/local/bin/python"',)),
    "postgres": Root(
        "postgresql-15",
        (
            f"copy-in {HERE / 'postgres-entrypoint.sh'} /usr/local/bin",
            'chroot "$1" install -d -o postgres -g postgres -m 0700 /var/lib/postgresql/data',
            'echo "listen_addresses = \'*\'" >> "$1/usr/share/postgresql/15/postgresql.conf.sample"',
        ),
    ),
    "watch": Root(
        "prometheus,prometheus-alertmanager,wget",
        (
            'ln -s /usr/bin/prometheus-alertmanager "$1/bin/alertmanager"',
            'install -d -o 65534 -g 65534 "$1/prometheus" "$1/alertmanager"',
        ),
    ),
}
STAND_INS = {
    "python": StandIn("python", ('CMD ["python3"]', "ENV LANG=C.UTF-8")),
    "postgres": StandIn(
        "postgres",
        (
            'ENTRYPOINT ["postgres-entrypoint.sh"]',
            'CMD ["postgres"]',
            "STOPSIGNAL SIGINT",
            "ENV LANG=C.UTF-8",
            "ENV PGDATA=/var/lib/postgresql/data",
            "ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin",
            "VOLUME /var/lib/postgresql/data",
        ),
    ),
    "prom/prometheus": StandIn(
        "watch", ('ENTRYPOINT ["/bin/prometheus"]', "USER 65534", "WORKDIR /prometheus", "VOLUME /prometheus")
    ),
    "prom/alertmanager": StandIn(
        "watch", ('ENTRYPOINT ["/bin/alertmanager"]', "USER 65534", "WORKDIR /alertmanager", "VOLUME /alertmanager")
    ),
}


def prepare(cache: Path) -> None:
    """Make the engine's root and all stand-ins, two at a time, if there is no engine yet: minutes, once."""
    with locked(cache):
        if (cache / "engine").is_dir():
            return
        with ThreadPoolExecutor(2) as pool:
            made = [pool.submit(_archive, cache, name) for name in ROOTS]
            build_root(cache)
            for each in made:
                each.result()


def provide(engine: Engine, cache: Path, names: Iterable[str]) -> None:
    """Give the engine a stand-in for each official name that it has not got."""
    missing = {name: _stand_in(name) for name in names if not _present(engine, name)}
    archives = {root: _archive(cache, root) for root in sorted({stand_in.root for stand_in in missing.values()})}
    for name, stand_in in missing.items():
        changes = [f"--change={change}" for change in stand_in.changes]
        with archives[stand_in.root].open("rb") as content:
            engine.docker("import", *changes, "-", name, stdin=content)
    for archive in archives.values():
        archive.unlink()  # the engine keeps it now


def _present(engine: Engine, name: str) -> bool:
    return engine.run("docker", "image", "inspect", name, check=False).returncode == 0


def _stand_in(name: str) -> StandIn:
    return STAND_INS[name.partition(":")[0].split("library/")[-1]]


def _archive(cache: Path, name: str) -> Path:
    root, archive, unfinished = ROOTS[name], cache / f"{name}.tar", cache / f"{name}.new.tar"
    if archive.exists():
        return archive
    hooks = [*root.hooks, 'rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin']
    left_out = [f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("doc", "man", "locale")]
    command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={root.packages}", *left_out]
    command += [*(f"--customize-hook={hook}" for hook in hooks), "bookworm", str(unfinished)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"making the stand-in {name} failed:\n{done.stdout[-2000:]}")
    unfinished.rename(archive)
    return archive
