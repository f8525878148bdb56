"""`yunwang import`: hand in a survey workbook, watch it, and print what was wrong."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from service.cli.client import FAILED, api, give_up

app = typer.Typer(no_args_is_help=True, help="导入：普查表 / import: survey workbooks")
SHEETS = {"systems": "普查表 systems", "deployments": "组件与部署 deployments", "exemptions": "豁免 exemptions"}
ENDED = ("done", "failed")
PAUSE = 0.5  # seconds between two looks


@app.command("survey")
def survey(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XLSX 工作簿 / the workbook")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不保存 / check only, store nothing")] = False,
    mode: Annotated[str, typer.Option(help="partial 保存正确的行；atomic 有错则全不保存")] = "partial",
    create: Annotated[str, typer.Option(help="可新增的登记：agencies,sites,tenants / what may be added")] = "",
    filled_on: Annotated[str, typer.Option(help="表中缺填报日期时使用，如 2018-06-30")] = "",
    errors: Annotated[Path | None, typer.Option(help="把问题清单写入此XLSX / write the faults to this file")] = None,
    shown: Annotated[int, typer.Option(min=0, help="最多显示多少条问题 / how many faults to print")] = 100,
) -> None:
    """导入普查表；逐行列出问题与改法 / import a survey workbook and name every fault. Exit 1 if any row was refused."""
    choices = {"dry_run": str(dry_run).lower(), "mode": mode, "create": create, "filled_on": filled_on}
    with api(timeout=300) as client:
        with file.open("rb") as content:
            row = client.post("/surveys/imports", data=choices, files={"file": (file.name, content)}).json()
        row = _watch(client, row)
        if row["state"] == "failed":
            give_up(row["problem"], FAILED)
        if errors is not None:
            errors.write_bytes(client.get(f"/surveys/imports/{row['id']}/errors.xlsx").content)
    _print(row["report"], shown)
    if row["report"]["fault_count"]:
        raise typer.Exit(FAILED)


def _watch(client: httpx.Client, row: dict[str, Any]) -> dict[str, Any]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("检查与保存", total=None)
        while row["state"] not in ENDED:
            time.sleep(PAUSE)
            row = client.get(f"/surveys/imports/{row['id']}").json()
            bar.update(task, completed=row["rows_done"], total=row["rows_total"] or None)
    return row


def _print(report: dict[str, Any], shown: int) -> None:
    out = Console()
    counts = Table("工作表", "读入", "新增", "更新", "未变", "拒绝", title=_title(report))
    for key, tally in report["sheets"].items():
        counts.add_row(
            SHEETS[key], *(str(tally[name]) for name in ("read", "added", "updated", "unchanged", "refused"))
        )
    out.print(counts)
    for key, words, most in (("fault", "问题 faults", shown), ("warning", "提醒 warnings", min(shown, 20))):
        if not (total := report[f"{key}_count"]):
            continue
        out.print(f"\n[bold]{words}：{total}[/bold]")
        for fault in report[f"{key}s"][:most]:
            out.print(_told(fault), highlight=False, soft_wrap=True)
        if total > most:
            out.print(f"…共 {total} 条，用 --errors 文件.xlsx 取全部 / {total} in all: --errors FILE.xlsx has them")


def _told(fault: dict[str, Any]) -> str:
    """One fault as lines: where and what, why, and what to do; nothing is cut off, whatever the terminal's width."""
    where = fault["cell"] or (fault["row"] and f"第{fault['row']}行") or ""
    value = f"「{fault['value']}」" if fault["value"] else ""
    return _plain(
        f"{fault['sheet']} {where} {fault['column']}{value}\n"
        f"    {fault['reason_zh']} / {fault['reason_en']}\n"
        f"    → {fault['remedy_zh']} / {fault['remedy_en']}"
    )


def _title(report: dict[str, Any]) -> str:
    if report["stored"]:
        return "已保存 / stored"
    return "演练，未保存 / dry run, nothing stored" if report["dry_run"] else "未保存 / nothing stored"


def _plain(words: str) -> str:
    """Square brackets of a cell are not rich's markup."""
    return words.replace("[", r"\[")
