"""The survey sheet (普查表): its columns, what its cells may hold, and how its rows enter and leave the register."""

from inventory.surveys.actions import CREATABLE, Mode, Options, import_survey
from inventory.surveys.cells import Broken, BrokenKind, as_date
from inventory.surveys.columns import (
    DEPLOYMENTS,
    EXEMPTIONS,
    FORMS,
    KIND_ZH,
    SYSTEMS,
    Column,
    Kind,
    SheetForm,
)
from inventory.surveys.faults import HIDDEN, Fault, Report
from inventory.surveys.model import ImportState, SurveyImport
from inventory.surveys.queries import get_import, rows_of_register
from inventory.surveys.sheets import RawSheet

__all__ = [
    "CREATABLE",
    "DEPLOYMENTS",
    "EXEMPTIONS",
    "FORMS",
    "HIDDEN",
    "KIND_ZH",
    "SYSTEMS",
    "Broken",
    "BrokenKind",
    "Column",
    "Fault",
    "ImportState",
    "Kind",
    "Mode",
    "Options",
    "RawSheet",
    "Report",
    "SheetForm",
    "SurveyImport",
    "as_date",
    "get_import",
    "import_survey",
    "rows_of_register",
]
