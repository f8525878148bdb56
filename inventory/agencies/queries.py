"""Finding agencies."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from inventory.agencies.model import Agency
from inventory.errors import NotFound


def get(session: Session, agency_id: int) -> Agency:
    """The agency with this id."""
    if agency := session.get(Agency, agency_id):
        return agency
    raise NotFound("没有这个单位 / no such agency", agency=agency_id)


def by_name(session: Session, division_id: int, name: str) -> Agency:
    """The agency of that name in one division."""
    query = select(Agency).where(Agency.division_id == division_id, Agency.name == name)
    if agency := session.scalar(query):
        return agency
    raise NotFound("没有登记这个单位 / no such agency in this division", agency=name)


def below(root: int) -> Select[tuple[int]]:
    """SQL: ids of an agency and of all its subordinate ones."""
    tree = select(Agency.id).where(Agency.id == root).cte("agency_tree", recursive=True)
    tree = tree.union(select(Agency.id).join(tree, Agency.parent_id == tree.c.id))
    return select(tree.c.id)


def subtree_ids(session: Session, agency_id: int) -> frozenset[int]:
    """Ids of an agency and of all its subordinate ones."""
    return frozenset(session.scalars(below(agency_id)))


def has_sample(session: Session) -> bool:
    """Whether the register holds sample agencies; what shows or prints its rows then says 示例数据."""
    return session.scalar(select(Agency.id).where(Agency.name.contains("示例单位")).limit(1)) is not None
