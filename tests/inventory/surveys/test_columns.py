"""The columns are declared once; the reference page and the register's own columns agree with them."""

from pathlib import Path

from inventory.business_systems import BusinessSystem
from inventory.surveys import FORMS, KIND_ZH, SYSTEMS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "survey-columns.md"
RESOLVED = {"agency", "uscc", "division", "domain"}


def test_every_column_of_sheet_one_has_a_place_in_the_register() -> None:
    stored = set(BusinessSystem.__table__.columns.keys())

    assert {column.attribute for column in SYSTEMS.columns} - RESOLVED <= stored


def test_the_reference_page_lists_every_column_as_declared() -> None:
    page = PAGE.read_text(encoding="utf-8")

    for form in FORMS:
        for column in form.columns:
            words = "、".join(column.allowed) if column.words else column.note
            line = f"| {column.heading} | {KIND_ZH[column.kind]} | {'★' if column.must else ''} | {words} |"
            assert line in page, line
