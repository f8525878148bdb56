"""The province's divisions of 2015-2020 as dated rows."""

import csv
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.divisions.model import Division
from inventory.levels import Level

WORDS = {"province": Level.PROVINCE, "prefecture": Level.CITY, "county": Level.COUNTY}


def _rows() -> Iterator[dict[str, str]]:
    with (files("inventory.divisions") / "shandong.csv").open(encoding="utf-8") as source:
        yield from csv.DictReader(source)


def _day(words: str) -> date | None:
    return date.fromisoformat(words) if words else None


def load_province(session: Session) -> int:
    """Add the divisions that are not in the register yet; returns how many were added."""
    known = {division.code: division for division in session.scalars(select(Division))}
    rows = list(_rows())
    added = [row for row in rows if row["code"] not in known]
    for row in added:
        known[row["code"]] = Division(
            code=row["code"], name=row["name"], level=WORDS[row["level"]], division_type=row["division_type"],
            valid_from=_day(row["valid_from"]), valid_to=_day(row["valid_to"]),
            date_precision=row["date_precision"] or None, evidence=row["evidence"] or None,
        )  # fmt: skip
        session.add(known[row["code"]])
    session.flush()
    for row in added:
        division = known[row["code"]]
        division.parent_id = known[row["parent_code"]].id if row["parent_code"] else None
        division.successor_id = known[row["successor_codes"]].id if row["successor_codes"] else None
        division.bodies_become = _absorbed(division, known.get(row["successor_codes"]))
    session.flush()
    return len(added)


def _absorbed(division: Division, successor: Division | None) -> Level | None:
    """A city that ends in a city which stood before: its bodies go on as county bodies there (莱芜市 in 济南市)."""
    if successor is None or division.level is not Level.CITY or successor.valid_from is not None:
        return None
    return Level.COUNTY
