"""The page where a survey workbook is handed in: choose, check, read what is wrong, store."""

from fastapi import APIRouter, Request, Response

from inventory.accounts import Role
from inventory.errors import NotAllowed
from service.console.layout import PageReader, page

router = APIRouter(include_in_schema=False)


@router.get("/surveys")
def show_surveys(request: Request, caller: PageReader) -> Response:
    """Upload with dry run, progress and result; downloads of template, export and list of faults."""
    if not caller.has(Role.PLANNER, Role.ADMINISTRATOR):
        raise NotAllowed("普查填报需要规划或系统管理角色 / the survey needs the role planner or administrator")
    return page(
        request,
        "surveys.html",
        everywhere=any(grant.division_id is None and grant.agency_id is None for grant in caller.grants),
    )
