"""Survey workbooks as they arrive from departments: merged titles, odd spaces, numbers as text, and planted faults."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from inventory.surveys import DEPLOYMENTS, EXEMPTIONS, FORMS, SYSTEMS, SheetForm

FILLED_ON = "填报日期：2018年6月30日"
FIRST_ROW = {SYSTEMS.key: 5, DEPLOYMENTS.key: 4, EXEMPTIONS.key: 4}
Row = dict[str, Any]
NEW_YEAR, APRIL = datetime.fromisoformat("2016-01-01"), datetime.fromisoformat("2017-04-01")
Planter = Callable[["Survey", random.Random], None]


@dataclass
class Survey:
    """Rows by sheet, and the faults that must be named: (sheet title, row, column heading, kind)."""

    systems: list[Row] = field(default_factory=list)
    deployments: list[Row] = field(default_factory=list)
    exemptions: list[Row] = field(default_factory=list)
    planted: set[tuple[str, int, str, str]] = field(default_factory=set)
    bad_codes: set[str] = field(default_factory=set)
    used: set[int] = field(default_factory=set)

    def plant(self, form: SheetForm, place: int, heading: str, kind: str) -> None:
        self.planted.add((form.title, FIRST_ROW[form.key] + place, heading, kind))

    def pick(self, rng: random.Random) -> int:
        """The place of a system row that holds no fault yet."""
        place = rng.choice([place for place in range(len(self.systems)) if place not in self.used])
        self.used.add(place)
        return place

    def spoil(self, rng: random.Random, attribute: str, value: Any, kind: str) -> None:
        """Put a bad value into a system row of its own."""
        place = self.pick(rng)
        self.systems[place][attribute] = value
        self.bad_codes.add(self.systems[place]["code"])
        self.plant(SYSTEMS, place, SYSTEMS.column(attribute).heading, kind)

    def spoil_deployment(self, rng: random.Random, attribute: str, value: Any, kind: str, **also: Any) -> None:
        """Put a bad value into a deployment row of a system that stays good."""
        place = self.pick(rng)
        self.deployments[place] |= {attribute: value} | also
        self.plant(DEPLOYMENTS, place, DEPLOYMENTS.column(attribute).heading, kind)


def a_row(number: int, rng: random.Random, agency: str = "示例省厅") -> Row:
    """A good row of sheet 1, written as untidily as a real one."""
    pad = rng.choice(["", " ", "　", "\u00a0"])
    return {
        "code": f"SD-{number:05d}", "name": f"示例系统{number}{pad}", "agency": f"{pad}{agency}",
        "users_agency": agency,
        "responsible": rng.choice(["张三", "李 四", "王　五"]), "phone": rng.choice([13800138000, "0531-86000000",
            13800138000.0]),
        "division": rng.choice(["山东省", "370000", 370000, "山东省 "]), "level": rng.choice(["省", "省级", " 省",
            "province"]),
        "origin": rng.choice(["已有", "新建"]), "main_business": "网上受理，分级办理", "audience": rng.choice(["公众",
            "企业、机关", "公众/企业"]),
        "user_count": rng.choice([1200, "1,200", "１２００", 1200.0]), "domain": rng.choice(["公共服务域",
            "公共服务域　"]),
        "deployment_mode": rng.choice(["云部署", "自建机房", "托管"]), "deployment_place": "示例机房",
        "operating_system": "Debian 12",
        "database": rng.choice(["PostgreSQL", "无"]), "domestic": "部分国产", "classified": rng.choice(["否", "NO",
            "无"]),
        "grading_level": rng.choice(["二级", "第三级", 3, "未定级"]),
        "online_on": rng.choice([NEW_YEAR, "2016-01-01", "2016/1/1", "2016.1.1", 42370, "20160101",
            "2016年1月1日", "2016年1月"]),
        "investment": rng.choice([120.5, "120.50", "１２０．５", None, "/"]), "cloud_status": rng.choice(["已上云",
            "未上云"]),
        "ipv4": rng.choice(["198.18.0.1", "198.18.0.1、198.18.0.2", None, "—"]), "internet_exposed": rng.choice(["是",
            "√", "无", None]),
    }  # fmt: skip


def a_deployment_row(system: Row, rng: random.Random) -> Row:
    if rng.random() < 0.5:
        return {
            "code": system["code"], "component": "应用", "mode": "云部署", "platform": "示例政务云",
            "tenant": "示例租户",
            "valid_from": "2017-03-01", "accepted_on": rng.choice(["2017-04-01", APRIL,
                42826]),
        }  # fmt: skip
    return {
        "code": system["code"],
        "component": "应用",
        "mode": "自建机房",
        "host": f"{system['code']}-h",
        "valid_from": "2016年1月",
    }


def a_survey(rows: int, rng: random.Random) -> Survey:
    """A survey without a fault: each system has one component in one place."""
    systems = [a_row(number, rng) for number in range(1, rows + 1)]
    return Survey(systems, [a_deployment_row(system, rng) for system in systems])


def workbook(survey: Survey, filled: str = FILLED_ON, shuffle: random.Random | None = None) -> bytes:
    """The survey as a file: title, 填报 lines and headings where people put them; columns in any order if asked."""
    book = Workbook()
    book.remove(book.worksheets[0])
    rows = {SYSTEMS.key: survey.systems, DEPLOYMENTS.key: survey.deployments, EXEMPTIONS.key: survey.exemptions}
    for number, form in enumerate(FORMS, 1):
        sheet = book.create_sheet(f"{number}. {form.title} ")
        _write(sheet, form, rows[form.key], filled, shuffle)
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Worksheet, form: SheetForm, rows: list[Row], filled: str, shuffle: random.Random | None) -> None:
    columns = list(form.columns)
    if shuffle is not None:
        shuffle.shuffle(columns)
    sheet["A1"] = form.title
    sheet.merge_cells("A1:E1")
    sheet["A2"] = f"填报单位（盖章）：示例省厅        填报人：张三     {filled}"
    heading = FIRST_ROW[form.key] - 1
    for place, column in enumerate(columns, 1):
        sheet.cell(heading, place, column.title.replace("(", "（ ").replace(")", "）"))
    for number, row in enumerate(rows, heading + 1):
        for place, column in enumerate(columns, 1):
            cell = sheet.cell(number, place)
            assert not isinstance(cell, MergedCell)
            cell.value = row.get(column.attribute)
    for number in range(heading + len(rows) + 1, heading + len(rows) + 300):
        sheet.cell(number, 1).number_format = "@"


def plant_everything(survey: Survey, rng: random.Random, times: int) -> None:
    """Every kind of fault, each `times` times in rows of its own."""
    for _ in range(times):
        for attribute, value, kind in SYSTEM_FAULTS:
            survey.spoil(rng, attribute, value, kind)
        for attribute, value, kind, also in DEPLOYMENT_FAULTS:
            survey.spoil_deployment(rng, attribute, value, kind, **also)
        for planter in (_duplicate, _overlap, _orphan, _secret, _exemption):
            planter(survey, rng)


SYSTEM_FAULTS: list[tuple[str, Any, str]] = [
    ("name", None, "missing"), ("agency", "没有登记的单位", "unknown_agency"), ("uscc", "123", "bad_uscc"), ("level",
        "市", "level_mismatch"),
    ("level", "大", "unknown_word"), ("origin", "外星", "unknown_word"), ("division", "无此地", "unknown_division"),
    ("division", "市中区", "ambiguous_division"), ("division", "垦利县", "division_ended"), ("user_count", "十来个",
        "bad_number"),
    ("user_count", -5, "negative"), ("user_count", 10**12, "too_large"), ("cpu_cores", "1.5", "not_whole"), ("domain",
        "外太空", "unknown_domain"),
    ("domain", "政务内网", "classified_domain"), ("online_on", "2018-02-30", "impossible_date"), ("online_on", "去年",
        "bad_date"),
    ("approved_on", 5, "date_out_of_range"), ("offline_on", "2001-01-01", "ends_before_start"), ("grading_level",
        "九级", "unknown_word"),
    ("phone", "打给张三", "bad_phone"), ("url", "见附件", "bad_url"), ("ipv4", "198.18.0.300", "bad_ipv4"), ("ipv6",
        "198.18.0.1", "bad_ipv6"),
    ("audience", "火星人", "unknown_word"), ("classified", "也许", "unknown_word"), ("remarks", "长" * 5000,
        "too_long"), ("database", "#REF!", "formula_error"),
    ("storage_tib", "=1+1", "formula_without_value"),
]  # fmt: skip
CLOUD = {
    "mode": "云部署",
    "platform": "示例政务云",
    "tenant": "示例租户",
    "host": None,
    "valid_from": "2017-03-01",
    "accepted_on": None,
    "valid_to": None,
}
OWN = {"mode": "自建机房", "platform": None, "tenant": None, "valid_from": "2017-03-01", "accepted_on": None}
DEPLOYMENT_FAULTS: list[tuple[str, Any, str, Row]] = [
    ("mode", "漂浮", "unknown_word", {"platform": None, "tenant": None}), ("platform", None, "no_platform",
        CLOUD | {"tenant": None, "platform": None}),
    ("platform", "没有的云", "unknown_platform", CLOUD | {"platform": "没有的云"}), ("platform", "示例政务云",
        "platform_not_cloud", OWN | {"platform": "示例政务云"}),
    ("tenant", "没有的租户", "unknown_tenant", CLOUD | {"tenant": "没有的租户"}), ("tenant", "外单位租户",
        "foreign_tenant", CLOUD | {"tenant": "外单位租户"}),
    ("valid_to", "2017-03-01", "ends_before_start", CLOUD | {"valid_to": "2017-03-01"}), ("accepted_on", "2017-01-01",
        "accepted_before_start", CLOUD | {"accepted_on": "2017-01-01"}),
    ("host", "行政域主机", "domain_conflict", OWN | {"host": "行政域主机"}), ("component", None, "missing", {}),
]  # fmt: skip


def _duplicate(survey: Survey, rng: random.Random) -> None:
    first, second = sorted((survey.pick(rng), survey.pick(rng)))
    survey.bad_codes.add(survey.systems[second]["code"])
    survey.systems[second]["code"] = survey.systems[first]["code"]
    survey.plant(SYSTEMS, second, "系统编码", "duplicate")
    survey.plant(DEPLOYMENTS, second, "系统编码", "unknown_system")


def _overlap(survey: Survey, rng: random.Random) -> None:
    place = survey.pick(rng)
    survey.deployments.append(survey.deployments[place] | OWN | {"host": None, "valid_from": "2018-01-01"})
    survey.plant(DEPLOYMENTS, len(survey.deployments) - 1, "起始日期", "overlap")


def _orphan(survey: Survey, rng: random.Random) -> None:
    survey.deployments.append(
        {"code": f"没有-{rng.random()}", "component": "应用", "mode": "托管", "valid_from": "2018-01-01"}
    )
    survey.plant(DEPLOYMENTS, len(survey.deployments) - 1, "系统编码", "unknown_system")


def _secret(survey: Survey, rng: random.Random) -> None:
    place = survey.pick(rng)
    survey.systems[place] |= {"classified": "是", "ipv4": "198.18.77.77", "remarks": "不可外传的内容"}
    survey.bad_codes.add(survey.systems[place]["code"])
    survey.plant(SYSTEMS, place, "是否涉密", "classified")


def _exemption(survey: Survey, rng: random.Random) -> None:
    code = survey.systems[survey.pick(rng)]["code"]
    survey.exemptions.append(
        {"code": code, "document_number": "示例发〔2018〕1号", "valid_from": "2018-01-01", "reason": "等待统建"}
    )
    survey.exemptions.append(
        {"code": code, "document_number": "示例发〔2018〕2号", "valid_from": "2018-03-01", "reason": "又一次"}
    )
    survey.plant(EXEMPTIONS, len(survey.exemptions) - 1, "起始日期", "overlap")
