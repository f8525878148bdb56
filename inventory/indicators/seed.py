"""The indicators, the words of their rules, and the targets that documents set for them."""

import csv
from datetime import date
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.divisions import by_code, load_province
from inventory.indicators.model import Indicator, IndicatorRule, IndicatorStanding, Target
from inventory.indicators.rules import RULES
from inventory.policies import Policy, PolicyClause, load_clauses

ASSESSED, MONITORED = IndicatorStanding.ASSESSED, IndicatorStanding.MONITORED
INDICATORS = (
    ("cloud_rate", "上云率（政策口径）", "Cloud rate, as the policy counts", ASSESSED, "C7"),
    ("cloud_rate_full", "上云率（全量口径）", "Cloud rate, exempt systems kept in N", MONITORED, "C7"),
    ("cloud_rate_hosts", "上云率（主机口径）", "Cloud rate by hosts", MONITORED, "C7"),
    ("it_coverage", "主要业务信息化覆盖率", "IT coverage of main business", ASSESSED, "C8"),
)


def load_indicators(session: Session) -> int:
    """Add the indicators, rules and targets that are missing; returns how many rows were added."""
    load_province(session)
    load_clauses(session)
    return _indicators(session) + _rules(session) + _targets(session)


def _clauses(session: Session) -> dict[str, PolicyClause]:
    return {clause.code: clause for clause in session.scalars(select(PolicyClause))}


def _indicators(session: Session) -> int:
    known, clauses = set(session.scalars(select(Indicator.code))), _clauses(session)
    missing = [row for row in INDICATORS if row[0] not in known]
    for code, name_zh, name_en, standing, clause in missing:
        row = Indicator(code=code, name_zh=name_zh, name_en=name_en, standing=standing, clause_id=clauses[clause].id)
        session.add(row)
    session.flush()
    return len(missing)


def _rules(session: Session) -> int:
    ids = {indicator.code: indicator.id for indicator in session.scalars(select(Indicator))}
    known = {(rule.indicator_id, rule.number) for rule in session.scalars(select(IndicatorRule))}
    missing = [words for words in RULES if (ids[words.indicator], words.number) not in known]
    for words in missing:
        rule = IndicatorRule(
            indicator_id=ids[words.indicator], number=words.number, numerator_zh=words.numerator_zh,
            denominator_zh=words.denominator_zh, exclusions_zh=words.exclusions_zh, text_en=words.text_en,
            source=words.source,
        )  # fmt: skip
        session.add(rule)
    session.flush()
    return len(missing)


def _policy(session: Session, row: dict[str, str]) -> Policy:
    if known := session.scalar(select(Policy).where(Policy.number == row["number"])):
        return known
    policy = Policy(
        number=row["number"], title=row["title"], issuer=row["issuer"], issued_on=date.fromisoformat(row["issued_on"])
    )
    session.add(policy)
    session.flush()
    return policy


def _targets(session: Session) -> int:
    ids, clauses = {row.code: row.id for row in session.scalars(select(Indicator))}, _clauses(session)
    with (files("inventory.indicators") / "targets.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    # A planner may have corrected a target's number, levels or dates: one row per document and division is enough.
    known = {(row.indicator_id, row.policy_id, row.division_id) for row in session.scalars(select(Target))}
    added = 0
    for row in rows:
        policy, division = _policy(session, row), by_code(session, row["division"])
        key = (ids[row["indicator"]], policy.id, division.id)
        if key in known:
            continue
        session.add(_target(key, row, clauses))
        added += 1
    session.flush()
    return added


def _target(key: tuple[int, int, int], row: dict[str, str], clauses: dict[str, PolicyClause]) -> Target:
    return Target(
        indicator_id=key[0], policy_id=key[1], division_id=key[2],
        clause_id=clauses[row["clause"]].id if row["clause"] else None, levels=row["levels"],
        numerator=int(row["numerator"]), denominator=int(row["denominator"]),
        due_on=date.fromisoformat(row["due_on"]), due_words=row["due_words"],
        valid_from=date.fromisoformat(row["valid_from"]),
    )  # fmt: skip
