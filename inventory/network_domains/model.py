"""The four domains; a row each, because words and owners change and codes do not."""

from enum import StrEnum

from sqlalchemy import Boolean, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, choice, labelled


class DomainCode(StrEnum):
    """政务内网, 公共服务域, 行政服务域, 互联网."""

    INTRANET = "intranet"
    PUBLIC_SERVICE = "public_service"
    ADMINISTRATIVE = "administrative"
    INTERNET = "internet"


class Zone(StrEnum):
    """The national extranet's own division: 公用网络区, 专用网络区, 互联网接入区."""

    PUBLIC = "public_zone"
    PRIVATE = "private_zone"
    INTERNET_ACCESS = "internet_zone"


class NetworkDomain(Recorded, Base):
    """One domain; a classified one (政务内网) may hold stubs only (ARCHITECTURE 2.9)."""

    __tablename__ = "network_domains"
    __table_args__ = (
        UniqueConstraint("code", info={"zh": "网络域已存在", "en": "this domain exists", "field": "code"}),
    )

    code: Mapped[DomainCode] = labelled("代码", choice(DomainCode))
    name: Mapped[str] = labelled("名称")
    classified: Mapped[bool] = labelled("涉密", Boolean, server_default=text("false"))
    isolation: Mapped[str | None] = labelled("隔离方式")
