"""Which targets hold for a question, and which of them the figure is measured against."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.agencies import Agency
from inventory.base import in_force
from inventory.divisions import Division
from inventory.indicators.geography import lineage
from inventory.indicators.model import Indicator, Target
from inventory.indicators.question import Question, read_levels
from inventory.policies import Policy, PolicyClause


@dataclass(frozen=True)
class Aim:
    """A target with the document that sets it."""

    target_id: int
    numerator: int
    denominator: int
    policy_number: str
    policy_title: str
    issued_on: date | None
    clause: str | None
    division_code: str
    division_name: str
    levels: str
    due_on: date | None
    due_words: str | None

    @property
    def ratio(self) -> Fraction:
        """As an exact number."""
        return Fraction(self.numerator, self.denominator)

    @property
    def percent(self) -> str:
        """ "98" or "97.5"; exact where the target is a decimal number."""
        hundredths = self.numerator * 10_000 // self.denominator
        return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")


def aims(session: Session, question: Question) -> list[Aim]:
    """Targets of the policy's rate that hold in the scope for the levels asked, the strictest first.

    Documents contradict each other (98 % in 2015, 95 % in 2019); whoever reaches the strictest reaches all.
    """
    walk = lineage(question.geography)
    seat = select(Agency.division_id).where(Agency.id == question.scope.id).scalar_subquery()
    here = question.scope.id if question.scope.noun == "division" else seat
    query = (
        select(Target, Policy, PolicyClause.code, Division)
        .join(Indicator, Indicator.id == Target.indicator_id)
        .join(Policy, Policy.id == Target.policy_id)
        .join(Division, Division.id == Target.division_id)
        .outerjoin(PolicyClause, PolicyClause.id == Target.clause_id)
        .where(Indicator.code == "cloud_rate", in_force(Target, question.as_of))
        .where(Target.division_id.in_(select(walk.c.at_id).where(walk.c.division_id == here)))
    )
    found = [
        _aim(target, policy, clause, division)
        for target, policy, clause, division in session.execute(query)
        if set(question.levels) <= set(read_levels(target.levels))
    ]
    return sorted(found, key=lambda aim: (-aim.ratio, aim.issued_on or date.min, aim.target_id))


def _aim(target: Target, policy: Policy, clause: str | None, division: Division) -> Aim:
    return Aim(
        target_id=target.id, numerator=target.numerator, denominator=target.denominator, policy_number=policy.number,
        policy_title=policy.title, issued_on=policy.issued_on, clause=clause, division_code=division.code,
        division_name=division.name, levels=target.levels, due_on=target.due_on, due_words=target.due_words,
    )  # fmt: skip
