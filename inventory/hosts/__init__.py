"""Hosts (服务器与云主机): the machines that carry components."""

from inventory.hosts.model import Host, HostKind
from inventory.hosts.queries import by_name

__all__ = ["Host", "HostKind", "by_name"]
