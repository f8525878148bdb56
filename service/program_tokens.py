"""Tokens of the programs beside us: the collector that fetches its targets, the Prometheus that scrapes."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import accounts
from inventory.accounts import ApiToken, Grant, Role, User
from inventory.changes import attribute
from inventory.errors import Conflict, NotFound
from service.db import Sessions


def fresh_token(sessions: Sessions, username: str, role: Role, days: int = 366) -> str:
    """A new token of the program's own account, made at first use; the tokens it had are revoked.

    Conflict when the account is a person's or does not hold the role: a program gets no more than it was given.
    """
    with sessions.begin() as session:
        attribute(session, actor="system", reason="program's token")
        user = _account(session, username, role)
        for old in session.scalars(select(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))):
            accounts.revoke_token(session, old)
        secret, _ = accounts.issue_token(session, user, role, timedelta(days=days))
        return secret


def _account(session: Session, username: str, role: Role) -> User:
    try:
        user = accounts.by_username(session, username)
    except NotFound:
        user = accounts.create_user(session, username, username, None)
        accounts.grant(session, user, Grant(role))
        return user
    if user.password_hash is not None:
        raise Conflict("这是人员账号，程序须另立账号 / a person's account: give the program its own", username=username)
    if role not in {held.role for held in user.grants}:
        raise Conflict("该账号没有这个角色 / this account does not hold the role", username=username, role=role)
    return user
