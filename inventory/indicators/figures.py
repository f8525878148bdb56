"""Counting the classified rows: a figure for the scope, one per city or body, one per day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, null, select
from sqlalchemy.orm import Session

from inventory.indicators.classification import COUNTED, Status, classified
from inventory.indicators.hosts_view import carrying
from inventory.indicators.question import Question, View
from inventory.indicators.ratio import Ratio


@dataclass
class Figure:
    """How many systems of the scope have which status; for 主机口径 also how many hosts."""

    statuses: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    hosts: Ratio | None = None

    @property
    def ratio(self) -> Ratio:
        """n/N of the view that was asked."""
        if self.hosts is not None:
            return self.hosts
        return Ratio(self.statuses[Status.ON_CLOUD], sum(self.statuses[status] for status in COUNTED))


@dataclass(frozen=True)
class Place:
    """One line of a ranking: a city (None: the bodies of the province itself) or the body that answers."""

    id: int | None
    figure: Figure


def _by_status(systems: Any, *keys: ColumnElement[Any]) -> Select[Any]:
    key = keys[0] if keys else null()
    return select(key.label("key"), systems.c.status, func.count()).group_by(*keys, systems.c.status)


def _by_host(hosts: Any, *keys: ColumnElement[Any]) -> Select[Any]:
    key = keys[0] if keys else null()
    counted = func.count(hosts.c.host_id.distinct())
    return select(key.label("key"), counted.filter(hosts.c.on_cloud), counted).group_by(*keys)


def _gather(
    session: Session, question: Question, key: str | None, *, province_only: bool = False
) -> dict[int | None, Figure]:
    """Figures by the value of a column of the classified rows, or one under None."""

    def kept(rows: Any, query: Select[Any]) -> Select[Any]:
        return query.where(rows.c.city_id.is_(None)) if province_only else query

    systems = classified(question)
    figures: dict[int | None, Figure] = defaultdict(Figure)
    counts = _by_status(systems, *([systems.c[key]] if key else []))
    for value, status, count in session.execute(kept(systems, counts)):
        figures[value].statuses[Status(status)] = count
    if question.view is View.HOSTS:
        hosts = carrying(question)
        for figure in figures.values():
            figure.hosts = Ratio(0, 0)
        for value, n, total in session.execute(kept(hosts, _by_host(hosts, *([hosts.c[key]] if key else [])))):
            figures[value].hosts = Ratio(n, total)
    return figures


def figure(session: Session, question: Question) -> Figure:
    """The figure of the whole scope."""
    nothing = Figure(hosts=Ratio(0, 0) if question.view is View.HOSTS else None)
    return _gather(session, question, None).get(None, nothing)


def by_city(session: Session, question: Question) -> list[Place]:
    """One figure per city that has systems in scope."""
    return [Place(city, figure) for city, figure in _gather(session, question, "city_id").items()]


def by_agency(session: Session, question: Question, *, province_only: bool = False) -> list[Place]:
    """One figure per body that answers for systems in scope; `province_only` leaves out those that lie in a city."""
    gathered = _gather(session, question, "owner_id", province_only=province_only)
    return [Place(owner, figure) for owner, figure in gathered.items()]


def over_time(session: Session, question: Question, days: Sequence[date]) -> list[tuple[date, Figure]]:
    """The figure on each of the days."""
    return [(day, figure(session, question.at(day))) for day in days]


@dataclass(frozen=True)
class After:
    """Where the next page of members begins: the last row's owner and system code."""

    owner: str
    code: str


def members(
    session: Session, question: Question, statuses: Sequence[Status], *, city: int | None = None,
    province_only: bool = False, after: After | None = None, limit: int = 100,
) -> Sequence[Row[Any]]:  # fmt: skip
    """The systems behind a count, by owner and code; at most `limit` of them."""
    systems = classified(question)
    query = select(systems).where(systems.c.status.in_([status.value for status in statuses]))
    if city is not None:
        query = query.where(systems.c.city_id == city)
    if province_only:
        query = query.where(systems.c.city_id.is_(None))
    if after is not None:
        later = systems.c.owner_name > after.owner
        query = query.where(later | ((systems.c.owner_name == after.owner) & (systems.c.code > after.code)))
    return session.execute(query.order_by(systems.c.owner_name, systems.c.code).limit(limit)).all()


def hosts(session: Session, question: Question, *, after: int = 0, limit: int = 100) -> Sequence[Row[Any]]:
    """The hosts behind 主机口径 with the codes of the systems each carries, by id."""
    rows = carrying(question)
    shown = (rows.c.host_id, rows.c.host_name, rows.c.kind, rows.c.agency_id, rows.c.on_cloud, rows.c.platform_name)
    codes = func.array_agg(rows.c.code.distinct()).label("codes")
    query = select(*shown, codes).where(rows.c.host_id > after).group_by(*shown).order_by(rows.c.host_id)
    return session.execute(query.limit(limit)).all()
