"""Complete answers: the figure with its target, its rule and what a reader must know about it."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from inventory.base import today
from inventory.indicators.aims import Aim, aims
from inventory.indicators.classification import MISSING, STATUS_ZH, Status
from inventory.indicators.figures import Figure, figure
from inventory.indicators.model import IndicatorStanding
from inventory.indicators.question import INDICATOR_OF, Question, View
from inventory.indicators.ranking import Line
from inventory.indicators.ratio import Ratio
from inventory.indicators.reasons import why
from inventory.indicators.rules import RULES
from inventory.indicators.schema import AimOut, LineOut, MemberOut, PointOut, RateOut, RuleOut, ScopeOut

WORDS = {words.indicator: words for words in RULES}


def parameters(question: Question) -> dict[str, str]:
    """The question as the API's query parameters."""
    merged = {"merge_successors": "true"} if question.merged_on else {}
    return {
        "scope": question.scope.code, "as_of": question.as_of.isoformat(), "levels": ",".join(question.levels),
        "view": question.view.value,
    } | merged  # fmt: skip


def notes(question: Question, now: date, targets: Sequence[Aim]) -> list[str]:
    """What a reader must know before quoting the figure; Chinese first, English beside."""
    scope, said = question.scope, []
    if scope.gone(question.geography):
        said.append(
            f"{scope.name}已于 {scope.ended_on} 撤销，由{scope.successor_name}（{scope.successor_code}）承继 / "
            f"ended on {scope.ended_on}; ask its successor {scope.successor_code}"
        )
    if scope.begins_on is not None and scope.begins_on > question.geography:
        said.append(f"{scope.name}自 {scope.begins_on} 起设立 / begins on {scope.begins_on}")
    if question.merged_on is not None:
        said.append(
            f"归并口径：区划与机构按 {question.geography} 归并，层级按当日 / "
            f"divisions and bodies as of {question.geography}, levels as of the day asked"
        )
    if question.as_of > now:
        said.append("未来日期：按已登记的计划推算 / a day in the future: computed from what is planned")
    if question.agency_ids is not None:
        said.append("仅统计您授权范围内的单位 / only agencies inside your authorisation are counted")
    if not targets:
        said.append("当日没有适用于该范围和层级的目标值 / no target holds for this scope and these levels on that day")
    return said


def aim_out(aim: Aim, ratio: Ratio) -> AimOut:
    """A target and how the figure stands to it."""
    shown = {name: getattr(aim, name) for name in AimOut.model_fields if name not in ("met", "gap")}
    return AimOut(
        **shown, met=ratio.reaches(aim.numerator, aim.denominator), gap=ratio.shortfall(aim.numerator, aim.denominator)
    )


def _links(question: Question) -> dict[str, str]:
    base, asked = "/api/v1/indicators/cloud-rate", parameters(question)
    systems = {"view": View.POLICY.value} if question.view is View.HOSTS else {}
    return {
        "self": f"{base}?{urlencode(asked)}",
        "members": f"{base}/members?{urlencode(asked | systems)}",
        "gap": f"{base}/members?{urlencode(asked | systems | {'status': ','.join(MISSING)})}",
        "hosts": f"{base}/hosts?{urlencode(asked | {'view': View.HOSTS.value})}",
        "ranking": f"{base}/ranking?{urlencode(asked)}",
        "page": f"/rate?{urlencode(asked)}",
    }


def answer(session: Session, question: Question, counted: Figure | None = None) -> RateOut:
    """Everything about the rate asked; `counted` if the caller has the figure already."""
    counted = figure(session, question) if counted is None else counted
    ratio, targets = counted.ratio, aims(session, question)
    held = [aim_out(aim, ratio) for aim in targets]
    first, words = (held[0] if held else None), WORDS[INDICATOR_OF[question.view]]
    assessed = question.view is View.POLICY
    return RateOut(
        scope=ScopeOut(noun=question.scope.noun, code=question.scope.code, name=question.scope.name),
        as_of=question.as_of, levels=list(question.levels), view=question.view,
        standing=IndicatorStanding.ASSESSED if assessed else IndicatorStanding.MONITORED,
        merge_successors=question.merged_on is not None, limited=question.agency_ids is not None,
        n=ratio.n, N=ratio.total, percent=ratio.percent, met=first.met if first else None,
        gap=first.gap if first else None, target=first, targets=held, statuses=counted.statuses,
        rule=RuleOut(version=words.number, **{name: value for name, value in vars(words).items() if name != "number"}),
        notes=notes(question, today(session), targets), links=_links(question),
    )  # fmt: skip


def line_out(line: Line, aim: Aim | None) -> LineOut:
    """A line of a ranking, measured against the target of the whole scope."""
    ratio = line.figure.ratio
    return LineOut(
        rank=line.rank, code=line.code, name=line.name, n=ratio.n, N=ratio.total, percent=ratio.percent,
        met=ratio.reaches(aim.numerator, aim.denominator) if aim else None,
        gap=ratio.shortfall(aim.numerator, aim.denominator) if aim else None, statuses=line.figure.statuses,
    )  # fmt: skip


def points(series: Sequence[tuple[date, Figure]]) -> list[PointOut]:
    """A trend with the change of n and of N told apart, so that a rate "improved" by dropping systems shows."""
    shown, before = [], None
    for day, counted in series:
        ratio = counted.ratio
        shown.append(
            PointOut(
                day=day,
                n=ratio.n,
                N=ratio.total,
                percent=ratio.percent,
                delta_n=None if before is None else ratio.n - before.n,
                delta_N=None if before is None else ratio.total - before.total,
            )
        )
        before = ratio
    return shown


def member_out(row: object, day: date) -> MemberOut:
    """A classified row as the API shows it."""
    shown = {name: getattr(row, name) for name in MemberOut.model_fields if hasattr(row, name)}
    status = Status(shown["status"])
    return MemberOut(**shown, status_zh=STATUS_ZH[status], reasons=why(row, day))
