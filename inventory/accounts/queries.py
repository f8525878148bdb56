"""From a bearer secret to a caller."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from inventory.accounts.model import ApiToken, LoginSession, User
from inventory.accounts.reach import Caller, Grant
from inventory.accounts.secrets import fingerprint
from inventory.errors import NotFound

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)


def by_username(session: Session, username: str) -> User:
    """The user of that name."""
    if user := session.scalar(select(User).where(User.username == username)):
        return user
    raise NotFound("没有这个用户 / no such user", username=username)


def caller_of(user: User) -> Caller:
    """The caller a user is."""
    grants = tuple(Grant(grant.role, grant.division_id, grant.agency_id) for grant in user.grants)
    return Caller(user.id, user.username, grants, user.agency_id)


def caller_of_token(session: Session, token: str) -> Caller:
    """The caller behind an API token that has not expired and was not revoked; NotFound says which."""
    row = session.execute(
        select(ApiToken, ApiToken.expires_at <= func.now()).where(ApiToken.token_hash == fingerprint(token))
    ).one_or_none()
    if row is None:
        raise NotFound("令牌无效 / unknown token")
    if row[1]:
        raise NotFound("令牌已过期 / this token has expired", expired_at=row[0].expires_at.isoformat())
    user = session.get_one(User, row[0].user_id)
    if row[0].revoked_at is not None or not user.active:
        raise NotFound("令牌已吊销 / this token was revoked")
    return caller_of(user)


def caller_of_session(session: Session, cookie: str) -> tuple[Caller, str]:
    """The caller behind a console cookie, and the session's CSRF token; an idle session ends after 30 minutes."""
    now = func.now()
    live = (
        select(LoginSession)
        .where(LoginSession.token_hash == fingerprint(cookie), LoginSession.ended_at.is_(None))
        .where(LoginSession.last_seen_at > now - IDLE, LoginSession.created_at > now - LONGEST)
    )
    login = session.scalar(live)
    if login is None or not (user := session.get_one(User, login.user_id)).active:
        raise NotFound("会话已结束，请重新登录 / the session has ended, log in again")
    stale = LoginSession.last_seen_at < now - timedelta(minutes=1)
    session.execute(update(LoginSession).where(LoginSession.id == login.id, stale).values(last_seen_at=now))
    return caller_of(user), login.csrf_token
