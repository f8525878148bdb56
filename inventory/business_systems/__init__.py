"""Business systems (业务系统): what the policy asks to be moved onto the cloud."""

from inventory.business_systems.model import BusinessSystem
from inventory.business_systems.queries import by_code, get
from inventory.business_systems.words import CloudStatus, Disposition, Origin, SystemKind, SystemMode

__all__ = ["BusinessSystem", "CloudStatus", "Disposition", "Origin", "SystemKind", "SystemMode", "by_code", "get"]
