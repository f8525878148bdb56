"""What a migration moves and how: the part of the plan that people write and approve."""

import hashlib
import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

PACKAGE = r"^[a-z0-9][a-z0-9+.-]{0,99}$"
UNIT = r"^[A-Za-z0-9@][A-Za-z0-9:_.@-]{0,99}$"
ROLE = r"^[A-Za-z_][A-Za-z0-9_-]{0,62}$"
LINE = r"^[^\x00-\x1f\x7f]{1,500}$"
OWNER = r"^[a-z_][a-z0-9_-]{0,31}:[a-z_][a-z0-9_-]{0,31}$"
URL = r"^https?://[!-~]{1,990}$"
WHOLE = re.compile(r"/[^\s*?\[\]\\]*[^\s*?\[\]\\/]")
OF_THE_SYSTEM = frozenset(
    f"/{name}"
    for name in "bin boot dev etc lib lib64 proc root run sbin sys tmp usr var".split()  # noqa: SIM905 -- a list
)


def _whole_path(value: str) -> str:
    if not WHOLE.fullmatch(value) or {"..", "."} & set(value.split("/")):
        raise ValueError("应为绝对路径，不含空格、通配符、.. / an absolute path without spaces, wildcards or ..")
    if value in OF_THE_SYSTEM:
        raise ValueError("不能整个复制操作系统目录 / a directory of the operating system is not copied whole")
    return value


Path = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_whole_path)]
Line = Annotated[str, StringConstraints(pattern=LINE)]
Command = Annotated[list[Line], Field(min_length=1, max_length=50)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FileTree(_Closed):
    """A file or folder that is copied, without what `exclude` (rsync patterns) names."""

    path: Path
    exclude: list[Line] = Field(default=[], max_length=100)
    owner: Annotated[str, StringConstraints(pattern=OWNER)] | None = None


class Database(_Closed):
    """The PostgreSQL database that moves, and the role that owns it."""

    engine: Literal["postgresql"] = "postgresql"
    name: Annotated[str, StringConstraints(pattern=ROLE)]
    owner: Annotated[str, StringConstraints(pattern=ROLE)]


class Switch(_Closed):
    """How users are led from the old address to the new one."""

    kind: Literal["nginx", "haproxy", "file", "hosts", "command", "none"]
    files: list[Path] = Field(default=[], max_length=20)
    old: Line | None = None
    new: Line | None = None
    service: Annotated[str, StringConstraints(pattern=UNIT)] | None = None
    validate_with: Command | None = Field(default=None, alias="validate")
    command: Command | None = None
    revert_command: Command | None = None


class Probe(_Closed):
    """A page that must answer before and after; `{address}` stands for the host that is asked."""

    name: Line | None = None
    url: Annotated[str, StringConstraints(pattern=URL)]
    host_header: Line | None = None
    contains: Line | None = None
    status: Annotated[int, Field(ge=100, le=599)] | None = None
    validate_certs: bool | None = None


class MigrationSpec(_Closed):
    """The plan's technical part; `credentials` names, for each secret a playbook needs, the stored credential."""

    packages: list[Annotated[str, StringConstraints(pattern=PACKAGE)]] = Field(default=[], max_length=500)
    files: list[FileTree] = Field(default=[], max_length=200)
    database: Database | None = None
    services: list[Annotated[str, StringConstraints(pattern=UNIT)]] = Field(default=[], max_length=100)
    background_services: list[Annotated[str, StringConstraints(pattern=UNIT)]] = Field(default=[], max_length=100)
    target_services: list[Annotated[str, StringConstraints(pattern=UNIT)]] | None = Field(default=None, max_length=100)
    users: list[Annotated[str, StringConstraints(pattern=ROLE)]] = Field(default=[], max_length=100)
    copy_hours: int = Field(default=24, ge=1, le=240)
    switch: Switch | None = None
    probes: list[Probe] = Field(min_length=1, max_length=50)
    credentials: dict[Literal["database_password"], Line] = {}

    def canonical(self) -> dict[str, Any]:
        """The document as it is stored and hashed: unset options left out."""
        return self.model_dump(mode="json", exclude_none=True, by_alias=True)


def fingerprint(document: object) -> str:
    """sha256 of the document's canonical JSON (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
