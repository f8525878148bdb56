"""Finding systems."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.business_systems.model import BusinessSystem
from inventory.errors import NotFound


def get(session: Session, system_id: int) -> BusinessSystem:
    """The system with this id."""
    if system := session.get(BusinessSystem, system_id):
        return system
    raise NotFound("没有这个业务系统 / no such business system", business_system=system_id)


def by_code(session: Session, code: str) -> BusinessSystem:
    """The system with this code (系统编码)."""
    if system := session.scalar(select(BusinessSystem).where(BusinessSystem.code == code)):
        return system
    raise NotFound("没有这个业务系统 / no such business system", business_system=code)
