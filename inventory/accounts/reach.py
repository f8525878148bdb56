"""How far a caller's roles reach: row scope by division and agency subtree."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import agencies, divisions
from inventory.accounts.roles import Role
from inventory.agencies.model import Agency
from inventory.base import today
from inventory.errors import NotAllowed


@dataclass(frozen=True)
class Grant:
    """One role and where it holds; neither id: everywhere."""

    role: Role
    division_id: int | None = None
    agency_id: int | None = None


@dataclass(frozen=True)
class Caller:
    """Who asks: the user behind a session or token, with the grants in force."""

    user_id: int
    username: str
    grants: tuple[Grant, ...]
    agency_id: int | None = None

    def has(self, *roles: Role) -> bool:
        """Whether any of the roles is granted anywhere."""
        return any(grant.role in roles for grant in self.grants)


@dataclass(frozen=True)
class Reach:
    """The agencies whose rows a caller may see or write; None: all of them."""

    agency_ids: frozenset[int] | None

    def covers(self, agency_id: int | None) -> bool:
        """Whether a row of this agency lies inside; a row of no agency only inside everything."""
        return self.agency_ids is None or agency_id in self.agency_ids

    def require(self, agency_id: int | None) -> None:
        """Refuse a write outside the reach."""
        if not self.covers(agency_id):
            raise NotAllowed(
                "不在您的授权范围内 / outside the part of the register that you may write", agency=agency_id
            )


def reach(session: Session, caller: Caller, roles: Iterable[Role] = tuple(Role)) -> Reach:
    """Union of the scopes in which the caller holds one of the roles."""
    wanted = [grant for grant in caller.grants if grant.role in set(roles)]
    if any(grant.division_id is None and grant.agency_id is None for grant in wanted):
        return Reach(None)
    ids: set[int] = set()
    for grant in wanted:
        if grant.agency_id is not None:
            ids |= agencies.subtree_ids(session, grant.agency_id)
        if grant.division_id is not None:
            inside = divisions.subtree_ids(session, grant.division_id, today(session))
            ids |= set(session.scalars(select(Agency.id).where(Agency.division_id.in_(inside))))
    return Reach(frozenset(ids))
