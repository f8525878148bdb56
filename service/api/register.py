"""The nouns of the register, and what is special to each."""

from sqlalchemy import select

from inventory.accounts import Role
from inventory.addresses import Address
from inventory.agencies import Agency
from inventory.business_systems import BusinessSystem
from inventory.classified import require_open_domain, require_open_space, require_open_system, require_stub
from inventory.cloud_platforms import CloudPlatform
from inventory.cloud_tenants import CloudTenant, TenantQuota
from inventory.components import Component
from inventory.deployments import Deployment
from inventory.divisions import Division
from inventory.exemptions import Exemption
from inventory.hosts import Host
from inventory.indicators import Target
from inventory.network_domains import NetworkDomain
from inventory.policies import Policy, PolicyClause
from inventory.routing_spaces import RoutingSpace
from inventory.sites import Site
from service.api.manner import Noun, routes_for

ADMINISTRATORS = (Role.ADMINISTRATOR,)
PLANNERS = (Role.PLANNER, Role.ADMINISTRATOR)
ENGINEERS = (Role.ENGINEER, Role.ADMINISTRATOR)
BOTH = (Role.PLANNER, Role.ENGINEER, Role.ADMINISTRATOR)


def _of_system(system_id: object) -> object:
    return select(BusinessSystem.agency_id).where(BusinessSystem.id == system_id).scalar_subquery()


OF_COMPONENT = (
    select(BusinessSystem.agency_id)
    .join(Component, Component.system_id == BusinessSystem.id)
    .where(Component.id == Deployment.component_id)
    .correlate(Deployment)
    .scalar_subquery()
)
OF_TENANT = select(CloudTenant.agency_id).where(CloudTenant.id == TenantQuota.tenant_id).scalar_subquery()
OF_HOST = select(Host.agency_id).where(Host.id == Address.host_id).scalar_subquery()

NOUNS = (
    Noun("divisions", Division, "行政区划", ("code",), ADMINISTRATORS, search=("code", "name")),
    Noun("agencies", Agency, "单位", ("division_id", "name"), PLANNERS, owner=Agency.id, search=("name", "uscc")),
    Noun("network-domains", NetworkDomain, "网络域", ("code",), ADMINISTRATORS),
    Noun("routing-spaces", RoutingSpace, "VPN实例", ("domain_id", "name"), ENGINEERS,
         check=require_open_domain),
    Noun("sites", Site, "机房", ("code",), ENGINEERS, owner=Site.agency_id, search=("code", "name")),
    Noun("cloud-platforms", CloudPlatform, "云平台", ("name",), ADMINISTRATORS, search=("name", "provider"),
         check=require_open_domain),
    Noun("cloud-tenants", CloudTenant, "云租户", ("platform_id", "name"), ENGINEERS, owner=CloudTenant.agency_id,
         check=require_open_domain),
    Noun("tenant-quotas", TenantQuota, "租户配额", ("tenant_id", "valid_from"), ENGINEERS, owner=OF_TENANT, search=()),
    Noun("hosts", Host, "主机", ("agency_id", "name"), ENGINEERS, owner=Host.agency_id,
         check=require_open_domain),
    Noun("addresses", Address, "地址", ("routing_space_id", "address"), ENGINEERS, owner=OF_HOST, search=(),
         check=require_open_space),
    Noun("business-systems", BusinessSystem, "业务系统", ("code",), BOTH, owner=BusinessSystem.agency_id,
         search=("code", "name", "short_name"),
         check=require_stub),
    Noun("components", Component, "系统组件", ("system_id", "name"), BOTH, owner=_of_system(Component.system_id),
         check=require_open_system),
    Noun("deployments", Deployment, "部署", ("component_id", "slot", "valid_from"), BOTH, owner=OF_COMPONENT,
         search=()),
    Noun("exemptions", Exemption, "豁免", ("system_id", "valid_from"), PLANNERS,
         owner=_of_system(Exemption.system_id), search=("document_number",),
         check=require_open_system),
    Noun("policies", Policy, "政策文件", ("number",), ADMINISTRATORS, search=("number", "title")),
    Noun("policy-clauses", PolicyClause, "条款", ("policy_id", "code"), ADMINISTRATORS,
         search=("code", "title_zh", "title_en")),
    Noun("targets", Target, "目标值", ("indicator_id", "policy_id", "division_id", "levels"), ADMINISTRATORS,
         search=()),
)  # fmt: skip

ROUTERS = tuple(routes_for(noun) for noun in NOUNS)
