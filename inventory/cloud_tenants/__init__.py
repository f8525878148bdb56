"""Cloud tenants (云租户): an agency's share of a platform, with its quotas."""

from inventory.cloud_tenants.model import CloudTenant, TenantQuota
from inventory.cloud_tenants.queries import by_name

__all__ = ["CloudTenant", "TenantQuota", "by_name"]
