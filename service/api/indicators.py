"""Indicators and the cloud rate: figures, the rows behind them, rankings, trends and the bulletin as a file."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from inventory import divisions, indicators
from inventory.indicators import Indicator, IndicatorStanding
from inventory.indicators.schema import HostOut, HostsOut, LineOut, MembersOut, PointOut, RateOut
from service.api.rate_questions import (
    AskedHosts,
    AskedMembers,
    AskedOnDay,
    AskedRanking,
    AskedReport,
    AskedTrend,
    decode_cursor,
    encode_cursor,
    month_ends,
    question,
    read_statuses,
)
from service.db import Db
from service.identity import Reader
from service.reports.cloud_rate_files import CSV, XLSX, download

router = APIRouter(prefix="/indicators", tags=["indicators"])


class IndicatorOut(BaseModel):
    """An indicator and whether a policy sets a target for it."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name_zh: str
    name_en: str
    standing: IndicatorStanding


@router.get("", response_model=list[IndicatorOut], summary="指标：列表")
def list_indicators(db: Db, _: Reader) -> Any:
    return db.scalars(select(Indicator).order_by(Indicator.id)).all()


@router.get("/cloud-rate", summary="上云率")
def get_cloud_rate(asked: Annotated[AskedOnDay, Query()], db: Db, caller: Reader) -> RateOut:
    return indicators.answer(db, question(db, caller, asked))


@router.get("/cloud-rate/members", summary="上云率：计入与未计入的系统")
def list_cloud_rate_members(asked: Annotated[AskedMembers, Query()], db: Db, caller: Reader) -> MembersOut:
    about, city = question(db, caller, asked), divisions.by_code(db, asked.city) if asked.city else None
    province_only = city is not None and city.parent_id is None
    rows = indicators.members(
        db, about, read_statuses(asked.status), city=None if city is None or province_only else city.id,
        province_only=province_only, after=decode_cursor(asked.cursor), limit=asked.limit + 1,
    )  # fmt: skip
    shown = rows[: asked.limit]
    following = encode_cursor(shown[-1]) if len(rows) > asked.limit else None
    return MembersOut(items=[indicators.member_out(row, about.as_of) for row in shown], next=following)


@router.get("/cloud-rate/hosts", summary="上云率主机口径：主机")
def list_cloud_rate_hosts(asked: Annotated[AskedHosts, Query()], db: Db, caller: Reader) -> HostsOut:
    rows = indicators.hosts(db, question(db, caller, asked), after=asked.cursor, limit=asked.limit + 1)
    shown = rows[: asked.limit]
    items = [
        HostOut(
            host_id=row.host_id,
            name=row.host_name,
            kind=row.kind,
            on_cloud=row.on_cloud,
            platform=row.platform_name,
            systems=row.codes,
        )
        for row in shown
    ]
    return HostsOut(items=items, next=str(shown[-1].host_id) if len(rows) > asked.limit else None)


@router.get("/cloud-rate/ranking", summary="上云率：各市或各部门排名")
def rank_cloud_rate(asked: Annotated[AskedRanking, Query()], db: Db, caller: Reader) -> list[LineOut]:
    about = question(db, caller, asked)
    lines = indicators.rank_cities(db, about) if asked.by == "city" else indicators.rank_agencies(db, about)
    aim = next(iter(indicators.aims(db, about)), None)
    return [indicators.line_out(line, aim) for line in lines]


@router.get("/cloud-rate/trend", summary="上云率：逐月变化")
def trace_cloud_rate(asked: Annotated[AskedTrend, Query()], db: Db, caller: Reader) -> list[PointOut]:
    days = month_ends(asked.first, asked.last)
    return indicators.points(indicators.over_time(db, question(db, caller, asked), days))


@router.get(
    "/cloud-rate/report", summary="上云率：月度通报文件", response_class=Response,
    responses={200: {"content": {XLSX: {}, CSV: {}}}},
)  # fmt: skip
def download_cloud_rate_report(asked: Annotated[AskedReport, Query()], db: Db, caller: Reader) -> Response:
    return download(db, question(db, caller, asked), asked.format, made_by=caller.username)
