"""Creating users, granting roles, logging in, issuing tokens."""

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import func
from sqlalchemy.orm import Session

from inventory.accounts.model import ApiToken, LoginSession, RoleGrant, User
from inventory.accounts.queries import by_username
from inventory.accounts.reach import Grant
from inventory.accounts.secrets import PREFIX, hash_password, new_secret, password_matches
from inventory.errors import Invalid, NotAllowed, NotFound

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
LONGEST_TOKEN = timedelta(days=366)


def create_user(
    session: Session, username: str, display_name: str, password: str | None, agency_id: int | None = None
) -> User:
    """Add a user; without a password it can only use tokens."""
    hashed = hash_password(password) if password is not None else None
    user = User(username=username, display_name=display_name, password_hash=hashed, agency_id=agency_id)
    session.add(user)
    session.flush()
    return user


def grant(session: Session, user: User, wanted: Grant) -> RoleGrant:
    """Give a role in a scope."""
    row = RoleGrant(role=wanted.role, division_id=wanted.division_id, agency_id=wanted.agency_id, user=user)
    session.add(row)
    session.flush()
    return row


def change_password(session: Session, user: User, password: str) -> None:
    """Set a new password, end the user's open sessions and lift a lock: the guesses were at the old password."""
    user.password_hash = hash_password(password)
    user.failed_logins, user.locked_until = 0, None
    session.query(LoginSession).filter_by(user_id=user.id, ended_at=None).update({"ended_at": func.now()})
    session.query(ApiToken).filter_by(user_id=user.id, revoked_at=None).update({"revoked_at": func.now()})
    session.flush()


def log_in(session: Session, username: str, password: str) -> tuple[str, User] | None:
    """A cookie secret for a right password, None for a wrong one; five wrong ones lock the account for 15 minutes."""
    try:
        user = by_username(session, username)
    except NotFound:
        password_matches(None, password)
        return None
    session.refresh(user, with_for_update=True)
    now = datetime.now(UTC)
    if user.locked_until is not None and user.locked_until > now:
        raise NotAllowed("登录失败次数过多，请15分钟后再试 / locked after too many failures, try again in 15 minutes")
    if not password_matches(user.password_hash, password) or not user.active:
        user.failed_logins += 1
        if user.failed_logins >= TRIES:
            user.failed_logins, user.locked_until = 0, now + LOCKED_FOR
        session.flush()
        return None
    user.failed_logins, user.locked_until = 0, None
    secret, hashed = new_secret()
    session.add(LoginSession(user_id=user.id, token_hash=hashed, csrf_token=secrets.token_urlsafe(32)))
    session.flush()
    return secret, user


def log_out(session: Session, hashed: str) -> None:
    """End the session of this cookie hash."""
    session.query(LoginSession).filter_by(token_hash=hashed, ended_at=None).update({"ended_at": func.now()})


def issue_token(session: Session, user: User, name: str, valid_for: timedelta) -> tuple[str, ApiToken]:
    """A new API token; the secret is returned once and never again."""
    if not timedelta(0) < valid_for <= LONGEST_TOKEN:
        raise Invalid("有效期应在1天到366天之间 / valid for 1 to 366 days", field="valid_for")
    secret, hashed = new_secret(PREFIX)
    token = ApiToken(user_id=user.id, name=name, token_hash=hashed, expires_at=datetime.now(UTC) + valid_for)
    session.add(token)
    session.flush()
    return secret, token


def revoke_token(session: Session, token: ApiToken) -> None:
    """End a token now."""
    token.revoked_at = datetime.now(UTC)
    session.flush()
