"""A row of sheet 2: one component in one place since one day."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from inventory.cloud_platforms.model import CloudPlatform
from inventory.cloud_tenants.model import CloudTenant
from inventory.components.model import Component
from inventory.deployments.model import Deployment, DeploymentMode
from inventory.hosts.model import Host
from inventory.surveys.cells import fold
from inventory.surveys.faults import Fault
from inventory.surveys.owners import Owner
from inventory.surveys.sheets import Row
from inventory.surveys.words import NOT_DEPLOYED


@dataclass
class DeploymentRow:
    """One row of sheet 2, resolved as far as it could be; `mode` None: the component stands nowhere yet."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    owner: Owner | None = None
    component: Component | None = None
    existing: Deployment | None = None
    unchanged: bool = False
    platform: CloudPlatform | None = None
    tenant: CloudTenant | None = None
    host: Host | None = None
    valid_from: date = date.min
    valid_to: date | None = None

    @property
    def slot(self) -> int:
        return int(self.values.get("slot") or 1)

    @property
    def mode(self) -> DeploymentMode | None:
        mode = self.values.get("mode")
        return None if mode == NOT_DEPLOYED else mode

    @property
    def production(self) -> bool:
        held = self.component.production if self.component else True
        given = self.values.get("production")
        return held if given is None else bool(given)

    @property
    def key(self) -> tuple[str, str]:
        assert self.owner is not None
        return self.owner.code, fold(self.values["component"])
