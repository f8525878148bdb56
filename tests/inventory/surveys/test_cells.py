"""What single cells mean, and what they are refused for."""

from datetime import date, datetime
from typing import Any

import pytest

from inventory.surveys import SYSTEMS, as_date
from inventory.surveys.faults import Unfit
from inventory.surveys.reading import value_of
from inventory.surveys.sheets import RawSheet, heading_key, lay, read_header

MAY_DAY = date(2018, 5, 1)


@pytest.mark.parametrize(
    "written",
    [
        "2018-05-01", "2018/5/1", "2018.5.1", "20180501", "2018年5月1日", "2018 年 5 月 1 日", "2018年5月", "2018-05",
        43221,
        43221.0, "43221", 20180501, datetime.fromisoformat("2018-05-01"), "２０１８－０５－０１", "2018-05-01 00:00:00",
        "　2018-05-01 ",
    ],
)  # fmt: skip
def test_every_way_of_writing_a_day_is_understood(written: Any) -> None:
    assert as_date(written) == MAY_DAY


@pytest.mark.parametrize(
    ("attribute", "written", "kind"),
    [
        ("online_on", "2018-02-30", "impossible_date"), ("online_on", "20181301", "impossible_date"), ("online_on",
            2018, "date_out_of_range"),
        ("online_on", True, "bad_date"), ("user_count", "1,20", "bad_number"), ("user_count", "-1", "negative"),
        ("user_count", "1e12", "too_large"), ("memory_gib", "15.5", "not_whole"), ("level", "大", "unknown_word"),
        ("phone", "找张三", "bad_phone"), ("url", "见附件", "bad_url"), ("url", "a.gov.cn:99999", "bad_url"), ("ipv4",
            "10.1.2.300", "bad_ipv4"),
        ("ipv6", "10.1.2.3", "bad_ipv6"), ("uscc", "11370000004502B0X8", "bad_uscc"), ("code", "a b", "bad_code"),
        ("name", "—", "missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_a_remedy(attribute: str, written: Any, kind: str) -> None:
    with pytest.raises(Unfit) as refused:
        value_of(written, SYSTEMS.column(attribute))

    assert refused.value.says.kind == kind
    assert refused.value.says.remedy_zh
    assert refused.value.says.remedy_en


@pytest.mark.parametrize(
    ("attribute", "written", "meant"),
    [
        ("user_count", "１,２００", 1200), ("user_count", "1，200", 1200), ("phone", 13800138000.0, "13800138000"),
        ("short_name", "无", None),
        ("database", "无", "无"), ("collaborative", "无", False), ("collaborative", "√", True), ("collaborative", "/",
            None),
        ("code", 1001.0, "1001"), ("responsible", "李　四", "李四"), ("audience", "企业,公众", "公众、企业"),
        ("grading_level", "第三级", "三级"),
        ("ipv4", "10.1.2.3；10.1.2.4", "10.1.2.3、10.1.2.4"), ("remarks", "标点，保持；原样。", "标点，保持；原样。"),
    ],
)  # fmt: skip
def test_untidy_content_is_made_tidy(attribute: str, written: Any, meant: Any) -> None:
    assert value_of(written, SYSTEMS.column(attribute)) == meant


@pytest.mark.parametrize("heading", ["★ 层级（省/市/县）", "层级*", "1.层级", " 层 级 ", "层级(必填)"])
def test_headings_are_recognised_whatever_stands_around_them(heading: str) -> None:
    assert heading_key(heading) == "层级"


def test_a_heading_in_another_unit_and_a_heading_given_twice_are_refused() -> None:
    heads = [column.title for column in SYSTEMS.columns if column.attribute != "investment"]

    laid = lay(RawSheet("普查", [(3, [*heads, "建设投资（元）", "系统名称", "体重"])]), SYSTEMS)

    assert laid is not None
    assert [fault.says.kind for fault in laid.faults] == ["wrong_unit", "duplicate_column"]
    assert [warning.says.kind for warning in laid.warnings] == ["unknown_column"]


@pytest.mark.parametrize(
    "line",
    [
        ["填报单位（盖章）：示例厅   填报人：张三   填报日期：2018年5月1日  单位：万元"],
        ["填报单位(盖章)", "示例厅", None, "填报人：张三", None, "填报日期：", datetime.fromisoformat("2018-05-01")],
        ["填报单位：", "示例厅", "填报人：", "张三", "填报日期：2018-05-01"],
    ],
)
def test_the_lines_above_the_table_are_read_from_one_cell_or_several(line: list[Any]) -> None:
    heads = [column.title for column in SYSTEMS.columns]

    laid = lay(RawSheet("普查", [(1, ["普查表"]), (2, line), (4, heads)]), SYSTEMS)

    assert laid is not None
    header = read_header(laid)
    assert (header.filled_by, header.filler, header.filled_on) == ("示例厅", "张三", MAY_DAY)
