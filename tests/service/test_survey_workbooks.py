"""Whole workbooks through the reader and into the register: planted faults are named, good rows are stored."""

import random
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory.accounts import Reach
from inventory.business_systems import BusinessSystem, by_code
from inventory.changes import ChangeEvent
from inventory.deployments import Deployment
from inventory.exemptions import Exemption
from inventory.network_domains import DomainCode
from inventory.surveys import HIDDEN, Mode, Options, Report, import_survey, rows_of_register
from service.workbooks import Filling, build, read_workbook
from tests.factories import a_domain, a_host, a_platform, a_tenant, an_agency
from tests.service.messy_survey import Survey, a_row, a_survey, plant_everything, workbook

EVERYTHING = Reach(None)


@pytest.fixture
def register(session: Session) -> Session:
    """The agency, platform and tenant that the sample surveys name."""
    agency = an_agency(session, name="示例省厅")
    platform = a_platform(session, name="示例政务云")
    a_tenant(session, agency, platform, name="示例租户")
    a_tenant(session, an_agency(session, name="外单位"), platform, name="外单位租户")
    a_host(session, agency, name="行政域主机", domain_id=a_domain(session, DomainCode.ADMINISTRATIVE).id)
    session.flush()
    return session


def taken_in(session: Session, content: bytes, reach: Reach = EVERYTHING, **options: Any) -> Report:
    return import_survey(session, read_workbook(content), Options(**options), reach)


def named(report: Report) -> set[tuple[str, int, str, str]]:
    return {(fault.sheet.strip().split(". ")[1], fault.row, fault.column, fault.says.kind) for fault in report.faults}


def count(session: Session, kind: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def test_every_planted_fault_is_named_and_every_good_row_is_stored(register: Session) -> None:
    rng = random.Random(20180630)
    survey = a_survey(400, rng)
    plant_everything(survey, rng, 3)

    report = taken_in(register, workbook(survey, shuffle=rng))

    assert survey.planted <= named(report), survey.planted - named(report)
    follow_up = {fault for fault in named(report) - survey.planted if fault[3] not in ("system_refused", "classified")}
    assert {fault for fault in follow_up if fault[2] not in ("用户数", "行政区划", "主管部门", "层级")} == set()
    stored = set(register.scalars(select(BusinessSystem.code)))
    assert stored == {row["code"] for row in survey.systems} - survey.bad_codes
    for fault in report.faults:
        assert fault.says.zh
        assert fault.says.en
        assert fault.says.remedy_zh
        assert fault.says.remedy_en


def test_untidy_cells_become_clean_values(register: Session) -> None:
    row = a_row(1, random.Random(1)) | {
        "code": "ＳＤ－１", "name": " 示例　系统 ", "phone": 13800138000.0, "user_count": "１,２００",
        "online_on": 43221, "level": "省级",
        "uscc": None, "internet_exposed": "√", "investment": "120.5", "database": "无", "short_name": "无",
        "grading_level": "第三级",
    }  # fmt: skip

    taken_in(register, workbook(Survey([row])))

    system = by_code(register, "SD-1")
    assert (system.name, system.phone, system.user_count) == ("示例系统", "13800138000", 1200)
    assert (system.online_on, system.internet_exposed, system.database) == (date(2018, 5, 1), True, "无")
    assert (system.short_name, system.grading_level, str(system.investment)) == (None, "三级", "120.50")


def test_all_faults_of_a_row_are_reported_together(register: Session) -> None:
    row = a_row(1, random.Random(1)) | {"name": None, "level": "大", "online_on": "2018-02-30", "phone": "张三"}

    report = taken_in(register, workbook(Survey([row])))

    assert [fault.column for fault in report.faults] == ["系统名称", "联系电话", "层级", "上线时间"]
    assert report.sheets["systems"].refused == 1
    assert "省" in report.faults[2].says.remedy_zh


def test_importing_an_export_again_changes_nothing(register: Session) -> None:
    rng = random.Random(7)
    survey = a_survey(60, rng)
    survey.systems.append(
        {
            "code": "涉密-1",
            "agency": "示例省厅",
            "division": "山东省",
            "level": "省",
            "name": "代称",
            "classified": "是",
        }
    )
    survey.exemptions.append({"code": "SD-00001", "document_number": "示例发〔2018〕1号", "reason": "等待"})
    assert not taken_in(register, workbook(survey)).faults
    events = count(register, ChangeEvent)
    rows = rows_of_register(register, EVERYTHING, date(2026, 1, 1))

    report = taken_in(register, build(Filling("示例省厅", "张三", "2026-01-01", rows)))

    assert not report.faults
    assert count(register, ChangeEvent) == events
    assert {key: (tally.added, tally.updated, tally.refused) for key, tally in report.sheets.items()} == {
        "systems": (0, 0, 0), "deployments": (0, 0, 0), "exemptions": (0, 0, 0),
    }  # fmt: skip
    assert report.sheets["systems"].unchanged == 61


def test_missing_dates_mean_since_the_day_of_the_form(register: Session) -> None:
    rows = [
        a_row(1, random.Random(1)) | {"online_on": None},
        a_row(2, random.Random(1)) | {"online_on": None, "cloud_status": "试运行"},
    ]
    deployment = {"code": "SD-00001", "component": "应用", "mode": "托管"}
    exemption = {"code": "SD-00001", "document_number": "示例发1号", "reason": "等待"}

    assert not taken_in(register, workbook(Survey(rows, [deployment], [exemption]))).faults

    assert by_code(register, "SD-00001").online_on == date(2018, 6, 30)
    assert by_code(register, "SD-00002").online_on is None
    assert register.scalars(select(Deployment.valid_from)).all() == [date(2018, 6, 30)]
    assert register.scalars(select(Exemption.valid_from)).all() == [date(2018, 6, 30)]


def test_a_form_without_its_date_is_refused_unless_the_date_is_given(register: Session) -> None:
    content = workbook(Survey([a_row(1, random.Random(1))]), filled="填报日期：　　年　月　日")

    refused = taken_in(register, content)
    taken = taken_in(register, content, filled_on=date(2018, 1, 1))

    assert [fault.says.kind for fault in refused.faults] == ["missing_filled_on"]
    assert refused.sheets["systems"].refused == 1
    assert not taken.faults
    assert taken.sheets["systems"].added == 1


def test_one_bad_row_keeps_an_atomic_import_out_altogether(register: Session) -> None:
    rng = random.Random(3)
    survey = a_survey(5, rng)
    survey.spoil(rng, "level", "大", "unknown_word")

    report = taken_in(register, workbook(survey), mode=Mode.ATOMIC)

    assert not report.stored
    assert count(register, BusinessSystem) == 0


def test_a_dry_run_reports_the_same_and_stores_nothing(register: Session) -> None:
    rng = random.Random(3)
    survey = a_survey(20, rng)
    plant_everything(a_survey(100, rng), rng, 0)
    survey.spoil(rng, "phone", "张三", "bad_phone")
    content = workbook(survey)
    events = count(register, ChangeEvent)

    dry = taken_in(register, content, dry_run=True).as_dict()
    assert count(register, ChangeEvent) == events
    real = taken_in(register, content).as_dict()

    assert dry.pop("dry_run") is True
    assert real.pop("dry_run") is False
    assert (dry.pop("stored"), real.pop("stored")) == (False, True)
    assert dry == real


def test_a_classified_row_with_an_address_leaves_no_trace(register: Session) -> None:
    row = a_row(1, random.Random(1)) | {"code": "密-77", "classified": "是", "ipv4": "198.18.77.77", "name": "暗号系统"}
    deployment = {"code": "密-77", "component": "暗号组件", "mode": "托管"}

    report = taken_in(register, workbook(Survey([row], [deployment])))

    assert {fault.value for fault in report.faults} == {HIDDEN}
    assert "暗号" not in str(report.as_dict())
    assert "198.18" not in str(report.as_dict())
    assert "密-77" not in str(report.as_dict())
    assert count(register, BusinessSystem) == 0


def test_a_stub_needs_only_alias_agency_and_the_mark(register: Session) -> None:
    report = taken_in(register, workbook(Survey([{"code": "S-1", "agency": "示例省厅", "classified": "是"}])))

    assert not report.faults
    system = by_code(register, "S-1")
    assert (system.classified, system.name, system.ipv4, system.online_on) == (True, "S-1", None, None)


def test_another_agencys_row_is_refused_and_tells_nothing(register: Session) -> None:
    rng = random.Random(5)
    assert not taken_in(register, workbook(a_survey(1, rng))).faults
    own = an_agency(register, name="示例另厅")
    rows = [a_row(1, rng, "示例另厅"), a_row(2, rng), a_row(3, rng, "示例另厅")]
    survey = Survey(rows, [{"code": "SD-00001", "component": "新", "mode": "托管"}])

    report = taken_in(register, workbook(survey), Reach(frozenset({own.id})))

    assert {(fault.row, fault.says.kind) for fault in report.faults} == {
        (5, "not_allowed"),
        (6, "not_allowed"),
        (4, "not_allowed"),
    }
    assert report.sheets["systems"].added == 1
    assert "示例系统1" not in str([fault.as_dict() for fault in report.faults if fault.column != "系统名称"])


def test_missing_agencies_sites_and_tenants_are_added_when_asked(register: Session) -> None:
    rng = random.Random(5)
    row = a_row(1, rng, "示例新厅") | {"deployment_place": "示例新机房", "division": "济南市", "level": "市"}
    cloud = {
        "code": "SD-00001",
        "component": "应用",
        "mode": "云部署",
        "platform": "示例政务云",
        "tenant": "新租户",
        "host": "云1",
    }
    room = {"code": "SD-00001", "component": "数据库", "mode": "自建机房", "host": "旧1"}

    refused = taken_in(register, workbook(Survey([row], [cloud, room])))
    taken = taken_in(
        register, workbook(Survey([row], [cloud, room])), create=frozenset({"agencies", "sites", "tenants"})
    )

    assert {fault.says.kind for fault in refused.faults} == {"unknown_agency", "system_refused"}
    assert not taken.faults
    assert taken.created == {"agencies": 1, "tenants": 1, "sites": 1, "hosts": 2, "components": 2}


def test_a_deployment_is_ended_and_the_next_one_opened_by_two_rows(register: Session) -> None:
    rng = random.Random(5)
    row = a_row(1, rng)
    old = {"code": "SD-00001", "component": "应用", "mode": "自建机房", "valid_from": "2016-01-01"}
    assert not taken_in(register, workbook(Survey([row], [old]))).faults
    new = {
        "code": "SD-00001",
        "component": "应用",
        "mode": "云部署",
        "platform": "示例政务云",
        "valid_from": "2018-05-01",
        "accepted_on": "2018-05-02",
    }

    clash = taken_in(register, workbook(Survey([row], [new])))
    moved = taken_in(register, workbook(Survey([row], [old | {"valid_to": "2018-05-01"}, new])))

    assert [fault.says.kind for fault in clash.faults] == ["overlap"]
    assert not moved.faults
    assert (moved.sheets["deployments"].added, moved.sheets["deployments"].updated) == (1, 1)


def test_three_thousand_rows_with_planted_faults_are_taken_in_whole(register: Session) -> None:
    rng = random.Random(2018)
    survey = a_survey(3000, rng)
    plant_everything(survey, rng, 3)
    content = workbook(survey)

    report = taken_in(register, content)

    assert survey.planted <= named(report)
