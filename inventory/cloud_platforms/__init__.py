"""Cloud platforms (政务云平台); only a recognised one counts for the rate."""

from inventory.cloud_platforms.model import CloudPlatform
from inventory.cloud_platforms.queries import by_name

__all__ = ["CloudPlatform", "by_name"]
