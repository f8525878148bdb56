"""Root file systems of the lab's machines, built once and kept in a cache directory."""

import fcntl
import gzip
import hashlib
import os
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
INGREDIENTS = ("layers.sh", "wiki.sh", "packages.base", "packages.web", "packages.front")


def cache_directory() -> Path:
    """Changes with the recipes, so that an edited recipe is never served from an old cache."""
    root = Path(os.environ.get("YUNWANG_LAB_CACHE") or Path.home() / ".cache" / "yunwang-lab")
    recipe = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in INGREDIENTS))
    return root / recipe.hexdigest()[:12]


def build(*layers: str) -> Path:
    """Make the layers that are not there yet; minutes the first time, nothing afterwards."""
    cache = cache_directory()
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        log = cache / "build.log"
        with log.open("a") as out:
            command = ["sh", str(HERE / "layers.sh"), *layers]
            built = subprocess.run(
                command, env={**os.environ, "YUNWANG_LAB_CACHE": str(cache)}, stdout=out, stderr=out, check=False
            )
        if built.returncode:
            raise RuntimeError(f"building {' '.join(layers)} failed; the end of {log}:\n{log.read_text()[-2000:]}")
        index(cache / "debs")
    return cache


def index(debs: Path) -> None:
    """Make a flat apt repository of the packages that the layers were built from."""
    if (debs / "Packages.gz").exists() or not debs.is_dir():
        return
    stanzas = []
    for deb in sorted(debs.glob("*.deb")):
        control = subprocess.run(["dpkg-deb", "-f", str(deb)], capture_output=True, text=True, check=True).stdout
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        stanzas.append(f"{control.strip()}\nFilename: ./{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {digest}\n")
    (debs / "Packages.gz").write_bytes(gzip.compress("\n".join(stanzas).encode()))
