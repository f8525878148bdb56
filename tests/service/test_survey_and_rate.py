"""The figure after an import is the one that a reader counts by hand from the workbook."""

import random

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from inventory.accounts import Role
from inventory.indicators import load_indicators
from tests.factories import a_platform, a_tenant, an_agency
from tests.service.conftest import ClientAs
from tests.service.messy_survey import Survey, a_row, a_survey, plant_everything, workbook

IMPORTS = "/api/v1/surveys/imports"


@pytest.mark.parametrize("day", ["2017-03-31", "2017-04-01", "2018-06-30"])
def test_the_rate_after_an_import_equals_a_hand_count(client: TestClient, session: Session, day: str) -> None:
    load_indicators(session)
    agency = an_agency(session, name="示例省厅")
    a_tenant(session, agency, a_platform(session, name="示例政务云"), name="示例租户")
    rng = random.Random(41)
    survey = a_survey(200, rng)
    plant_everything(survey, rng, 1)
    exempt = {row["code"] for row in survey.exemptions} if day >= "2018-01-01" else set()
    good = {row["code"] for row in survey.systems} - survey.bad_codes - exempt

    report = client.post(IMPORTS, files={"file": ("x.xlsx", workbook(survey))}).json()
    faulty = {fault["row"] for fault in client.get(f"{IMPORTS}/{report['id']}").json()["report"]["faults"]
              if "组件" in fault["sheet"]}  # fmt: skip
    answer = client.get(f"/api/v1/indicators/cloud-rate?as_of={day}").json()

    cloud = {
        row["code"] for number, row in enumerate(survey.deployments, 4)
        if number not in faulty and row["mode"] == "云部署" and row["code"] in good and row.get("accepted_on")
    }  # fmt: skip
    counted = len(cloud) if day >= "2017-04-01" else 0
    assert (answer["n"], answer["N"]) == (counted, len(good))


def test_the_page_offers_upload_template_and_export_to_planners_only(client_as: ClientAs) -> None:
    page = client_as(Role.PLANNER).get("/surveys")

    assert page.status_code == 200
    for words in (
        "先检查，不保存",
        "/api/v1/surveys/template",
        "/api/v1/surveys/export",
        "/static/surveys.js",
        "<progress",
    ):
        assert words in page.text
    assert client_as(Role.VIEWER).get("/surveys").status_code == 403


def test_a_declared_move_without_an_accepted_deployment_is_pointed_out(client: TestClient, session: Session) -> None:
    an_agency(session, name="示例省厅")
    a_platform(session)
    row = a_row(1, random.Random(1)) | {"cloud_status": "已上云"}

    done = client.post(IMPORTS, files={"file": ("x.xlsx", workbook(Survey([row])))}).json()
    report = client.get(f"{IMPORTS}/{done['id']}").json()["report"]

    assert [warning["kind"] for warning in report["warnings"]] == ["declared_on_cloud"]
    assert report["stored"] is True
