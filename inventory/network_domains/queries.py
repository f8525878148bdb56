"""Finding domains by code or by the words of the form."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.errors import NotFound
from inventory.network_domains.model import DomainCode, NetworkDomain


def by_code(session: Session, code: DomainCode) -> NetworkDomain:
    """The domain with this code."""
    if domain := session.scalar(select(NetworkDomain).where(NetworkDomain.code == code)):
        return domain
    raise NotFound("没有登记这个网络域 / no such network domain", domain=code)


def by_name(session: Session, name: str) -> NetworkDomain:
    """The domain of that name (公共服务域)."""
    if domain := session.scalar(select(NetworkDomain).where(NetworkDomain.name == name)):
        return domain
    raise NotFound("没有登记这个网络域 / no such network domain", domain=name)
