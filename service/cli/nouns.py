"""`yunwang put` and `yunwang list`: any noun of the register from a shell, by its fields."""

import json
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table

from service.cli.client import USAGE, api, give_up

Noun = Annotated[str, typer.Argument(help="类别，如 hosts、addresses、business-systems / a noun of the API")]
MOST_COLUMNS = 8
KEPT = frozenset({"version", "updated_at"})  # every noun has them; --json shows them


def _pairs(fields: list[str]) -> dict[str, Any]:
    """name=value pairs; true, false, null and numbers as JSON reads them, everything else as text."""
    values: dict[str, Any] = {}
    for field in fields:
        name, equals, words = field.partition("=")
        if not equals:
            give_up(f"请写成 字段=值：{field} / write FIELD=VALUE: {field}", USAGE)
        values[name] = _value(words)
    return values


def _value(words: str) -> Any:
    try:
        value = json.loads(words)
    except ValueError:
        return words
    return value if value is None or isinstance(value, bool | int) else words


def put(
    noun: Noun,
    fields: Annotated[list[str], typer.Argument(help="字段=值 …，含自然键 / FIELD=VALUE …, with the natural key")],
    reason: Annotated[str, typer.Option(help="记入变更历史的原因 / kept in history")] = "",
) -> None:
    """按自然键登记或修改一条，打印编号 / create or change one row by its natural key; prints its id."""
    headers = {"X-Reason": quote(reason)} if reason else {}
    with api() as client:
        row = client.put(f"/{noun}/by-key", json=_pairs(fields), headers=headers).json()
    typer.echo(row["id"])


def list_rows(
    noun: Noun,
    filters: Annotated[list[str] | None, typer.Argument(help="过滤条件 字段=值 … / filters FIELD=VALUE …")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="逐行 JSON / JSON lines")] = False,
) -> None:
    """列出一类资产 / list rows of a noun."""
    asked: dict[str, Any] = {"limit": 200, **_pairs(filters or [])}
    with api() as client:
        rows: list[dict[str, Any]] = []
        while True:
            page = client.get(f"/{noun}", params=asked).json()
            rows += page["items"]
            if page["next"] is None:
                break
            asked["cursor"] = page["next"]
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
        return
    filled = [name for name in (rows[0] if rows else {}) if any(row[name] is not None for row in rows)]
    names = [name for name in filled if name not in KEPT][:MOST_COLUMNS]
    table = Table(*names)
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in names))
    Console().print(table)
