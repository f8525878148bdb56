"""Agencies (部门/单位): who owns systems, hosts and tenants, and answers for them."""

from inventory.agencies.model import Agency
from inventory.agencies.queries import by_name, get, has_sample, subtree_ids
from inventory.agencies.uscc import check_uscc

__all__ = ["Agency", "by_name", "check_uscc", "get", "has_sample", "subtree_ids"]
