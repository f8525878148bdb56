"""Users, grants and tokens by API; log-in for the CLI (a short-lived token for a password)."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy import select

from inventory import accounts
from inventory.accounts import ApiToken, Caller, Grant, Role, User
from inventory.changes import attribute
from inventory.errors import NotAllowed, NotFound
from service.api.manner.shapes import Identifier, Words
from service.db import Db
from service.identity import Administrator, Reader, public, reach_of
from service.problems import TITLES, problem

router = APIRouter(tags=["accounts"])
CLI_TOKEN = timedelta(hours=12)
Strict = ConfigDict(extra="forbid")


class GrantShape(BaseModel):
    """A role, for everything or for one division's or agency's subtree."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    role: Role
    division_id: Identifier | None = None
    agency_id: Identifier | None = None


class UserIn(BaseModel):
    """A user to create."""

    model_config = Strict

    username: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9._-]{1,63}$")]
    display_name: Words
    password: SecretStr | None = Field(default=None, min_length=10, max_length=200)
    agency_id: Identifier | None = None
    grants: list[GrantShape] = Field(default_factory=list, max_length=50)


class UserOut(BaseModel):
    """A user, without any secret."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    username: str
    display_name: str
    agency_id: int | None
    active: bool
    grants: list[GrantShape]


class LogIn(BaseModel):
    """Name and password."""

    model_config = Strict

    username: Annotated[str, Field(max_length=64)]
    password: SecretStr = Field(max_length=200)


class TokenIn(BaseModel):
    """A token to issue for the caller itself."""

    model_config = Strict

    name: Words
    days: Annotated[int, Field(ge=1, le=366)] = 30


class TokenOut(BaseModel):
    """A token; the secret is here once and never again."""

    id: int
    token: str
    expires_at: datetime


class TokenRow(BaseModel):
    """A token as listed: no secret."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    expires_at: datetime
    revoked_at: datetime | None


def _out(token: str, row: ApiToken) -> TokenOut:
    return TokenOut(id=row.id, token=token, expires_at=row.expires_at)


@router.post("/login", operation_id="log_in", response_model=TokenOut, summary="以口令换取短期令牌")
@public
def log_in(wanted: LogIn, db: Db) -> Any:
    """A token for half a day; wrong names and wrong passwords answer alike. A refusal is still counted."""
    attribute(db, actor=wanted.username[:64].replace("\x00", ""))
    found = accounts.log_in(db, wanted.username.replace("\x00", ""), wanted.password.get_secret_value())
    if found is None:
        # Returned, not raised: the failed try must be committed, or nobody is ever locked out.
        return problem(401, *TITLES[401], "用户名或口令不符 / wrong name or password")
    return _out(*accounts.issue_token(db, found[1], "login", CLI_TOKEN))


@router.get("/me", operation_id="get_me", response_model=UserOut, summary="我是谁")
def get_me(db: Db, caller: Reader) -> Any:
    """The caller's own user and grants."""
    return db.get_one(User, caller.user_id)


@router.get("/users", operation_id="list_users", response_model=list[UserOut], summary="用户：列表")
def list_users(db: Db, caller: Administrator) -> Any:
    """All users, for an administrator of everything."""
    _unscoped(db, caller)
    return db.scalars(select(User).order_by(User.username)).all()


@router.post("/users", operation_id="create_user", response_model=UserOut, status_code=201, summary="用户：新建")
def create_user(wanted: UserIn, db: Db, caller: Administrator) -> Any:
    """Add a user with its grants."""
    _unscoped(db, caller)
    password = wanted.password.get_secret_value() if wanted.password else None
    user = accounts.create_user(db, wanted.username, wanted.display_name, password, wanted.agency_id)
    for grant in wanted.grants:
        accounts.grant(db, user, Grant(grant.role, grant.division_id, grant.agency_id))
    db.refresh(user)
    return user


@router.post("/tokens", operation_id="issue_token", response_model=TokenOut, status_code=201, summary="令牌：签发")
def issue_token(wanted: TokenIn, db: Db, caller: Reader) -> Any:
    """A token with the caller's own roles; shown once."""
    user = db.get_one(User, caller.user_id)
    return _out(*accounts.issue_token(db, user, wanted.name, timedelta(days=wanted.days)))


@router.get("/tokens", operation_id="list_tokens", response_model=list[TokenRow], summary="令牌：列表")
def list_tokens(db: Db, caller: Reader) -> Any:
    """The caller's own tokens."""
    return db.scalars(select(ApiToken).where(ApiToken.user_id == caller.user_id).order_by(ApiToken.id)).all()


@router.delete("/tokens/{token_id}", operation_id="revoke_token", status_code=204, summary="令牌：吊销")
def revoke_token(token_id: Identifier, db: Db, caller: Reader) -> None:
    """End one of the caller's own tokens now."""
    token = db.get(ApiToken, token_id)
    if token is None or token.user_id != caller.user_id:
        raise NotFound("没有这个令牌 / no such token of yours", token=token_id)
    accounts.revoke_token(db, token)


def _unscoped(db: Db, caller: Caller) -> None:
    if reach_of(db, caller, Role.ADMINISTRATOR).agency_ids is not None:
        raise NotAllowed("用户管理需要全局范围 / users are managed by an unscoped administrator")
