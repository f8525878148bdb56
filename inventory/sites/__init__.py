"""Sites (机房): where machines stand."""

from inventory.sites.model import Site

__all__ = ["Site"]
