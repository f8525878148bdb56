"""Network domains (网络域) of the unified network, and the national zones beside them."""

from inventory.network_domains.model import DomainCode, NetworkDomain, Zone
from inventory.network_domains.queries import by_code, by_name
from inventory.network_domains.seed import load_domains

__all__ = ["DomainCode", "NetworkDomain", "Zone", "by_code", "by_name", "load_domains"]
