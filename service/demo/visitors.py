"""Demo users, one per kind of work; their password changes at each start."""

from sqlalchemy import select

from inventory import accounts, divisions
from inventory.accounts import Grant, Role
from inventory.agencies import Agency
from inventory.changes import attribute
from inventory.errors import NotFound
from service.db import Sessions
from service.serving import Visitor

VISITORS = (
    (Visitor("admin", "系统管理员", "administrator"), (Role.ADMINISTRATOR,)),
    (Visitor("planner", "规划人员：指标、普查", "planner: rates and surveys"), (Role.PLANNER,)),
    (Visitor("engineer", "运维工程师：资产、迁移", "engineer: assets and migrations"), (Role.ENGINEER,)),
    (Visitor("approver", "审批人：批准与验收", "approver: approves and accepts"), (Role.APPROVER,)),
    (Visitor("auditor", "审计员：变更历史", "auditor: history"), (Role.AUDITOR,)),
)
DEPARTMENT = Visitor("department", "部门填报人：仅本单位", "department: its own rows only")
HOME = ("370100", "济南市示例单位一")


def renew_visitors(sessions: Sessions, password: str) -> list[Visitor]:
    """Make the demo users that are missing and give all of them this password."""
    with sessions.begin() as session:
        attribute(session, actor="system", reason="示例用户 / demo users")
        division = divisions.by_code(session, HOME[0])
        home = session.scalars(select(Agency.id).where(Agency.division_id == division.id, Agency.name == HOME[1])).one()
        plans: list[tuple[Visitor, list[Grant], int | None]] = [
            (visitor, [Grant(role) for role in roles], None) for visitor, roles in VISITORS
        ]
        plans.append((DEPARTMENT, [Grant(Role.PLANNER, agency_id=home)], home))
        for visitor, grants, agency_id in plans:
            try:
                user = accounts.by_username(session, visitor.username)
            except NotFound:
                user = accounts.create_user(session, visitor.username, visitor.zh, None, agency_id)
                for grant in grants:
                    accounts.grant(session, user, grant)
            accounts.change_password(session, user, password)
        return [visitor for visitor, *_ in plans]
