"""A named secret, sealed."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped

from inventory.base import Base, Recorded, choice, labelled


class CredentialKind(StrEnum):
    """SSH 私钥, or 变量 (passwords and the like, by variable name)."""

    SSH_KEY = "ssh_key"
    VARIABLES = "variables"


class Credential(Recorded, Base):
    """What a run needs to get in somewhere. Its name never changes: the sealed value is bound to it."""

    __tablename__ = "credentials"
    __table_args__ = (
        UniqueConstraint(
            "name", info={"zh": "已有同名凭据", "en": "there is a credential of that name", "field": "name"}
        ),
        CheckConstraint("(kind = 'ssh_key') = (fingerprint IS NOT NULL)", name="fingerprint_of_key"),
    )
    history_omits: ClassVar[frozenset[str]] = frozenset({"ciphertext"})

    name: Mapped[str] = labelled("名称")
    kind: Mapped[CredentialKind] = labelled("类别", choice(CredentialKind))
    agency_id: Mapped[int | None] = labelled("归属单位", ForeignKey("agencies.id"), index=True)
    ciphertext: Mapped[bytes] = labelled("密文", LargeBinary, deferred=True)
    fingerprint: Mapped[str | None] = labelled("公钥指纹")
    created_by: Mapped[str] = labelled("登记人")
    created_at: Mapped[datetime] = labelled("登记时间", server_default=func.now())
    rotated_at: Mapped[datetime | None] = labelled("更换时间")
