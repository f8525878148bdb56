"""Sheet 2: where the components of the systems stand, and since when."""

from typing import Any

from inventory.deployments.model import Deployment, DeploymentMode
from inventory.surveys.cells import fold
from inventory.surveys.faults import Fault, Says, Unfit
from inventory.surveys.machines import host_of, tenant_of
from inventory.surveys.owners import Owners
from inventory.surveys.periods import check_order, refuse_overlaps
from inventory.surveys.placed import DeploymentRow
from inventory.surveys.reading import read
from inventory.surveys.register import Register
from inventory.surveys.sheets import Row

NO_PLATFORM = Says(
    "no_platform",
    "云部署没有填写云平台",
    "a cloud deployment without its platform",
    "请填写云平台名称",
    "name the cloud platform",
)
NOT_CLOUD = Says(
    "platform_not_cloud", "只有云部署才填云平台和租户", "only a cloud deployment names a platform or tenant",
    "请清空该格，或把部署方式改为“云部署”", "clear the cell, or choose 云部署",
)  # fmt: skip
TENANT_ALONE = Says(
    "tenant_without_platform",
    "填了租户但没有云平台",
    "a tenant without its platform",
    "请填写云平台",
    "name the platform",
)


def check_all(rows: list[Row], owners: Owners) -> list[DeploymentRow]:
    """Read every row, then look for overlaps among those that pass."""
    found = [_check(row, owners) for row in rows]
    standing = [item for item in found if not item.faults and item.mode is not None]
    refuse_overlaps(
        standing,
        lambda item: (*item.key, item.slot),
        lambda item: _registered(item, owners.register),
        ("部署", "deployment"),
    )
    return found


def _registered(item: DeploymentRow, register: Register) -> list[Deployment]:
    if item.component is None:
        return []
    held = [held for held in register.deployments[item.component.id] if held.slot == item.slot]
    return sorted(held, key=lambda deployment: deployment.valid_from)


def _check(row: Row, owners: Owners) -> DeploymentRow:
    item = DeploymentRow(row)
    item.values, item.faults = read(row)
    code = item.values.get("code")
    if code is None:
        return item
    owner = owners.of(row, code)
    if isinstance(owner, Fault):
        secret = owner.says.kind == "classified"
        item.faults = [owner] if secret else [owner, *item.faults]
        return item
    item.owner = owner
    _existing(item, owners.register)
    if item.unchanged or (item.mode is None and not item.faults):
        return item
    _place(item, owners.register)
    _dates(item, owners.register)
    return item


def _existing(item: DeploymentRow, register: Register) -> None:
    """Find the registered component and deployment that the row speaks of."""
    assert item.owner is not None
    if item.owner.existing is None or not item.values.get("component"):
        return
    item.component = register.components.get((item.owner.existing.id, fold(item.values["component"])))
    start = item.values.get("valid_from")
    for held in reversed(_registered(item, register)):
        alike = _alike(item, held, register)
        if held.valid_from == start or (start is None and (alike or held.valid_from == register.places.day)):
            item.existing = held
            item.valid_from, item.valid_to = held.valid_from, held.valid_to
            item.unchanged = alike and not item.faults and item.production is item.component.production  # type: ignore[union-attr]
            return


def _alike(item: DeploymentRow, held: Deployment, register: Register) -> bool:
    names = tuple(fold(item.values.get(name) or "") for name in ("host", "platform", "tenant"))
    return (
        held.mode == item.mode and names == register.names(held)
        and held.valid_to == item.values.get("valid_to") and held.accepted_on == item.values.get("accepted_on")
    )  # fmt: skip


def _place(item: DeploymentRow, register: Register) -> None:
    """What the row names; what it leaves as registered is not looked up again: it may be another agency's."""
    held_host, held_platform, held_tenant = register.names(item.existing) if item.existing else ("", "", "")
    host, tenant = (fold(item.values.get(name) or "") for name in ("host", "tenant"))
    _platform(item, register)
    if tenant and item.platform is not None:
        if item.existing and (fold(item.platform.name), tenant) == (held_platform, held_tenant):
            item.tenant = register.tenants_by_id[item.existing.tenant_id or 0]
        else:
            _try(item, "tenant", lambda: setattr(item, "tenant", tenant_of(item, register)))
    if host and item.existing and host == held_host:
        item.host = register.hosts_by_id[item.existing.host_id or 0]
    elif host and not item.faults:
        _try(item, "host", lambda: setattr(item, "host", host_of(item, register)))


def _platform(item: DeploymentRow, register: Register) -> None:
    values, row = item.values, item.row
    named = values.get("platform")
    if item.mode is DeploymentMode.CLOUD:
        if named is None and "platform" not in {_attribute(fault) for fault in item.faults}:
            item.faults.append(row.fault("platform", NO_PLATFORM))
            if values.get("tenant"):
                item.faults.append(row.fault("tenant", TENANT_ALONE))
    elif item.mode is not None:
        item.faults += [row.fault(name, NOT_CLOUD) for name in ("platform", "tenant") if values.get(name)]
        return
    if named is not None:
        _try(item, "platform", lambda: setattr(item, "platform", register.platform(named)))
    if item.platform is not None:
        _warn_of_platform(item)


def _attribute(fault: Fault) -> str:
    return "platform" if fault.column == "云平台" else ""


def _warn_of_platform(item: DeploymentRow) -> None:
    assert item.platform is not None
    assert item.owner is not None
    if item.platform.recognised_from is None:
        item.warnings.append(item.row.fault("platform", Says(
            "not_recognised", "该云平台未认定为政务云，不计入上云率",
            "this platform is not recognised and does not count for the rate",
            "如已认定，请在云平台中登记认定日期", "register the day of its recognition",
        )))  # fmt: skip
    if item.owner.domain_id is not None and item.platform.domain_id != item.owner.domain_id:
        item.warnings.append(item.row.fault("platform", Says(
            "other_domain", "云平台所在网络域与系统的承载网络域不同",
            "the platform stands in another domain than the system",
            "请核对承载网络域和云平台", "check the system's domain and the platform",
        )))  # fmt: skip


def _try(item: DeploymentRow, attribute: str, step: Any) -> None:
    try:
        step()
    except Unfit as unfit:
        item.faults.append(item.row.fault(attribute, unfit.says))


def _dates(item: DeploymentRow, register: Register) -> None:
    """A missing 起始日期 means since the day of the form; an acceptance lies within the deployment."""
    values = item.values
    given = values.get("valid_from")
    if item.existing is None:
        item.valid_from = given or register.places.day
    item.valid_to = values.get("valid_to")
    item.faults += check_order(item.row, item.valid_from, item.valid_to)
    accepted = values.get("accepted_on")
    if accepted is not None and given is not None and accepted < given:
        item.faults.append(item.row.fault("accepted_on", Says(
            "accepted_before_start", f"割接验收日期早于起始日期（{given}）", f"accepted before it began ({given})",
            "请核对起始日期和割接验收日期", "check both dates",
        )))  # fmt: skip
