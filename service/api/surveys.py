"""The survey sheet by API: template, export, and imports whose progress is polled."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, BackgroundTasks, File, Form, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from inventory import surveys
from inventory.accounts import Role, User
from inventory.base import today
from inventory.cloud_platforms import CloudPlatform
from inventory.errors import Conflict, Invalid
from inventory.network_domains import NetworkDomain
from inventory.surveys import CREATABLE, ImportState, Mode, Options, SurveyImport
from service.db import Db
from service.identity import Planner, reach_of
from service.problems import TITLES, problem
from service.survey_imports import hand_in, own_import, run_import
from service.workbooks import Filling, build, build_faults
from service.workbooks.safety import LARGEST_FILE

router = APIRouter(prefix="/surveys", tags=["surveys"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKBOOK: dict[int | str, dict[str, Any]] = {
    200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}, "description": "XLSX workbook"}
}


class SurveyImportOut(BaseModel):
    """A workbook that was handed in, how far it is, and at the end its report."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    file_name: str
    state: ImportState
    options: dict[str, Any]
    rows_done: int
    rows_total: int
    problem: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    report: dict[str, Any] | None


def workbook_answer(content: bytes, name: str) -> Response:
    """A file to download."""
    heads = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(content, media_type=XLSX, headers=heads)


def _filling(db: Db) -> Filling:
    """An empty form with the words of the register that its drop-downs offer."""
    domains = select(NetworkDomain.name).where(NetworkDomain.classified.is_(False)).order_by(NetworkDomain.id)
    platforms = select(CloudPlatform.name).order_by(CloudPlatform.name)
    return Filling(domains=list(db.scalars(domains)), platforms=list(db.scalars(platforms)))


@router.get("/template", response_class=Response, responses=WORKBOOK)
def download_survey_template(db: Db, caller: Planner) -> Response:
    """The empty workbook with drop-downs, notes and an example row."""
    return workbook_answer(build(_filling(db)), "政务信息系统普查表-模板.xlsx")


@router.get("/export", response_class=Response, responses=WORKBOOK)
def export_survey(db: Db, caller: Planner) -> Response:
    """The caller's part of the register as a filled workbook; importing it changes nothing."""
    day = today(db)
    rows = surveys.rows_of_register(db, reach_of(db, caller, Role.PLANNER, Role.ADMINISTRATOR), day)
    user = db.get_one(User, caller.user_id)
    note = f"由云网导出，制表人：{user.display_name}，制表时间：{day}，口径：登记库当日内容"
    head = {"filled_by": "云网登记库导出", "filler": user.display_name, "filled_on": day.isoformat()}
    filling = replace(_filling(db), rows=rows, note=note, **head)
    return workbook_answer(build(filling), f"政务信息系统普查表-{day}.xlsx")


@router.post("/imports", status_code=202, response_model=SurveyImportOut)
def import_survey(
    request: Request, db: Db, caller: Planner, tasks: BackgroundTasks, response: Response,
    file: Annotated[UploadFile, File(description="XLSX workbook, at most 50 MB")],
    dry_run: Annotated[bool, Form()] = False,  # noqa: FBT002 -- a form field, passed by name
    mode: Annotated[Mode, Form()] = Mode.PARTIAL,
    create: Annotated[str, Form(description="agencies,sites,tenants")] = "",
    filled_on: Annotated[str, Form(description="stands in for a missing 填报日期")] = "",
) -> Any:  # fmt: skip
    """Hand in a workbook; the answer names the import, whose progress and report are read at its address."""
    content = file.file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        return problem(
            413, *TITLES[413], "文件超过50MB，请拆分后分别导入 / larger than 50 MB: split it and import the parts"
        )
    options = Options(mode, dry_run, _creatable(create), _day(filled_on))
    row = hand_in(db, caller, file.filename or "survey.xlsx", content, options)
    # Background tasks start after the answer, so after the commit of this row (function scope).
    tasks.add_task(run_import, request.app.state.sessions, row.id)
    response.headers["Location"] = f"/api/v1/surveys/imports/{row.id}"
    return _shown(row)


def _creatable(words: str) -> frozenset[str]:
    chosen = frozenset(part.strip() for part in words.split(",") if part.strip())
    if unknown := chosen - CREATABLE:
        raise Invalid(
            f"不能新增：{'、'.join(sorted(unknown))}；可选 agencies,sites,tenants / create takes agencies, sites, "
            "tenants",
            field="create",
        )
    return chosen


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words) if words else None
    except ValueError:
        raise Invalid("填报日期应为 2018-06-30 的形式 / write the date as 2018-06-30", field="filled_on") from None


def _shown(row: SurveyImport) -> SurveyImportOut:
    return SurveyImportOut.model_validate(row)


@router.get("/imports/{import_id}")
def get_survey_import(import_id: int, db: Db, caller: Planner) -> SurveyImportOut:
    """How far an import is, and its report once it is done."""
    return _shown(own_import(db, caller, import_id))


@router.get("/imports/{import_id}/errors.xlsx", response_class=Response, responses=WORKBOOK)
def download_survey_errors(import_id: int, db: Db, caller: Planner) -> Response:
    """The faults and warnings of a finished import as a workbook."""
    row = own_import(db, caller, import_id)
    if row.report is None:
        raise Conflict("导入尚未完成或没有结果 / the import has no report", state=row.state)
    return workbook_answer(build_faults(row.report), f"普查导入问题清单-{row.id}.xlsx")
