"""Addresses (IP地址): unique inside a routing space, each held by a host of that space."""

from inventory.addresses.model import Address

__all__ = ["Address"]
