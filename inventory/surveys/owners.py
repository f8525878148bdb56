"""Which system a row of sheet 2 or 3 belongs to, and whether that system may take it."""

from dataclasses import dataclass, field

from inventory.agencies.model import Agency
from inventory.business_systems.model import BusinessSystem
from inventory.surveys.faults import HIDDEN, Fault, Says
from inventory.surveys.register import Register
from inventory.surveys.sheets import Row
from inventory.surveys.stubs import OF_CLASSIFIED
from inventory.surveys.systems import SystemRow


@dataclass
class Owner:
    """A system that is in the register, or will be when sheet 1 is stored."""

    code: str
    agency: Agency
    domain_id: int | None
    existing: BusinessSystem | None
    row: SystemRow | None = None


@dataclass
class Owners:
    """Systems by code: those of sheet 1 that pass, and those of the register."""

    register: Register
    passed: dict[str, SystemRow] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    secret: set[str] = field(default_factory=set)

    def of(self, row: Row, code: str) -> Owner | Fault:
        """The owner, or why there is none."""
        held = self.register.systems.get(code)
        if code in self.secret or (held is not None and held.classified and code not in self.passed):
            return row.fault("code", OF_CLASSIFIED, HIDDEN)
        if code in self.passed:
            found = self.passed[code]
            assert found.agency is not None
            return Owner(code, found.agency, found.domain.id if found.domain else None, found.existing, found)
        if held is None:
            return row.fault("code", self._unknown(code))
        if not self.register.bodies.reach.covers(held.agency_id):
            return row.fault("code", Says(
                "not_allowed", "该系统不在您的授权范围内",
                "this system is outside the part of the register that you may write",
                "请由该单位填报", "let that agency hand it in",
            ))  # fmt: skip
        return Owner(code, self.register.bodies.by_id[held.agency_id], held.domain_id, held)

    def _unknown(self, code: str) -> Says:
        if code in self.refused:
            return Says(
                "system_refused", f"所属系统在第{self.refused[code]}行未通过检查，尚未入库，本行不能保存",
                f"its system was refused in row {self.refused[code]} and is not in the register",
                "请先改正系统所在行，再一并导入", "correct the system's row and import both",
            )  # fmt: skip
        return Says(
            "unknown_system", "普查表和已登记系统中都没有这个系统编码",
            "neither the sheet nor the register has a system of this code",
            "请核对系统编码，或在普查表中补填该系统", "check the code, or add the system to sheet 1",
        )  # fmt: skip
