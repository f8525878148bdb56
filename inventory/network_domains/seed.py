"""The four domains of the policy's network."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.network_domains.model import DomainCode, NetworkDomain

DOMAINS = (
    (DomainCode.INTRANET, "政务内网", True, "物理隔离"),
    (DomainCode.PUBLIC_SERVICE, "公共服务域", False, "与互联网逻辑隔离"),
    (DomainCode.ADMINISTRATIVE, "行政服务域", False, "经网闸交换"),
    (DomainCode.INTERNET, "互联网", False, "防火墙"),
)


def load_domains(session: Session) -> int:
    """Add the domains that are missing; returns how many were added."""
    known = set(session.scalars(select(NetworkDomain.code)))
    missing = [domain for domain in DOMAINS if domain[0] not in known]
    for code, name, classified, isolation in missing:
        session.add(NetworkDomain(code=code, name=name, classified=classified, isolation=isolation))
    session.flush()
    return len(missing)
