"""Handing in a workbook by API: progress, report, list of faults, and every wrong file refused in kind words."""

import random
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from inventory import accounts
from inventory.accounts import Caller, Grant, Role
from inventory.business_systems import BusinessSystem
from inventory.surveys import FORMS, ImportState, Options, SurveyImport
from service.db import sessions_of
from service.survey_imports import hand_in, resume
from tests.factories import a_platform, a_tenant, an_agency
from tests.service.messy_survey import Survey, a_row, a_survey, saved, workbook

ClientAs = Callable[..., TestClient]
IMPORTS = "/api/v1/surveys/imports"


@pytest.fixture
def agency(session: Session) -> Any:
    agency = an_agency(session, name="示例省厅")
    a_tenant(session, agency, a_platform(session, name="示例政务云"), name="示例租户")
    return agency


def handed_in(client: TestClient, content: bytes, **choices: str) -> dict[str, Any]:
    answer = client.post(IMPORTS, files={"file": ("普查.xlsx", content)}, data=choices)
    assert answer.status_code == 202, answer.text
    done: dict[str, Any] = client.get(answer.headers["Location"]).json()
    return done


def test_an_import_is_done_in_the_background_and_keeps_no_file(
    client: TestClient, session: Session, agency: Any
) -> None:
    done = handed_in(client, workbook(a_survey(3, random.Random(1))))

    assert (done["state"], done["rows_done"], done["rows_total"]) == ("done", 6, 6)
    assert done["report"]["sheets"]["systems"]["added"] == 3
    assert session.scalars(select(SurveyImport.content)).all() == [None]


def test_the_list_of_faults_comes_as_a_workbook_and_runs_no_formula(client: TestClient, agency: Any) -> None:
    row = a_row(1, random.Random(1)) | {"phone": "=HYPERLINK(1)", "level": "大"}
    done = handed_in(client, workbook(Survey([row])), dry_run="true")

    answer = client.get(f"{IMPORTS}/{done['id']}/errors.xlsx")

    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][:4] == ["1. 政务信息系统普查表 ", 5, "J5", "联系电话"]
    assert (sheet["E2"].value, sheet["E2"].data_type) == ("=HYPERLINK(1)", "s")
    assert sheet.max_row == 3


def test_template_is_read_back_without_a_fault_and_its_examples_are_skipped(client: TestClient, agency: Any) -> None:
    template = client.get("/api/v1/surveys/template").content

    done = handed_in(client, template, filled_on="2018-06-30")

    assert done["report"]["faults"] == []
    assert {tally["examples"] for tally in done["report"]["sheets"].values()} == {1}
    book = load_workbook(BytesIO(template))
    assert book.sheetnames[:4] == [*(form.title for form in FORMS), "填报说明"]
    assert len(book.worksheets[0].data_validations.dataValidation) > 10


def test_the_export_imports_without_any_change(client: TestClient, agency: Any) -> None:
    handed_in(client, workbook(a_survey(20, random.Random(1))))

    again = handed_in(client, client.get("/api/v1/surveys/export").content)["report"]

    assert again["faults"] == []
    assert [(tally["added"], tally["updated"]) for tally in again["sheets"].values()] == [(0, 0)] * 3


def test_a_planner_sees_and_writes_only_its_own_part(
    client_as: ClientAs, client: TestClient, session: Session, agency: Any
) -> None:
    handed_in(client, workbook(a_survey(2, random.Random(1))))
    other = an_agency(session, name="示例另厅")
    planner = client_as(Role.PLANNER, agency_id=other.id)

    refused = handed_in(planner, workbook(Survey([a_row(9, random.Random(1))])))
    exported = load_workbook(BytesIO(planner.get("/api/v1/surveys/export").content))

    assert [fault["kind"] for fault in refused["report"]["faults"]] == ["not_allowed"]
    assert exported.worksheets[0].cell(5, 1).value is None
    assert client_as(Role.PLANNER).get(f"{IMPORTS}/{refused['id']}").status_code == 404
    assert client_as(Role.VIEWER).get("/api/v1/surveys/template").status_code == 403


def _zip(**parts: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def _with_part(content: bytes, name: str, part: bytes) -> bytes:
    out = BytesIO(content)
    with ZipFile(out, "a", ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return out.getvalue()


GOOD = workbook(Survey([a_row(1, random.Random(1))]))
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
WRONG = {
    "text renamed": ("系统编码,系统名称\n1,2".encode(), "不是XLSX"),
    "empty": (b"", "空"),
    "old xls": (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "旧版"),
    "encrypted": (bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "cut short": (GOOD[: len(GOOD) // 2], "损坏"),
    "another archive": (_zip(word__document=b"<x/>"), "不是XLSX"),
    "macros": (_with_part(GOOD, "xl/vbaProject.bin", b"x"), "宏"),
    "zip bomb": (_with_part(GOOD, "xl/worksheets/sheet9.xml", b"0" * (40 << 20)), "压缩"),
    "no headings": (saved(Workbook()), "没有找到普查表的列标题"),
    "garbage in a part": (GOOD.replace(b"PK\x03\x04", b"PK\x03\x04", 1)[:-60] + struct.pack("<60x"), "损坏"),
}


@pytest.mark.parametrize(("content", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_refused_in_kind_words(
    client: TestClient, session: Session, content: bytes, words: str
) -> None:
    done = handed_in(client, content)

    assert done["state"] == "failed"
    assert words in done["problem"]
    assert " / " in done["problem"]
    assert "Traceback" not in done["problem"]
    assert session.scalars(select(BusinessSystem)).all() == []


def test_entities_in_a_sheet_are_refused(client: TestClient) -> None:
    out = BytesIO()
    with ZipFile(BytesIO(GOOD)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, ENTITY if name.endswith("sheet1.xml") else source.read(name))

    assert "不安全" in handed_in(client, out.getvalue())["problem"]


def test_ten_megabytes_in_one_cell_are_a_fault_of_that_row(client: TestClient, agency: Any) -> None:
    good = workbook(Survey([a_row(1, random.Random(1)), a_row(2, random.Random(2)) | {"remarks": "MARK"}]))
    out = BytesIO()
    with ZipFile(BytesIO(good)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"MARK", b"A" * (10 << 20)))

    report = handed_in(client, out.getvalue())["report"]

    assert [(fault["row"], fault["column"], fault["kind"]) for fault in report["faults"]] == [(6, "备注", "too_long")]
    assert len(report["faults"][0]["value"]) < 200
    assert report["sheets"]["systems"]["added"] == 1


def test_wrong_choices_are_refused_before_the_file_is_kept(client: TestClient, session: Session) -> None:
    for choices in ({"create": "platforms"}, {"filled_on": "去年"}, {"mode": "some"}):
        answer = client.post(IMPORTS, files={"file": ("x.xlsx", GOOD)}, data=choices)
        assert answer.status_code == 422
    assert session.scalars(select(SurveyImport)).all() == []


def test_an_import_whose_process_died_is_taken_up_again(own_database: Engine) -> None:
    sessions = sessions_of(own_database)
    with sessions.begin() as session:
        an_agency(session, name="示例省厅")
        a_platform(session)
        user = accounts.create_user(session, "planner", "测试用户", None)
        accounts.grant(session, user, Grant(Role.PLANNER))
        row = hand_in(session, Caller(user.id, "planner", ()), "x.xlsx", GOOD, Options())
        row.started_at = datetime.now(UTC) - timedelta(hours=1)

    resume(sessions)

    with sessions.begin() as session:
        done = session.get_one(SurveyImport, row.id)
        assert (done.state, done.content, done.rows_done) == (ImportState.DONE, None, 1)
        assert len(session.scalars(select(BusinessSystem)).all()) == 1
