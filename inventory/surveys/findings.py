"""What is allowed but hardly meant: the department's own words against what the deployments show."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from inventory.business_systems.words import CloudStatus
from inventory.deployments.model import DeploymentMode
from inventory.surveys.exemptions import ExemptionRow
from inventory.surveys.faults import Fault, Says
from inventory.surveys.placed import DeploymentRow
from inventory.surveys.register import Register
from inventory.surveys.systems import SystemRow

NOT_ACCEPTED = Says(
    "declared_on_cloud", "填报为已上云，但没有割接验收的云部署，上云率不计",
    "declared on the cloud, yet no accepted cloud deployment: it does not count",
    "请在“组件与部署”中补填云部署和割接验收日期", "add the cloud deployment and its 割接验收日期 in sheet 2",
)  # fmt: skip
NO_DEPLOYMENT = Says(
    "no_deployment", "没有填报组件与部署，上云率按未上云计",
    "no component or deployment reported: it counts as not moved",
    "请在“组件与部署”中补填", "add its components in sheet 2",
)  # fmt: skip
NO_EXEMPTION = Says(
    "exemption_not_listed", "填写了豁免文号，但“豁免”表中没有对应的豁免，不作豁免处理",
    "an exemption number without an exemption in sheet 3: not treated as exempt",
    "请在“豁免”表中补填文号、日期和事由", "add it in sheet 3",
)  # fmt: skip


def findings(
    systems: list[SystemRow], deployments: list[DeploymentRow], exemptions: list[ExemptionRow], register: Register
) -> Iterator[Fault]:
    """Warnings about systems that were stored."""
    rows = defaultdict(list)
    for item in deployments:
        rows[item.key[0]].append(item)
    exempt = {item.owner.code for item in exemptions if item.owner}
    held = _registered(register)
    for found in systems:
        if found.secret:
            continue
        code, values = found.code, found.values
        accepted = [_counts(row.mode, row.values.get("accepted_on")) for row in rows[code]]
        places = accepted + held.get(code, [])
        if values.get("cloud_status") is CloudStatus.ON_CLOUD and not any(places):
            yield found.row.fault("cloud_status", NOT_ACCEPTED)
        elif not places:
            yield found.row.fault("code", NO_DEPLOYMENT)
        registered = found.existing is not None and register.exemptions.get(found.existing.id)
        if values.get("exemption_number") and code not in exempt and not registered:
            yield found.row.fault("exemption_number", NO_EXEMPTION)


def _counts(mode: DeploymentMode | None, accepted_on: date | None) -> bool:
    return mode is DeploymentMode.CLOUD and accepted_on is not None


def _registered(register: Register) -> dict[str, list[bool]]:
    """Per system code: for each registered deployment, whether it is on a cloud and accepted."""
    codes = {system.id: code for code, system in register.systems.items()}
    held: dict[str, list[bool]] = defaultdict(list)
    for (system_id, _), component in register.components.items():
        for deployment in register.deployments.get(component.id, ()):
            held[codes[system_id]].append(_counts(deployment.mode, deployment.accepted_on))
    return held
