"""The bulletin of the cloud rate (月度通报): what is in it, and which file carries it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy.orm import Session

from inventory import agencies, indicators
from inventory.indicators import Figure, Line, Question, Status, View
from inventory.indicators.schema import AimOut, RateOut
from inventory.levels import LEVEL_ZH

SAMPLE = "示例数据"
LISTED = 100_000
COLUMNS = ("序号", "单位", "应上云系统数", "已上云", "部分上云", "未上云", "豁免", "上云率", "排名", "备注")
HOST_COLUMNS = ("序号", "单位", "主机数", "云主机数", "上云率", "排名")
GAPS = ("序号", "单位", "系统编码", "系统名称", "状态", "原因", "计划上云时间")
PROVINCE_TIME = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Table:
    """A titled table of the bulletin."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str | int, ...]]


@dataclass(frozen=True)
class Bulletin:
    """Everything on paper; the same rows go to XLSX and CSV."""

    title: str
    rate: RateOut
    rankings: list[Table]
    gaps: Table
    made_by: str
    made_at: datetime
    sample: bool


def shares(figure: Figure) -> tuple[str | int, ...]:
    """应上云系统数, 已上云, 部分上云, 未上云, 豁免, 上云率 of one line."""
    of = figure.statuses
    missing = of[Status.NOT_ON_CLOUD] + of[Status.NO_DEPLOYMENT]
    total = of[Status.ON_CLOUD] + of[Status.PARTLY] + missing
    return (total, of[Status.ON_CLOUD], of[Status.PARTLY], missing, of[Status.EXEMPT], percent_words(figure))


def percent_words(figure: Figure) -> str:
    """ "97.96%", or a dash where there is nothing to count."""
    return f"{figure.ratio.percent}%" if figure.ratio.percent is not None else "—"


def remark(figure: Figure) -> str:
    """备注: what of 未上云 is only missing paper."""
    unreported = figure.statuses[Status.NO_DEPLOYMENT]
    return f"其中未填报部署 {unreported} 个" if unreported else ""


def _rows(lines: list[Line], view: View) -> list[tuple[str | int, ...]]:
    if view is View.HOSTS:
        return [
            (place, line.name, ratio.total, ratio.n, percent_words(line.figure), line.rank or "—")
            for place, line in enumerate(lines, 1)
            for ratio in (line.figure.ratio,)
        ]
    return [
        (place, line.name, *shares(line.figure), line.rank or "—", remark(line.figure))
        for place, line in enumerate(lines, 1)
    ]


def _rankings(session: Session, question: Question) -> list[Table]:
    columns = HOST_COLUMNS if question.view is View.HOSTS else COLUMNS

    def table(title: str, lines: list[Line]) -> Table:
        return Table(title, columns, _rows(lines, question.view))

    if question.scope != indicators.scopes.province(session):
        return [table("各单位", indicators.rank_agencies(session, question))]
    cities = indicators.rank_cities(session, question)
    return [
        table("省直部门", indicators.rank_agencies(session, question, province_only=True)),
        table("各市", [line for line in cities if line.name != "省直"]),
    ]


def gap_row(place: int, row: Any, day: date) -> tuple[str | int, ...]:
    """One line of 未上云系统清单."""
    planned = row.planned_cloud_on.isoformat() if row.planned_cloud_on else "未填报"
    words = indicators.STATUS_ZH[Status(row.status)]
    return (place, row.owner_name, row.code, row.name, words, "；".join(indicators.why(row, day)), planned)


def gather(session: Session, question: Question, made_by: str) -> Bulletin:
    """The bulletin for a question."""
    listed = indicators.members(session, question, indicators.MISSING, limit=LISTED)
    gaps = [gap_row(place, row, question.as_of) for place, row in enumerate(listed, 1)]
    return Bulletin(
        title=f"{question.scope.name}业务系统上云情况通报", rate=indicators.answer(session, question),
        rankings=_rankings(session, question), gaps=Table("未上云系统清单", GAPS, gaps), made_by=made_by,
        made_at=datetime.now(PROVINCE_TIME), sample=agencies.has_sample(session),
    )  # fmt: skip


def aim_words(aim: AimOut) -> str:
    """A target in one line: what, by which document, by when, and how far."""
    source = f"{aim.policy_number} {aim.clause or ''}".strip()
    due = aim.due_words or aim.due_on or "未定"
    return f"不低于 {aim.percent}%（{source}，{aim.division_name}，时限 {due}），{standing(aim.met)}，还差 {aim.gap}"


def notes(bulletin: Bulletin) -> list[tuple[str, str]]:
    """口径说明, line by line."""
    rate = bulletin.rate
    levels = "、".join(LEVEL_ZH[level] for level in rate.levels)
    targets = [(f"目标值 {place}", aim_words(aim)) for place, aim in enumerate(rate.targets, 1)]
    return [
        ("数据性质", SAMPLE if bulletin.sample else "登记数据"),
        ("填报单位", rate.scope.name), ("制表人", bulletin.made_by),
        ("制表时间", bulletin.made_at.strftime("%Y-%m-%d %H:%M")), ("统计日期", rate.as_of.isoformat()),
        ("统计范围", f"{rate.scope.name}（{rate.scope.code}）"), ("统计层级", levels),
        ("口径", indicators.VIEW_ZH[rate.view]), ("统计口径版本", f"{rate.rule.indicator} 第 {rate.rule.version} 版"),
        ("分子 n", rate.rule.numerator_zh), ("分母 N", rate.rule.denominator_zh), ("剔除", rate.rule.exclusions_zh),
        ("依据", rate.rule.source), ("百分比", "截断至两位小数，不进位；是否达标与还差按整数计算"),
        ("n / N", f"{rate.n} / {rate.N}"), *targets, *[("说明", words) for words in rate.notes],
    ]  # fmt: skip


def standing(met: bool | None) -> str:  # noqa: FBT001 -- three-valued
    """达标, 未达标, or nothing to judge."""
    return "无应上云系统" if met is None else "达标" if met else "未达标"
