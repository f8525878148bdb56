"""Table of contents of the collection: which steps there are, in which order, and what each wants to know."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Entry:
    """One step of a migration: a thin playbook over the role of the same name."""

    name: str
    title_zh: str
    title_en: str

    @property
    def role(self) -> str:
        return f"yunwang.migrate.{self.name}"

    @property
    def playbook(self) -> Path:
        return _collection() / "playbooks" / f"{self.name}.yml"

    @property
    def argument_specs(self) -> dict[str, Any]:
        """The role's options as Ansible has them: type, required, default, elements, options, description."""
        text = (_collection() / "roles" / self.name / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
        options: dict[str, Any] = yaml.safe_load(text)["argument_specs"]["main"]["options"]
        return options


_ENTRIES = (
    Entry("precheck", "预检", "Find out whether the system can be moved"),
    Entry("prepare_target", "准备目标主机", "Make the new host ready"),
    Entry("replicate_files", "复制文件", "Copy the files of the running system"),
    Entry("replicate_postgresql", "复制数据库(演练)", "Copy the running database for rehearsal"),
    Entry("freeze", "冻结写入", "Stop all writing on the old host"),
    Entry("final_sync", "最终同步与比对", "Make the new host equal to the frozen old one"),
    Entry("switch_traffic", "切换流量", "Send the users to the new host"),
    Entry("verify", "验证", "Prove that the new host serves what the old one served"),
    Entry("unfreeze", "开放写入(不可回退点)", "Open the new host for writing: the point of no return"),
    Entry("rollback", "回退", "Give the users the old system back"),
)


def entries() -> tuple[Entry, ...]:
    """Every step in the order of a migration; rollback, which may follow any of them, comes last."""
    return _ENTRIES


def entry(name: str) -> Entry:
    """KeyError, naming what there is, for a step that does not exist."""
    for candidate in _ENTRIES:
        if candidate.name == name:
            return candidate
    raise KeyError(f"no playbook {name!r}; there are {', '.join(one.name for one in _ENTRIES)}")


def collections_path() -> Path:
    """What ANSIBLE_COLLECTIONS_PATH must hold."""
    return Path(str(files("playbooks")))


@cache
def revision() -> str:
    """Hash of the collection's content: twelve hexadecimal digits that change with any file of it."""
    digest = hashlib.sha256()
    for path in sorted(_collection().rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(_collection())).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _collection() -> Path:
    return collections_path() / "ansible_collections" / "yunwang" / "migrate"
