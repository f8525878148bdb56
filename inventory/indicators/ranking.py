"""Figures side by side: the cities or bodies of a scope with their ranks."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.agencies import Agency
from inventory.divisions import Division
from inventory.indicators import scopes
from inventory.indicators.figures import Figure, by_agency, by_city
from inventory.indicators.question import Question, View
from inventory.indicators.ratio import Ratio


@dataclass(frozen=True)
class Line:
    """One city or body; `rank` is None without systems to count and for the province's own bodies among cities."""

    code: str
    name: str
    figure: Figure
    rank: int | None


def _share(figure: Figure) -> Fraction:
    ratio = figure.ratio
    return Fraction(ratio.n, ratio.total) if ratio.total else Fraction(-1)


def ranked(lines: Sequence[tuple[str, str, Figure]]) -> list[Line]:
    """Best first; equal shares share a rank; who has nothing to count comes last without one."""
    order = sorted(lines, key=lambda line: (-_share(line[2]), -line[2].ratio.total, line[0]))
    shares = [_share(figure) for _, _, figure in order]
    return [
        Line(code, name, figure, shares.index(share) + 1 if share >= 0 else None)
        for (code, name, figure), share in zip(order, shares, strict=True)
    ]


def nothing(question: Question) -> Figure:
    """The figure of a place without systems."""
    return Figure(hosts=Ratio(0, 0) if question.view is View.HOSTS else None)


def rank_cities(session: Session, question: Question) -> list[Line]:
    """省直 first and unranked, then every city of the day; a city without systems is there too."""
    figures = {place.id: place.figure for place in by_city(session, question)}
    root = scopes.province(session)
    listed = [*scopes.cities(session, question.geography)]
    known = {city.id for city in listed}
    strays = session.scalars(select(Division).where(Division.id.in_([key for key in figures if key not in known])))
    cities = [(city.code, city.name, figures.get(city.id, nothing(question))) for city in [*listed, *strays]]
    return [Line(root.code, "省直", figures.get(None, nothing(question)), None), *ranked(cities)]


def rank_agencies(session: Session, question: Question, *, province_only: bool = False) -> list[Line]:
    """The bodies that answer for systems in scope; `province_only` leaves out those that lie in a city."""
    places = {place.id: place.figure for place in by_agency(session, question, province_only=province_only)}
    names = session.execute(select(Agency.id, Agency.name).where(Agency.id.in_([key for key in places if key])))
    return ranked([(f"agency:{key}", name, places[key]) for key, name in names])
