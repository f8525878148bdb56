"""`yunwang report`: figures and bulletins of the register, in the terminal or as files."""

import io
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from service.cli.client import USAGE, api, give_up

app = typer.Typer(help="报表：上云率等 / reports: the cloud rate", no_args_is_help=True)
RATE = "/indicators/cloud-rate"


class Shape(StrEnum):
    """How the report leaves."""

    TABLE = "table"
    CSV = "csv"
    XLSX = "xlsx"


class Views(StrEnum):
    """政策口径, 全量口径, 主机口径."""

    POLICY = "policy"
    FULL = "full"
    HOSTS = "hosts"


@app.callback()
def group() -> None:
    """报表 / reports."""


@app.command("cloud-rate")
def cloud_rate(
    scope: Annotated[str | None, typer.Option(help="区划代码、agency:编号或名称 / code, agency:ID or name")] = None,
    as_of: Annotated[str | None, typer.Option(metavar="DAY", help="统计日期 YYYY-MM-DD，缺省今天 / the day")] = None,
    levels: Annotated[str | None, typer.Option(help="层级，如 省,市 / levels, e.g. province,city")] = None,
    view: Annotated[Views, typer.Option(help="口径 / view")] = Views.POLICY,
    merge_successors: Annotated[bool, typer.Option("--merge-successors", help="归并口径 / today's divisions")] = False,
    shape: Annotated[Shape, typer.Option("--format", help="输出形式 / format")] = Shape.TABLE,
    out: Annotated[Path | None, typer.Option(help="写入文件 / write to a file")] = None,
    members: Annotated[bool, typer.Option("--members", help="列出系统及原因 / list every system")] = False,
) -> None:  # fmt: skip
    """上云率：n/N、百分比、还差、排名与未上云清单 / the cloud rate with its ranking and gap list."""
    if shape is Shape.XLSX and out is None and sys.stdout.isatty():
        give_up("XLSX 须用 --out 指定文件 / --format xlsx needs --out FILE", USAGE)
    asked = {"scope": scope, "as_of": as_of, "levels": levels, "view": view.value}
    asked |= {"merge_successors": "true" if merge_successors else None}
    query = {name: value for name, value in asked.items() if value is not None}
    with api() as client:
        if shape is not Shape.TABLE:
            deliver(client.get(f"{RATE}/report", params={**query, "format": shape.value}).content, out)
            return
        # Names come from sheets that others filled: no markup is read from them.
        target, width = (io.StringIO(), 120) if out else (None, None)
        console = Console(file=target, width=width, markup=False, highlight=False)
        show_rate(console, client.get(RATE, params=query).json())
        show_lines(console, lines_of(client, query))
        if members:
            show_members(console, every_member(client, query))
        if target:
            deliver(target.getvalue().encode(), out)


def deliver(body: bytes, out: Path | None) -> None:
    """The file as it is, to a path or to standard output."""
    if out is None:
        sys.stdout.buffer.write(body)
        return
    try:
        out.write_bytes(body)
    except OSError as error:
        give_up(f"无法写入 {out} / cannot write: {error.strerror}")
    print(f"{out}  {len(body):,} bytes", file=sys.stderr)


def share(row: dict[str, Any]) -> str:
    """ "97.96%", or a dash."""
    return "—" if row["percent"] is None else f"{row['percent']}%"


def show_rate(console: Console, rate: dict[str, Any]) -> None:
    """The figure, each target, the rule and what must be known."""
    levels = ",".join(rate["levels"])
    console.print(f"{rate['scope']['name']} 上云率 {rate['as_of']}  {rate['view']}  {levels}", style="bold")
    console.print(f"  {share(rate)}  n/N = {rate['n']}/{rate['N']}", style="bold")
    for aim in rate["targets"]:
        verdict = {True: "✓ 达标", False: "✗ 未达标", None: "— 无应上云系统"}[aim["met"]]
        clause = f" {aim['clause']}" if aim["clause"] else ""
        console.print(f"  目标 ≥{aim['percent']}%  {aim['policy_number']}{clause}  {verdict}  还差 {aim['gap']}")
    console.print(f"  统计口径 {rate['rule']['indicator']} 第 {rate['rule']['version']} 版")
    for note in rate["notes"]:
        console.print(f"  ! {note}", style="yellow")


def lines_of(client: httpx.Client, query: dict[str, str]) -> list[dict[str, Any]]:
    """Cities for the province, bodies for any narrower scope."""
    cities: list[dict[str, Any]] = client.get(f"{RATE}/ranking", params={**query, "by": "city"}).json()
    if sum(1 for line in cities if line["N"]) > 1:
        return cities
    bodies: list[dict[str, Any]] = client.get(f"{RATE}/ranking", params={**query, "by": "agency"}).json()
    return bodies


def show_lines(console: Console, lines: list[dict[str, Any]]) -> None:
    """A ranking."""
    table = Table("排名", "单位", show_edge=False)
    for heading in ("应上云", "已上云", "部分", "未上云", "豁免", "上云率"):
        table.add_column(heading, justify="right")
    for line in lines:
        of = line["statuses"]
        missing = of["not_on_cloud"] + of["no_deployment"]
        counts = (of["on_cloud"] + of["partly"] + missing, of["on_cloud"], of["partly"], missing, of["exempt"])
        table.add_row(str(line["rank"] or "—"), line["name"], *(str(count) for count in counts), share(line))
    console.print(table)


def every_member(client: httpx.Client, query: dict[str, str]) -> list[dict[str, Any]]:
    """All systems behind the figure, page by page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"{RATE}/members", params={**query, "limit": "500"} | ({"cursor": cursor} if cursor else {}))
        found += page.json()["items"]
        cursor = page.json()["next"]
    return found


def show_members(console: Console, members: list[dict[str, Any]]) -> None:
    """Systems by name with status and reason."""
    table = Table("单位", "系统编码", "系统名称", "状态", "原因", "计划上云", show_edge=False)
    for row in members:
        planned = row["planned_cloud_on"] or ""
        table.add_row(row["owner_name"], row["code"], row["name"], row["status_zh"], "；".join(row["reasons"]), planned)
    console.print(table)
