"""`yunwang migrate`: the whole life of a migration from a shell, as a client of the API."""

from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
import yaml
from rich.console import Console
from rich.table import Table

from service.cli.client import FAILED, USAGE, api, give_up
from service.cli.run_log import follow

app = typer.Typer(no_args_is_help=True, help="迁移上云：方案、审批、执行、割接、验收、回退 / migrations to the cloud")
out = Console()

Number = Annotated[int, typer.Argument(help="迁移编号 / migration id", min=1)]
Why = Annotated[str, typer.Option("--reason", help="说明，记入历史 / why, kept in history")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="跟随日志直到停下 / follow the log until it stops")]
BEGUN = {"failed", "cancelled"}


@app.command()
def plan(
    spec: Annotated[Path, typer.Argument(help="方案文件 YAML / plan file", exists=True, dir_okay=False)],
    replace: Annotated[int | None, typer.Option(help="替换此迁移的方案 / replace the plan of this migration")] = None,
) -> None:
    """编制（或替换）迁移方案 / record a plan, or replace one."""
    try:
        wanted = yaml.safe_load(spec.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        give_up(f"{spec}: 不是有效的 YAML / not valid YAML: {error}", USAGE)
    if not isinstance(wanted, dict):
        give_up(f"{spec}: 应为映射 / a mapping is expected", USAGE)
    with api() as client:
        if replace is None:
            shown = client.post("/migrations", json=wanted).json()
        else:
            tag = client.get(f"/migrations/{replace}").headers["ETag"]
            shown = client.put(f"/migrations/{replace}", json=wanted, headers={"If-Match": tag}).json()
    _tell(shown)


@app.command()
def approve(
    number: Number, reason: Why = "",
    gate: Annotated[str | None, typer.Option(help="放行关口 / release this gate: cutover")] = None,
) -> None:  # fmt: skip
    """批准方案；--gate cutover 批准割接 / approve the plan, or release the cutover."""
    with api() as client:
        if gate is None:
            seen = client.get(f"/migrations/{number}").json()["spec_hash"]
            body = {"reason": reason, "spec_hash": seen}
            _tell(client.put(f"/migrations/{number}/approval", json=body).json())
        else:
            _tell(client.put(f"/migrations/{number}/gates/{gate}", json={"reason": reason}).json())


@app.command()
def run(number: Number, wait: Wait = True) -> None:
    """执行迁移，或从未完成的步骤继续 / run it, or go on after the last step that is done."""
    with api() as client:
        begun = client.post(f"/migrations/{number}/runs").json()
        _follow(client, begun["id"], after=int(begun["last_event"]) - 1, wait=wait)


@app.command()
def watch(
    number: Number,
    after: Annotated[int, typer.Option(help="从此序号之后 / events past this number", min=0)] = 0,
) -> None:
    """跟随最近一次执行的日志 / follow the log of the newest run."""
    with api() as client:
        runs = client.get(f"/migrations/{number}").json()["runs"]
        if not runs:
            give_up("还没有执行 / nothing has run yet")
        _follow(client, runs[-1]["id"], after=after, wait=True)


@app.command()
def accept(
    number: Number, reason: Why = "",
    on: Annotated[str | None, typer.Option(help="验收日期，缺省今天 / day of acceptance, today if left out")] = None,
) -> None:  # fmt: skip
    """割接验收：部署切换到云上，上云率随之变化 / accept: the register moves, and the rate with it."""
    with api() as client:
        _tell(client.put(f"/migrations/{number}/acceptance", json={"reason": reason, "on": on}).json())


@app.command()
def unfreeze(
    number: Number, wait: Wait = True, reason: Why = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 / do not ask")] = False,
) -> None:  # fmt: skip
    """开放目标写入：此后不能回退 / open the target for writing: the point of no return."""
    if not yes:
        typer.confirm("开放写入后不能再回退，继续？/ there is no way back after this, go on?", abort=True)
    with api() as client:
        shown = client.put(f"/migrations/{number}/gates/unfreeze", json={"reason": reason}).json()
        newest = shown["runs"][-1]
        _follow(client, newest["id"], after=int(newest["last_event"]), wait=wait)


@app.command()
def cancel(number: Number, reason: Why = "") -> None:
    """取消执行（可继续或回退） / cancel the run under way; it can be resumed or rolled back."""
    with api() as client:
        _tell(client.post(f"/migrations/{number}/cancellation", json={"reason": reason}).json())


@app.command()
def rollback(number: Number, wait: Wait = True, reason: Why = "") -> None:
    """回退到旧系统（解冻之前） / give the users the old system back, before the unfreeze."""
    with api() as client:
        begun = client.post(f"/migrations/{number}/rollback", json={"reason": reason}).json()
        _follow(client, begun["id"], after=int(begun["last_event"]) - 1, wait=wait)


@app.command("list")
def list_all(limit: Annotated[int, typer.Option(min=1, max=200)] = 50) -> None:
    """迁移清单 / migrations, newest first."""
    table = Table("编号", "系统", "从", "到", "状态", "说明")
    with api() as client:
        for item in client.get("/migrations", params={"limit": limit}).json()["items"]:
            table.add_row(
                str(item["id"]), f"{item['system_name']} ({item['system_code']})", item["source_name"],
                item["target_name"], f"{item['state_zh']} {item['state']}", item["why"] or "",
            )  # fmt: skip
    out.print(table)


@app.command()
def show(number: Number) -> None:
    """一个迁移的方案、决定与步骤 / plan, decisions and steps of one migration."""
    with api() as client:
        shown = client.get(f"/migrations/{number}").json()
    _tell(shown)
    out.print(yaml.safe_dump(shown["spec"], allow_unicode=True, sort_keys=False), markup=False, highlight=False)
    for one in shown["runs"]:
        table = Table("步骤", "状态", "次数", "开始", "结束", title=f"执行 {one['id']} {one['kind']} {one['state']}")
        for step in one["steps"]:
            row = (
                step["name"],
                step["state"],
                str(step["attempt"]),
                step["started_at"] or "",
                step["finished_at"] or "",
            )
            table.add_row(*row)
        out.print(table)


def _tell(shown: dict[str, Any]) -> None:
    people = "  ".join(f"{role}={name}" for role, name in shown["people"].items())
    print(f"{shown['id']}  {shown['system_name']}  {shown['source_name']} -> {shown['target_name']}")
    print(f"  {shown['state_zh']} / {shown['state']}" + (f": {shown['why']}" if shown["why"] else ""))
    print(f"  {people}\n  spec {shown['spec_hash']}")


def _follow(client: httpx.Client, run_id: int, *, after: int, wait: bool) -> None:
    if not wait:
        print(f"执行 {run_id} 已排队 / run {run_id} is queued")
        return
    state = follow(client, run_id, after)
    if state in BEGUN:
        raise typer.Exit(FAILED)
