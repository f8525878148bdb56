"""The bulletin as a file, and the command that fetches it."""

import csv
import io
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from service.cli import app as commands
from tests.service.rate_province import a_small_province

REPORT = "/api/v1/indicators/cloud-rate/report?as_of=2018-12-31"


@pytest.fixture
def served(app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The application on a port of its own; the commands' environment points there."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.02)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    monkeypatch.setenv("YUNWANG_URL", url)
    monkeypatch.setenv("YUNWANG_TOKEN", client.headers["Authorization"].removeprefix("Bearer "))
    yield url
    server.should_exit = True
    thread.join()


def test_the_workbook_holds_bulletin_gap_list_and_the_way_it_was_counted(client: TestClient, session: Session) -> None:
    a_small_province(session)

    book = load_workbook(io.BytesIO(client.get(REPORT).content))

    assert book.sheetnames == ["通报", "未上云系统清单", "口径说明"]
    lines = [row for row in book["通报"].iter_rows(values_only=True) if row[1] in ("示例省厅", "济南市")]
    assert [line[1:9] for line in lines] == [
        ("示例省厅", 3, 2, 1, 0, 0, "66.66%", 1), ("济南市", 2, 1, 0, 1, 1, "50.00%", 1),
    ]  # fmt: skip
    notes = {row[0]: row[1] for row in book["口径说明"].iter_rows(min_row=3, max_col=2, values_only=True)}
    assert (notes["n / N"], notes["统计日期"]) == ("3 / 6", "2018-12-31")
    assert {"填报单位", "制表人", "制表时间", "口径", "统计口径版本"} <= notes.keys()


def test_text_from_a_sheet_never_becomes_a_formula(client: TestClient, session: Session) -> None:
    a_small_province(session)

    book = load_workbook(io.BytesIO(client.get(REPORT).content))
    cells = [cell for row in book["未上云系统清单"].iter_rows() for cell in row]
    rows = list(csv.reader(io.StringIO(client.get(f"{REPORT}&format=csv").content.decode("utf-8-sig"))))

    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert any(cell.value == "@示例系统" for cell in cells)
    assert any("'@示例系统" in row for row in rows)
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row)


def test_a_narrower_scope_lists_its_bodies(client: TestClient, session: Session) -> None:
    a_small_province(session)

    text = client.get(f"{REPORT}&format=csv&scope=370100").content.decode("utf-8-sig")

    assert "各单位" in text
    assert "示例济南局" in text
    assert "示例省厅" not in text


@pytest.mark.usefixtures("served")
def test_the_command_prints_the_rate_its_ranking_and_every_system(session: Session) -> None:
    a_small_province(session)

    asked = ["--as-of", "2018-12-31", "--levels", "省,市", "--members"]
    done = CliRunner().invoke(commands, ["report", "cloud-rate", *asked])

    assert done.exit_code == 0, done.output
    assert "50.00%  n/N = 3/6" in done.stdout
    assert "还差 3" in done.stdout
    assert "济南市" in done.stdout
    assert "@示例系统" in done.stdout


@pytest.mark.usefixtures("served")
def test_the_command_writes_the_workbook(session: Session, tmp_path_factory: pytest.TempPathFactory) -> None:
    a_small_province(session)
    target = tmp_path_factory.mktemp("report") / "通报.xlsx"

    done = CliRunner().invoke(
        commands, ["report", "cloud-rate", "--as-of", "2018-12-31", "--format", "xlsx", "--out", str(target)]
    )

    assert done.exit_code == 0, done.output
    assert load_workbook(target).sheetnames[0] == "通报"


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--scope", "999999"], 1, "999999"), (["--as-of", "soon"], 1, "as_of"), (["--levels", "国家"], 1, "层级"),
        (["--view", "rosy"], 2, "rosy"),
        (["--format", "csv", "--out", "/nonexistent/x.csv"], 1, "无法写入"),
    ],
)  # fmt: skip
def test_the_command_says_what_is_wrong(session: Session, arguments: list[str], code: int, words: str) -> None:
    a_small_province(session)

    done = CliRunner().invoke(commands, ["report", "cloud-rate", *arguments])

    assert done.exit_code == code
    assert words in done.output


def test_the_command_without_a_service_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUNWANG_URL", "http://127.0.0.1:9")

    done = CliRunner().invoke(commands, ["report", "cloud-rate"])

    assert done.exit_code == 3
