"""Tenants and hosts that sheet 2 names: found, added where that is allowed, or refused for a reason."""

from inventory.cloud_tenants.model import CloudTenant
from inventory.deployments.model import DeploymentMode
from inventory.hosts.model import Host, HostKind
from inventory.sites.model import Site
from inventory.surveys.cells import fold
from inventory.surveys.faults import Unfit
from inventory.surveys.placed import DeploymentRow
from inventory.surveys.register import Register


def tenant_of(item: DeploymentRow, register: Register) -> CloudTenant:
    """The tenant on the row's platform, which must be the agency's own."""
    assert item.platform is not None
    assert item.owner is not None
    name, agency = item.values["tenant"], item.owner.agency
    key = (item.platform.id, fold(name))
    tenant = register.tenants.get(key)
    if tenant is None and "tenants" not in register.create:
        raise Unfit("unknown_tenant", "该云平台没有登记这个租户", "no such tenant on this platform",
                    "请核对租户名称；确需新增的，导入时选择新增租户(--create tenants)",
                    "check the name, or import with --create tenants")  # fmt: skip
    if tenant is None:
        tenant = CloudTenant(platform_id=item.platform.id, domain_id=item.platform.domain_id, name=name)
        tenant.agency_id = agency.id  # a new agency gets its id when the rows are stored
        register.tenants[key] = tenant
        register.new_owner[tenant] = agency
    if register.owner_of(tenant) is not agency:
        raise Unfit("foreign_tenant", "该租户属于其他单位", "this tenant belongs to another agency",
                    "请填写本单位的租户", "name a tenant of this agency")  # fmt: skip
    return tenant


def host_of(item: DeploymentRow, register: Register) -> Host:
    """The agency's host of that name; a new one is added in the domain where the row puts it."""
    assert item.owner is not None
    agency, name = item.owner.agency, item.values["host"]
    domain_id = item.platform.domain_id if item.platform else item.owner.domain_id
    host = register.hosts.get((agency, fold(name)))
    if host is None:
        if domain_id is None:
            raise Unfit("no_domain", "系统没有填写承载网络域，不能登记主机",
                "the system has no domain, so its host has none",
                        "请先补填承载网络域", "fill in the system's domain first")  # fmt: skip
        host = register.hosts[agency, fold(name)] = _new_host(item, register, domain_id)
        return host
    if domain_id is not None and host.domain_id != domain_id:
        held = next(domain.name for domain in register.domains.values() if domain.id == host.domain_id)
        raise Unfit("domain_conflict", f"该主机在{held}，一台主机只能在一个网络域",
            f"this host stands in {held}; a host is in one domain",
                    "请核对主机名、承载网络域和云平台", "check host, domain and platform")  # fmt: skip
    registered = register.tenants_by_id.get(host.tenant_id) if host.tenant_id else register.new_tenant.get(host)
    if item.tenant is not None and registered is not None and registered is not item.tenant:
        raise Unfit("host_of_other_tenant", "该主机登记在另一租户", "this host belongs to another tenant",
                    "请核对主机名和租户", "check host and tenant")  # fmt: skip
    return host


def _new_host(item: DeploymentRow, register: Register, domain_id: int) -> Host:
    assert item.owner is not None
    cloud = item.mode is DeploymentMode.CLOUD
    kind = HostKind.CLOUD_HOST if item.tenant else HostKind.VIRTUAL if cloud else HostKind.SERVER
    host = Host(name=item.values["host"], kind=kind, domain_id=domain_id)
    register.new_owner[host] = item.owner.agency
    if item.tenant is not None:
        register.new_tenant[host] = item.tenant
    elif not cloud and (site := _site_of(item, register)) is not None:
        register.new_site[host] = site
    return host


def _site_of(item: DeploymentRow, register: Register) -> Site | None:
    """The machine room that the system's 部署位置 names; added if the import may add sites."""
    found = item.owner.row if item.owner else None
    place = found.values.get("deployment_place") if found else None
    if not place or found is None or found.division is None:
        return None
    site = register.sites.get(fold(place))
    if site is None and found.agency is not None and "sites" in register.create:
        site = Site(code=f"{found.division.code}-{place}", name=place, division_id=found.division.id)
        register.sites[fold(place)] = site
        register.new_owner[site] = found.agency
    return site
