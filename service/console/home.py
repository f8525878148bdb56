"""The first page: what there is, and where to go."""

from fastapi import APIRouter, Request, Response
from sqlalchemy import func, select

from inventory.business_systems import BusinessSystem
from inventory.cloud_platforms import CloudPlatform
from inventory.hosts import Host
from service.api.register import NOUNS
from service.console.layout import PageReader, page
from service.db import Db
from service.identity import reach_of

router = APIRouter(include_in_schema=False)


@router.get("/")
def show_home(request: Request, db: Db, caller: PageReader) -> Response:
    """Counts of the caller's part of the register, and the ways in."""
    reach = reach_of(db, caller)
    counts = []
    for zh, en, model, owner, link in (
        ("业务系统", "Business systems", BusinessSystem, BusinessSystem.agency_id, "/register/business-systems"),
        ("主机", "Hosts", Host, Host.agency_id, "/register/hosts"),
        ("政务云平台", "Cloud platforms", CloudPlatform, None, "/register/cloud-platforms"),
    ):
        query = select(func.count()).select_from(model)
        if owner is not None and reach.agency_ids is not None:
            query = query.where(owner.in_(reach.agency_ids))
        counts.append((zh, en, db.scalar(query), link))
    return page(request, "home.html", counts=counts, nouns=NOUNS)
