"""The names behind user ids, for pages and answers."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.accounts import User


def names_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """id -> username."""
    rows = session.execute(select(User.id, User.username).where(User.id.in_(ids)))
    return {row.id: row.username for row in rows}
