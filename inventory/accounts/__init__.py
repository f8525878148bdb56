"""Accounts: people and programs that use the register, what they may do, and in which part of it."""

from inventory.accounts.actions import change_password, create_user, grant, issue_token, log_in, log_out, revoke_token
from inventory.accounts.model import ApiToken, LoginSession, RoleGrant, User
from inventory.accounts.queries import by_username, caller_of_session, caller_of_token
from inventory.accounts.reach import Caller, Grant, Reach, reach
from inventory.accounts.roles import ROLE_ZH, Role

__all__ = [
    "ROLE_ZH",
    "ApiToken",
    "Caller",
    "Grant",
    "LoginSession",
    "Reach",
    "Role",
    "RoleGrant",
    "User",
    "by_username",
    "caller_of_session",
    "caller_of_token",
    "change_password",
    "create_user",
    "grant",
    "issue_token",
    "log_in",
    "log_out",
    "reach",
    "revoke_token",
]
