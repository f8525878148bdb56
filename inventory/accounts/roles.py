"""The six roles; each is granted for everything, a division's subtree, or an agency's."""

from enum import StrEnum


class Role(StrEnum):
    """What a person may do; reading comes with every role but is bounded by its scope."""

    VIEWER = "viewer"
    PLANNER = "planner"
    ENGINEER = "engineer"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ROLE_ZH = {
    Role.VIEWER: "查看",
    Role.PLANNER: "规划",
    Role.ENGINEER: "运维",
    Role.APPROVER: "审批",
    Role.ADMINISTRATOR: "系统管理",
    Role.AUDITOR: "审计",
}
