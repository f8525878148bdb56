"""The policy of 2015 (鲁政办发〔2015〕59号) and its 110 obligations."""

import csv
import re
from datetime import date
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.policies.model import ClauseKind, Policy, PolicyClause

NUMBER = "鲁政办发〔2015〕59号"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
YEAR = re.compile(r"^\d{4}$|^\d{4}\(")


def due_day(words: str) -> date | None:
    """The last day in time ("2017年前" is 2016-12-31, "2020" its last day); None for a condition."""
    if day := DAY.search(words):
        return date.fromisoformat(day[0])
    return date(int(words[:4]), 12, 31) if YEAR.match(words) else None


def load_clauses(session: Session) -> int:
    """Add the policy and the clauses that are missing; returns how many clauses were added."""
    policy = session.scalar(select(Policy).where(Policy.number == NUMBER))
    if policy is None:
        policy = Policy(
            number=NUMBER,
            title="关于贯彻国办发〔2014〕66号文件加快推进电子政务协调发展的实施意见",
            issuer="山东省人民政府办公厅",
            issued_on=date(2015, 12, 31),
        )  # fmt: skip
        session.add(policy)
        session.flush()
    known = set(session.scalars(select(PolicyClause.code).where(PolicyClause.policy_id == policy.id)))
    with (files("inventory.policies") / "clauses_2015_59.csv").open(encoding="utf-8") as source:
        missing = [row for row in csv.DictReader(source) if row["id"] not in known]
    session.add_all(_clause(policy.id, row) for row in missing)
    session.flush()
    return len(missing)


def _clause(policy_id: int, row: dict[str, str]) -> PolicyClause:
    words = None if row["deadline"] == "—" else row["deadline"]
    return PolicyClause(
        policy_id=policy_id, code=row["id"], position=row["clause"], title_zh=row["title_zh"],
        title_en=row["title_en"], agencies=row["agencies"], due_words=words, due_on=due_day(words) if words else None,
        indicator_words=row["indicator"], kind=ClauseKind(row["kind"]),
    )  # fmt: skip
