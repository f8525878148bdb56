"""Users, their grants, console sessions and API tokens."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from inventory.accounts.roles import Role
from inventory.base import Base, Recorded, choice, labelled


class User(Recorded, Base):
    """A person or program with a name of its own; the password is an argon2 hash."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("username", info={"zh": "用户名已存在", "en": "this user exists", "field": "username"}),
        CheckConstraint("username ~ '^[a-z0-9][a-z0-9._-]{1,63}$'", name="username",
                        info={"zh": "用户名只含小写字母、数字和 . _ -", "en": "lower-case letters, digits, . _ -"}),
    )  # fmt: skip
    history_omits: ClassVar[frozenset[str]] = frozenset({"password_hash"})

    username: Mapped[str] = labelled("用户名")
    display_name: Mapped[str] = labelled("姓名")
    agency_id: Mapped[int | None] = labelled("所属单位", ForeignKey("agencies.id"), index=True)
    password_hash: Mapped[str | None] = labelled("口令")
    active: Mapped[bool] = labelled("启用", Boolean, server_default=text("true"))
    failed_logins: Mapped[int] = labelled("连续失败次数", Integer, server_default=text("0"))
    locked_until: Mapped[datetime | None] = labelled("锁定至")
    grants: Mapped[list["RoleGrant"]] = relationship(back_populates="user", lazy="selectin")


class RoleGrant(Recorded, Base):
    """A role for everything (no scope), for a division's subtree, or for an agency's subtree."""

    __tablename__ = "role_grants"
    __table_args__ = (
        CheckConstraint("num_nonnulls(division_id, agency_id) <= 1", name="one_scope",
                        info={"zh": "范围只能是区划或单位之一", "en": "one scope: division or agency"}),
        Index("uq_role_grants_scope", "user_id", "role", text("coalesce(division_id, 0)"),
              text("coalesce(agency_id, 0)"), unique=True),
    )  # fmt: skip

    user_id: Mapped[int] = labelled("用户", ForeignKey("users.id"))
    role: Mapped[Role] = labelled("角色", choice(Role))
    division_id: Mapped[int | None] = labelled("区划范围", ForeignKey("divisions.id"))
    agency_id: Mapped[int | None] = labelled("单位范围", ForeignKey("agencies.id"))
    user: Mapped[User] = relationship(back_populates="grants")


class ApiToken(Recorded, Base):
    """A program's key: shown once, stored as a hash, always with an end."""

    __tablename__ = "api_tokens"
    __table_args__ = (UniqueConstraint("token_hash"),)
    history_omits: ClassVar[frozenset[str]] = frozenset({"token_hash"})

    user_id: Mapped[int] = labelled("用户", ForeignKey("users.id"), index=True)
    name: Mapped[str] = labelled("用途")
    token_hash: Mapped[str] = labelled("令牌")
    expires_at: Mapped[datetime] = labelled("到期时间")
    revoked_at: Mapped[datetime | None] = labelled("吊销时间")


class LoginSession(Base):
    """A browser that logged in; the cookie holds a secret, this row its hash."""

    __tablename__ = "login_sessions"
    __table_args__ = (UniqueConstraint("token_hash"),)

    user_id: Mapped[int] = labelled("用户", ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = labelled("会话")
    csrf_token: Mapped[str] = labelled("表单令牌")
    created_at: Mapped[datetime] = labelled("登录时间", server_default=text("now()"))
    last_seen_at: Mapped[datetime] = labelled("最近活动", server_default=text("now()"))
    ended_at: Mapped[datetime | None] = labelled("退出时间")
