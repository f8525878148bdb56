"""`yunwang credentials`: secrets go in from a file or standard input, never as an argument, and never come out."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
import yaml
from rich.console import Console
from rich.table import Table

from service.cli.client import USAGE, api, give_up

app = typer.Typer(no_args_is_help=True, help="凭据：SSH 私钥与口令，密封保存 / SSH keys and passwords, sealed")

Name = Annotated[str, typer.Argument(help="凭据名 / name")]
Source = Annotated[str, typer.Argument(help="文件，- 为标准输入 / a file, or - for standard input")]
Kind = Annotated[Literal["ssh_key", "variables"], typer.Option(help="类别 / kind; variables: YAML 名: 值")]


@app.command()
def add(
    name: Name, source: Source = "-", kind: Kind = "ssh_key",
    agency: Annotated[int | None, typer.Option(help="归属单位编号 / id of the agency it belongs to")] = None,
) -> None:  # fmt: skip
    """登记凭据 / store a credential."""
    body = {"name": name, "agency_id": agency, "secret": _secret(kind, _read(source))}
    with api() as client:
        stored = client.post("/credentials", json=body).json()
    print(f"{stored['name']}  {stored['kind']}  {stored['fingerprint'] or ''}")


@app.command()
def rotate(name: Name, source: Source = "-", kind: Kind = "ssh_key") -> None:
    """更换凭据 / put a new secret under the same name."""
    with api() as client:
        client.put(f"/credentials/{name}/secret", json=_secret(kind, _read(source)))


@app.command("list")
def list_all() -> None:
    """凭据清单，不含秘密 / names and fingerprints, no secret."""
    table = Table("名称", "类别", "公钥指纹", "归属单位", "登记人", "登记时间")
    with api() as client:
        for row in client.get("/credentials").json():
            owner = "" if row["agency_id"] is None else str(row["agency_id"])
            table.add_row(
                row["name"], row["kind"], row["fingerprint"] or "", owner, row["created_by"], row["created_at"]
            )
    Console().print(table)


@app.command()
def remove(name: Name) -> None:
    """删除凭据 / forget a credential."""
    with api() as client:
        client.delete(f"/credentials/{name}")


def _read(source: str) -> str:
    if source == "-":
        return sys.stdin.read()
    try:
        return Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        give_up(f"读不到 {source} / cannot read it: {error}", USAGE)


def _secret(kind: str, text: str) -> dict[str, Any]:
    if kind == "ssh_key":
        return {"kind": kind, "private_key": text}
    try:
        variables = yaml.safe_load(text)
    except yaml.YAMLError:
        give_up("不是有效的 YAML / not valid YAML", USAGE)  # its words would repeat the secret
    if not isinstance(variables, dict):
        give_up("应为“名: 值” / NAME: VALUE lines are expected", USAGE)
    return {"kind": kind, "variables": variables}
