"""Finding the scope that a question names: a division's code or name, or an agency."""

import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import agencies, divisions
from inventory.agencies import Agency
from inventory.divisions import Division
from inventory.errors import NotFound
from inventory.indicators.question import Scope
from inventory.levels import Level

BY_ID = re.compile(r"agency:([0-9]{1,18})")


def of_division(session: Session, division: Division) -> Scope:
    """The scope of a division's subtree."""
    heir = divisions.get(session, division.successor_id) if division.successor_id else None
    return Scope(
        noun="division", id=division.id, code=division.code, name=division.name, begins_on=division.valid_from,
        ended_on=division.valid_to, successor_code=heir.code if heir else None,
        successor_name=heir.name if heir else None,
    )  # fmt: skip


def of_agency(session: Session, agency: Agency) -> Scope:
    """The scope of an agency's subtree."""
    heir = agencies.get(session, agency.successor_id) if agency.successor_id else None
    return Scope(
        noun="agency", id=agency.id, code=f"agency:{agency.id}", name=agency.name, begins_on=agency.valid_from,
        ended_on=agency.valid_to, successor_code=f"agency:{heir.id}" if heir else None,
        successor_name=heir.name if heir else None,
    )  # fmt: skip


def province(session: Session) -> Scope:
    """The whole province."""
    root = session.scalar(select(Division).where(Division.level == Level.PROVINCE).order_by(Division.code).limit(1))
    if root is None:
        raise NotFound("尚未登记行政区划 / no divisions are registered yet: run yunwang demo or import them")
    return of_division(session, root)


def find(session: Session, words: str) -> Scope:
    """The scope for a code (370100), `agency:12`, a credit code, or the unique name of a division or an agency."""
    words = words.strip()
    if words.isascii() and words.isdigit() and len(words) == 6:  # noqa: PLR2004 -- GB/T 2260
        return of_division(session, divisions.by_code(session, words))
    if by_id := BY_ID.fullmatch(words):
        return of_agency(session, agencies.get(session, int(by_id[1])))
    places = select(Division).where(Division.name == words).limit(9)
    bodies = select(Agency).where((Agency.name == words) | (Agency.uscc == words)).limit(9)
    found = [of_division(session, row) for row in session.scalars(places)]
    found += [of_agency(session, row) for row in session.scalars(bodies)]
    if len(found) == 1:
        return found[0]
    if found:
        codes = [scope.code for scope in found]
        raise NotFound("有多个同名区划或单位，请填写代码 / several have this name, give a code", codes=codes)
    raise NotFound("没有这个行政区划或单位 / no such division or agency", scope=words)


def cities(session: Session, day: date) -> list[Division]:
    """The cities whose codes are valid on the day, by code."""
    rows = session.scalars(select(Division).where(Division.level == Level.CITY).order_by(Division.code))
    return [
        city for city in rows
        if (city.valid_from is None or city.valid_from <= day) and (city.valid_to is None or city.valid_to > day)
    ]  # fmt: skip
