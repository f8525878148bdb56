"""Finding divisions, also on a day other than today."""

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select, true
from sqlalchemy.orm import Session

from inventory.divisions.model import Division
from inventory.errors import NotFound


def get(session: Session, division_id: int) -> Division:
    """The division with this id."""
    if division := session.get(Division, division_id):
        return division
    raise NotFound("没有这个行政区划 / no such division", division=division_id)


def by_code(session: Session, code: str) -> Division:
    """The division with this six-digit code, ended ones included."""
    if division := session.scalar(select(Division).where(Division.code == code)):
        return division
    raise NotFound("没有这个行政区划 / no such division", division=code)


def by_name_or_code(session: Session, words: str) -> Division:
    """A division by code or full name; a name that several counties share must be given by code."""
    found = session.scalars(select(Division).where(or_(Division.code == words, Division.name == words))).all()
    if len(found) == 1:
        return found[0]
    if found:
        codes = [division.code for division in found]
        raise NotFound("有多个同名区划，请填写代码 / several divisions share this name, give the code", codes=codes)
    raise NotFound("没有这个行政区划 / no such division", division=words)


def current_of(session: Session, division: Division, day: date) -> Division:
    """Where this division's bodies belong on the day: itself, or the successor once its own code has ended."""
    seen = {division.id}
    while division.valid_to is not None and division.valid_to <= day and division.successor_id is not None:
        division = get(session, division.successor_id)
        if division.id in seen:
            break
        seen.add(division.id)
    return division


def below(root: ColumnElement[int] | int, day: date | None) -> Select[tuple[int]]:
    """SQL: ids of the root and all that belongs under it on the day; with day None, under any past or present code.

    A division belongs to its parent while its own code is valid, and to its successor from the day the code ended; a
    code that begins later (章丘区) belongs to its parent before that too: today's rows answer for every day.
    """
    tree = select(Division.id).where(Division.id == root).cte("division_tree", recursive=True)
    over = and_(Division.valid_to.is_not(None), Division.valid_to <= day)
    ended: ColumnElement[bool] = true() if day is None else over
    kept = true() if day is None else not_(ended)
    belongs = or_(and_(Division.parent_id == tree.c.id, kept), and_(Division.successor_id == tree.c.id, ended))
    tree = tree.union(select(Division.id).join(tree, belongs))
    return select(tree.c.id)


def subtree_ids(session: Session, division_id: int, day: date | None = None) -> frozenset[int]:
    """Ids of a division and of everything that belongs to it on the day."""
    return frozenset(session.scalars(below(division_id, day)))
