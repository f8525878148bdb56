"""The house keeps its shape: sizes, names, commits, what may be written into files."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("inventory", "provisioning", "monitors", "playbooks", "service")
MOST_LINES = 400
LONGEST_FUNCTION = 50
LAYERS = {"utils.py", "helpers.py", "manager.py", "common.py", "misc.py", "service.py", "core.py"}
MAY_COMMIT = {"service/db.py", "service/worker.py"}


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_grows_beyond_four_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("*.py")
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
    }

    assert long == {}


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_no_function_grows_beyond_fifty_lines() -> None:
    paths = [path for path in tracked(*(f"{name}/*.py" for name in PACKAGES)) if path.parent.name != "versions"]
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in paths
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]

    assert found == []


def test_files_are_named_after_things_not_layers() -> None:
    assert [str(path) for path in tracked("*.py") if path.name in LAYERS] == []


def test_only_the_unit_of_work_and_the_worker_commit() -> None:
    guilty = [
        name
        for path in tracked(*(f"{package}/*.py" for package in PACKAGES))
        if (name := str(path.relative_to(ROOT))) not in MAY_COMMIT and re.search(r"\.commit\(", path.read_text())
    ]

    assert guilty == []


def test_no_committed_file_names_a_machine_path_or_a_registry() -> None:
    # Built from pieces, so that this file does not contain what it forbids.
    words = ["/wor" + "k/", "/far" + "m/", "py" + "pi.org", "python" + "hosted", "deb." + "debian", "npm" + "js."]
    forbidden = re.compile("|".join(re.escape(word) for word in words))
    guilty = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if forbidden.search(text):
            guilty.append(str(path.relative_to(ROOT)))

    assert guilty == []


def test_docker_holds_no_python() -> None:
    assert tracked("docker/*.py") == []


def test_the_wheel_holds_the_five_packages_with_their_data_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", tmp_path, ROOT],
        check=True, capture_output=True,
    )  # fmt: skip
    names = ZipFile(next(tmp_path.glob("*.whl"))).namelist()

    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    for needed in ("inventory/divisions/shandong.csv", "service/console/templates/base.html"):
        assert needed in names
    assert any(name.endswith("/roles/freeze/tasks/main.yml") for name in names)


def test_nobody_else_owns_our_package_names() -> None:
    owners = packages_distributions()

    assert {package: owners.get(package, ["yunwang"]) for package in PACKAGES} == {p: ["yunwang"] for p in PACKAGES}


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_make_verb_and_link_of_a_readme_exists(readme: str) -> None:
    text = (ROOT / readme).read_text()
    verbs = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"make ([a-z]+)", text)) - {"sure"} <= verbs
    assert {"run", "test"} <= set(re.findall(r"^make ([a-z]+)", text, re.MULTILINE))
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_help_lists_at_most_twelve_verbs() -> None:
    assert len(re.findall(r"^[a-z]+:.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)) <= 12


def test_ci_does_what_the_readme_says() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line.startswith("make ")]

    assert lines == ["make check", "make test"]
