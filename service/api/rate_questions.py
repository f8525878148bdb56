"""What a caller may ask about the cloud rate, and how it becomes a question to the register."""

import base64
import json
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from inventory import indicators
from inventory.accounts import Caller
from inventory.errors import Invalid
from inventory.indicators import Question, Status, View
from inventory.indicators.asking import check_day
from service.identity import reach_of
from service.problems import BadRequest

POINTS = 120
Scope = Annotated[str | None, Field(max_length=200, description="区划代码、agency:编号、信用代码或名称；缺省为全省")]
Levels = Annotated[str | None, Field(max_length=60, description="省,市 或 province,city；缺省省市两级")]


class Asked(BaseModel):
    """What every question about the rate may say."""

    model_config = ConfigDict(extra="forbid")

    scope: Scope = None
    levels: Levels = None
    view: View = View.POLICY
    merge_successors: Annotated[bool, Field(description="归并口径：按今天的区划与机构归并以往各日")] = False


class AskedOnDay(Asked):
    """A question about one day; none given means today."""

    as_of: date | None = None


class AskedMembers(AskedOnDay):
    """Which of the systems behind the figure."""

    status: Annotated[str | None, Field(max_length=200, description="逗号分隔的状态；缺省全部")] = None
    city: Annotated[str | None, Field(pattern="^[0-9]{6}$", description="市的代码；省代码表示省直")] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str | None, Field(max_length=2000)] = None


class AskedHosts(AskedOnDay):
    """Which of the hosts behind 主机口径."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[int, Field(ge=0, lt=2**63)] = 0


class AskedRanking(AskedOnDay):
    """Cities or bodies side by side."""

    by: Literal["city", "agency"] = "city"


class AskedTrend(Asked):
    """The figure at each month's end between two days."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    step: Literal["month"] = "month"


class AskedReport(AskedOnDay):
    """The bulletin (月度通报) as a file."""

    format: Literal["xlsx", "csv"] = "xlsx"


def question(db: Session, caller: Caller, asked: Asked) -> Question:
    """The question within the caller's reach."""
    return indicators.ask(
        db, scope=asked.scope, as_of=getattr(asked, "as_of", None), levels=asked.levels, view=asked.view,
        merge_successors=asked.merge_successors, agency_ids=reach_of(db, caller).agency_ids,
    )  # fmt: skip


def read_statuses(words: str | None) -> list[Status]:
    """Statuses from "partly,not_on_cloud"; None: all."""
    if words is None:
        return list(Status)
    try:
        return [Status(word.strip()) for word in words.split(",")]
    except ValueError as error:
        allowed = [status.value for status in Status]
        raise Invalid("未知状态 / unknown status", field="status", value=words, allowed=allowed) from error


def encode_cursor(row: Any) -> str:
    """An opaque cursor behind a member."""
    words = json.dumps([row.owner_name, row.code], ensure_ascii=False)
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> indicators.After | None:
    """Where the page after the cursor begins."""
    if cursor is None:
        return None
    try:
        owner, code = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        valid = isinstance(owner, str) and isinstance(code, str) and "\0" not in owner + code
    except (ValueError, TypeError, RecursionError):
        valid = False
    if not valid:
        raise BadRequest("游标无效，请从第一页重新读取 / this cursor is not valid, start from the first page")
    return indicators.After(owner, code)


def month_ends(first: date, last: date) -> list[date]:
    """The last day of each month from the first day on, and the last day itself."""
    if check_day(last, "to") < check_day(first, "from"):
        raise Invalid("结束日期早于开始日期 / the trend ends before it begins", field="to")
    days: list[date] = []
    day = first.replace(day=1)
    while day <= last and len(days) <= POINTS:
        following = (day + timedelta(days=31)).replace(day=1)
        days.append(min(following - timedelta(days=1), last))
        day = following
    if len(days) > POINTS:
        raise Invalid(f"一次最多 {POINTS} 个月 / at most {POINTS} months at once", field="to")
    return days
