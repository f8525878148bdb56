"""`yunwang export`: the register as a survey workbook, or the empty template."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.client import api

app = typer.Typer(no_args_is_help=True, help="导出：普查表与模板 / export: survey workbook, template")
Out = Annotated[Path, typer.Argument(dir_okay=False, help="写入的XLSX / the file to write")]


def _save(path: str, out: Path) -> None:
    with api(timeout=300) as client:
        out.write_bytes(client.get(path).content)
    print(out)


@app.command("survey")
def survey(out: Out) -> None:
    """导出授权范围内的普查表，原样导入不产生变化 / your part of the register; importing it again changes nothing."""
    _save("/surveys/export", out)


@app.command("template")
def template(out: Out) -> None:
    """下载空白模板 / the empty template with drop-downs and notes."""
    _save("/surveys/template", out)
