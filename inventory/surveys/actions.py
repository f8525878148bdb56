"""Taking in a survey workbook: check every row, store the good ones, say what is wrong with the others."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.accounts.reach import Reach
from inventory.errors import Invalid
from inventory.surveys import deployments, exemptions, systems
from inventory.surveys.cells import Broken, as_code, is_blank
from inventory.surveys.columns import DEPLOYMENTS, EXEMPTIONS, FORMS, SYSTEMS
from inventory.surveys.exemptions import ExemptionRow
from inventory.surveys.faults import Fault, Report, Says, Tally, Unfit
from inventory.surveys.findings import findings
from inventory.surveys.owners import Owners
from inventory.surveys.placed import DeploymentRow
from inventory.surveys.register import Register, load, load_hosts_of, load_systems
from inventory.surveys.sheets import Laid, RawSheet, Row, read_header, recognise
from inventory.surveys.storing import store_bodies, store_deployments, store_exemptions, store_machines, store_systems
from inventory.surveys.stubs import hidden
from inventory.surveys.systems import SystemRow

# "ywsv": two imports at once go one after the other, so that neither meets the other's half-written rows.
LOCK = 0x79777376
EXAMPLE = "示例行"  # the code of the template's own rows; real codes may well begin with 示例
CREATABLE = frozenset({"agencies", "sites", "tenants"})
Progress = Callable[[int, int], None]


class Mode(StrEnum):
    """原子: all rows or none; 部分: the good rows."""

    ATOMIC = "atomic"
    PARTIAL = "partial"


@dataclass(frozen=True)
class Options:
    """How a workbook is to be taken in; `filled_on` stands in for a 填报日期 that the sheet lacks."""

    mode: Mode = Mode.PARTIAL
    dry_run: bool = False
    create: frozenset[str] = frozenset()
    filled_on: date | None = None


def import_survey(
    session: Session,
    sheets: Sequence[RawSheet],
    options: Options,
    reach: Reach,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Check and store a workbook; the report lists every fault. Invalid if it is not a survey workbook at all."""
    laid = recognise(sheets)
    if not laid:
        raise Invalid(
            "工作簿中没有找到普查表的列标题（前20行内应有“系统编码”“系统名称”等列），请使用模板填写 / "
            "no sheet has the survey's headings within its first 20 rows; use the template",
            sheets=[sheet.title for sheet in sheets][:20],
        )
    report = Report(options.mode, options.dry_run)
    day = _look_over(laid, options, report)
    rows = {key: _rows(sheet, report.sheets[key]) for key, sheet in laid.items()}
    if report.faults or day is None:
        for tally in report.sheets.values():
            tally.refused = tally.read
        return report
    session.execute(text("SELECT set_config('lock_timeout', '600s', true), set_config('statement_timeout', '0', true)"))
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    register = load(session, day, reach, options.create)
    _Import(session, register, options, report, progress).run(rows)
    return report


def _look_over(laid: dict[str, Laid], options: Options, report: Report) -> date | None:
    """Faults of the sheets as a whole, and the day that stands for missing dates."""
    headers = [read_header(laid[form.key]) for form in FORMS if form.key in laid]
    report.filled_by = next((header.filled_by for header in headers if header.filled_by), None)
    report.filler = next((header.filler for header in headers if header.filler), None)
    day = options.filled_on or next((header.filled_on for header in headers if header.filled_on), None)
    report.filled_on = day.isoformat() if day else None
    for form in FORMS:
        if (sheet := laid.get(form.key)) is None:
            report.warnings.append(Fault("", 0, "", form.title, "", Says(
                "missing_sheet", f"没有找到工作表“{form.title}”，只导入其余各表",
                f"there is no sheet {form.title}; the others were read",
                "如需填报请使用模板", "use the template if you need it",
            )))  # fmt: skip
            continue
        report.sheets[form.key] = Tally()
        report.faults += sheet.faults
        report.warnings += [*sheet.warnings, *_concealed(sheet)]
    if day is None:
        first = next(iter(laid.values()))
        written = next((header.date_words for header in headers if header.date_words), "")
        report.faults.append(Fault(first.raw.title, 1, "", "填报日期", written or "", Says(
            "missing_filled_on", "表头没有填写填报日期，或填写的不是日期",
            "the form does not say when it was filled in (填报日期)",
            "请在标题下方填写“填报日期：2018年6月30日”，或导入时指定填报日期(--filled-on)",
            "write it above the table, or give --filled-on",
        )))  # fmt: skip
    return day


def _concealed(sheet: Laid) -> list[Fault]:
    """Hidden sheets and rows are read like the others, but not silently."""
    found = []
    if sheet.raw.hidden:
        found.append(
            Says(
                "hidden_sheet",
                "该工作表是隐藏的，已照常读取",
                "this sheet is hidden; it was read",
                "请确认内容",
                "make sure it is meant",
            )
        )
    if sheet.raw.hidden_rows:
        found.append(Says("hidden_rows", f"有{sheet.raw.hidden_rows}个隐藏行，已照常读取",
            f"{sheet.raw.hidden_rows} hidden rows were read",
                          "请确认内容", "make sure they are meant"))  # fmt: skip
    return [Fault(sheet.raw.title, 0, "", "", "", says) for says in found]


def _rows(sheet: Laid, tally: Tally) -> list[Row]:
    """The rows to read, without the template's own example."""
    kept = []
    for row in sheet.rows():
        if str(row.raw.get("code") or "").strip() == EXAMPLE:
            tally.examples += 1
        else:
            kept.append(row)
    tally.read = len(kept)
    return kept


def _code_of(row: Row) -> str | None:
    """The row's system code, if it can be told."""
    raw, column = row.raw.get("code"), row.form.column("code")
    try:
        return None if isinstance(raw, Broken) or is_blank(raw, column) else as_code(raw, column)
    except Unfit:
        return None


def _refuse_twin(item: SystemRow, same: list[Row]) -> None:
    """Of several rows with one code the first stands, with a warning; the others are refused and name it."""
    if len(same) < 2:  # noqa: PLR2004 -- a twin is a second one
        return
    if item.row is same[0]:
        others = "、".join(str(row.number) for row in same[1:])
        item.warnings.append(item.row.fault("code", Says(
            "duplicated", f"第{others}行也填了这个编码，已拒绝", f"row {others} has the same code and was refused",
            "请核对哪一行是对的", "make sure that this is the right one",
        )))  # fmt: skip
        return
    fault = item.row.fault("code", Says(
        "duplicate", f"系统编码与第{same[0].number}行重复", f"the same code stands in row {same[0].number}",
        "请核对编码，一个系统只填一行", "one row per system: check the codes",
    ))  # fmt: skip
    item.faults.append(hidden(fault) if item.secret else fault)


class _Import:
    """One run over the rows of all sheets."""

    STEP = 200

    def __init__(
        self, session: Session, register: Register, options: Options, report: Report, progress: Progress
    ) -> None:
        self.session, self.register, self.options = session, register, options
        self.report, self.progress = report, progress
        self.done, self.total = 0, 0

    def run(self, rows: dict[str, list[Row]]) -> None:
        self.total = sum(map(len, rows.values()))
        load_systems(
            self.session, self.register, {code for sheet in rows.values() for row in sheet if (code := _code_of(row))}
        )
        found = self._systems(rows.get(SYSTEMS.key, []))
        owners = self._owners(found)
        load_hosts_of(self.session, self.register, self._agencies(owners))
        placed = deployments.check_all(rows.get(DEPLOYMENTS.key, []), owners)
        self._tick(len(placed))
        exempt = exemptions.check_all(rows.get(EXEMPTIONS.key, []), owners)
        self._tick(len(exempt))
        for key, items in ((SYSTEMS.key, found), (DEPLOYMENTS.key, placed), (EXEMPTIONS.key, exempt)):
            self._note(key, items)
        self._store(
            [item for item in found if not item.faults], [item for item in placed if not item.faults],
            [item for item in exempt if not item.faults],
        )  # fmt: skip

    def _tick(self, rows: int) -> None:
        self.done += rows
        self.progress(self.done, self.total)

    def _systems(self, rows: list[Row]) -> list[SystemRow]:
        by_code: dict[str, list[Row]] = defaultdict(list)
        found: list[SystemRow] = []
        for number, row in enumerate(rows, 1):
            code = _code_of(row)
            found.append(systems.check(row, code or "", self.register))
            if code is not None:
                by_code[code].append(row)
            if number % self.STEP == 0:
                self._tick(self.STEP)
        self._tick(len(rows) % self.STEP)
        for item in found:
            _refuse_twin(item, by_code.get(item.code, []))
        return found

    def _owners(self, found: list[SystemRow]) -> Owners:
        owners = Owners(self.register)
        for item in found:
            if item.secret:
                owners.secret.add(item.code)
            if not item.faults:
                owners.passed[item.code] = item
            elif item.code and item.code not in owners.passed:
                owners.refused[item.code] = item.row.number
        return owners

    def _agencies(self, owners: Owners) -> list[Any]:
        bodies = self.register.bodies.by_id
        registered = [bodies[system.agency_id] for system in self.register.systems.values()]
        return list({*registered, *(item.agency for item in owners.passed.values() if item.agency is not None)})

    def _note(self, key: str, items: Sequence[SystemRow | DeploymentRow | ExemptionRow]) -> None:
        """Faults into the report; warnings only of rows that pass."""
        for item in items:
            self.report.faults += item.faults
            if item.faults:
                self.report.sheets[key].refused += 1
            else:
                self.report.warnings += item.warnings

    def _store(self, found: list[SystemRow], placed: list[DeploymentRow], exempt: list[ExemptionRow]) -> None:
        """Write in a savepoint; a dry run, or an atomic import with a fault, takes it back."""
        report, tallies = self.report, self.report.sheets
        keep = not self.options.dry_run and not (self.options.mode is Mode.ATOMIC and report.faults)
        with self.session.begin_nested() as savepoint:
            created = store_bodies(self.session, found)
            store_systems(self.session, found, tallies.get(SYSTEMS.key, Tally()))
            created |= store_machines(self.session, self.register, placed)
            created |= store_deployments(self.session, placed, tallies.get(DEPLOYMENTS.key, Tally()))
            store_exemptions(self.session, exempt, tallies.get(EXEMPTIONS.key, Tally()))
            report.created = {noun: number for noun, number in created.items() if number}
            report.warnings += findings(found, placed, exempt, self.register)
            if not keep:
                savepoint.rollback()
        report.stored = keep
