"""Chinese words for the closed lists, as screens and exports show them."""

from enum import Enum

from inventory.accounts import ROLE_ZH
from inventory.business_systems import CloudStatus, Disposition, Origin, SystemKind
from inventory.deployments import DeploymentMode
from inventory.hosts import HostKind
from inventory.levels import LEVEL_ZH
from inventory.network_domains import DomainCode, Zone

WORDS: dict[Enum, str] = {
    Origin.EXISTING: "已有", Origin.NEW: "新建", Origin.MINISTRY: "部委延伸",
    SystemKind.BUSINESS: "业务", SystemKind.OFFICE: "办公", SystemKind.PORTAL: "门户", SystemKind.PLATFORM: "平台",
    SystemKind.BASE_DATABASE: "基础库",
    CloudStatus.ON_CLOUD: "已上云", CloudStatus.PARTLY: "部分上云", CloudStatus.NOT_YET: "未上云",
    CloudStatus.MIGRATING: "迁移中", CloudStatus.TRIAL: "试运行", CloudStatus.NOT_NEEDED: "无需上云",
    Disposition.RETAIN: "保留", Disposition.MIGRATE: "迁移", Disposition.MERGE: "整合", Disposition.RETIRE: "关停",
    DeploymentMode.CLOUD: "云", DeploymentMode.HOSTING: "托管", DeploymentMode.OWN_ROOM: "自建机房",
    DeploymentMode.MINISTRY: "部委集中", DeploymentMode.PUBLIC_CLOUD: "公有云",
    HostKind.SERVER: "物理服务器", HostKind.VIRTUAL: "虚拟机", HostKind.CLOUD_HOST: "云主机",
    DomainCode.INTRANET: "政务内网", DomainCode.PUBLIC_SERVICE: "公共服务域",
    DomainCode.ADMINISTRATIVE: "行政服务域", DomainCode.INTERNET: "互联网",
    Zone.PUBLIC: "公用网络区", Zone.PRIVATE: "专用网络区", Zone.INTERNET_ACCESS: "互联网接入区",
}  # fmt: skip
# Members of different StrEnums with one value are equal, so the class is part of the key.
BY_KIND = {(type(member), member.value): word for words in (WORDS, LEVEL_ZH, ROLE_ZH) for member, word in words.items()}


def in_chinese(member: Enum) -> str:
    """The word for a member; its own value where the list has none yet."""
    return BY_KIND.get((type(member), member.value), str(member.value))
