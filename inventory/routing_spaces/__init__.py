"""Routing spaces (VPN 实例/VRF): inside one, an address means one thing."""

from inventory.routing_spaces.model import RoutingSpace
from inventory.routing_spaces.queries import by_name

__all__ = ["RoutingSpace", "by_name"]
