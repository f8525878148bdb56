"""The target list for collectors, and service discovery for Prometheus."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from inventory.errors import NotAllowed
from service.db import Db
from service.identity import Engineer, Reader, reach_of
from service.watching import document_with_secrets, scrape_groups, target_list

router = APIRouter(tags=["watching"])


class ScrapeGroup(BaseModel):
    """A group of Prometheus's http_sd."""

    targets: list[str]
    labels: dict[str, str]


@router.get("/collector/targets", operation_id="get_collector_targets", summary="采集目标清单",
            response_model=dict[str, Any])  # fmt: skip
def get_collector_targets(
    request: Request, db: Db, caller: Engineer,
    collector: Annotated[str, Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")] = "local",
) -> Response:  # fmt: skip
    """What this collector polls and probes, secrets included: for engineers' tokens only."""
    reach = reach_of(db, caller)
    if reach.agency_ids is not None:
        raise NotAllowed("目标清单含团体字，需要全局范围 / it holds communities: for tokens with an unscoped role")
    document = target_list(db, reach, request.app.state.settings.master_key_path, collector)
    return Response(
        document_with_secrets(document), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


@router.get("/prometheus/targets", operation_id="get_scrape_targets", response_model=list[ScrapeGroup],
            summary="Prometheus 服务发现 (http_sd)")  # fmt: skip
def get_scrape_targets(request: Request, db: Db, caller: Reader) -> Any:
    """Which readings to scrape, labelled from the register; 5xx when the register cannot be read, never []."""
    settings = request.app.state.settings
    return scrape_groups(db, reach_of(db, caller), f"{settings.collector_host}:{settings.collector_port}")
