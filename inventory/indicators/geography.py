"""Which body answers for a system on a day, at which level, in which city: as CTEs over dated rows.

Divisions and agencies are few; the recursion runs over them once per statement and never over systems.
"""

from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, not_, select
from sqlalchemy.orm import aliased

from inventory.agencies import Agency
from inventory.divisions import Division
from inventory.levels import Level


def passed_on(row: Any, day: date) -> ColumnElement[bool]:
    """SQL: the division or agency has ended by the day and somebody stands in its place."""
    return and_(row.valid_to.is_not(None), row.valid_to <= day, row.successor_id.is_not(None))


def lineage(day: date) -> CTE:
    """SQL: (division_id, at_id) for each division and everything above it on the day, itself included."""
    walk = select(Division.id.label("division_id"), Division.id.label("at_id")).cte("lineage", recursive=True)
    above = case((passed_on(Division, day), Division.successor_id), else_=Division.parent_id)
    step = select(walk.c.division_id, above).join(Division, Division.id == walk.c.at_id).where(above.is_not(None))
    return walk.union(step)


def cities(day: date, walk: CTE) -> CTE:
    """SQL: (division_id, city_id) where the division lies in a city on the day."""
    standing = and_(Division.level == Level.CITY, not_(passed_on(Division, day)))
    pairs = select(walk.c.division_id, func.min(Division.id).label("city_id"))
    pairs = pairs.join(Division, Division.id == walk.c.at_id)
    return pairs.where(standing).group_by(walk.c.division_id).cte("cities")


def heirs(day: date, name: str) -> CTE:
    """SQL: (agency_id, heir_id) for agencies that were succeeded by the day."""
    start = select(Agency.id.label("agency_id"), Agency.successor_id.label("heir_id")).where(passed_on(Agency, day))
    walk = start.cte(f"{name}_walk", recursive=True)
    step = select(walk.c.agency_id, Agency.successor_id).join(Agency, Agency.id == walk.c.heir_id)
    walk = walk.union(step.where(passed_on(Agency, day)))
    last = select(walk.c.agency_id, walk.c.heir_id).join(Agency, Agency.id == walk.c.heir_id)
    return last.where(not_(passed_on(Agency, day))).cte(name)


def ranks(day: date) -> CTE:
    """SQL: (division_id, level): where the bodies of a division's own rank stand once it was absorbed."""
    first = select(
        Division.id.label("division_id"), Division.successor_id.label("at_id"),
        func.coalesce(Division.bodies_become, Division.level).label("level"),
    ).where(passed_on(Division, day))  # fmt: skip
    walk = first.cte("ranks_walk", recursive=True)
    lower = func.coalesce(Division.bodies_become, walk.c.level)
    falls = case((Division.level == walk.c.level, lower), else_=walk.c.level)
    step = select(walk.c.division_id, Division.successor_id, falls).join(Division, Division.id == walk.c.at_id)
    walk = walk.union(step.where(passed_on(Division, day)))
    last = select(walk.c.division_id, walk.c.level).join(Division, Division.id == walk.c.at_id)
    return last.where(not_(passed_on(Division, day))).cte("ranks")


def _levels(day: date, succeeded: CTE) -> Select[Any]:
    """SQL: (agency_id, level) at which each agency, or the one in its place, stands on the day."""
    then, seat = aliased(Agency, name="then"), aliased(Division, name="seat")
    fallen = ranks(day)
    level = case((then.level == seat.level, func.coalesce(fallen.c.level, then.level)), else_=then.level)
    query = select(Agency.id.label("agency_id"), level.label("level"))
    query = query.outerjoin(succeeded, succeeded.c.agency_id == Agency.id)
    query = query.join(then, then.id == func.coalesce(succeeded.c.heir_id, Agency.id))
    query = query.join(seat, seat.id == then.division_id)
    return query.outerjoin(fallen, fallen.c.division_id == then.division_id)


def bodies(as_of: date, geography: date, walk: CTE) -> CTE:
    """SQL: per agency its level on `as_of`, and who answers for it (owner_id) and where, on the map of `geography`."""
    heirs_then = heirs(as_of, "heirs_then")
    heirs_here = heirs_then if geography == as_of else heirs(geography, "heirs_here")
    level, city = _levels(as_of, heirs_then).subquery("levels"), cities(geography, walk)
    owner = aliased(Agency, name="owner")
    query = select(
        Agency.id.label("agency_id"), level.c.level, owner.id.label("owner_id"), owner.name.label("owner_name"),
        owner.division_id.label("owner_division_id"), city.c.city_id,
    ).join(level, level.c.agency_id == Agency.id)  # fmt: skip
    query = query.outerjoin(heirs_here, heirs_here.c.agency_id == Agency.id)
    query = query.join(owner, owner.id == func.coalesce(heirs_here.c.heir_id, Agency.id))
    return query.outerjoin(city, city.c.division_id == owner.division_id).cte("bodies")
