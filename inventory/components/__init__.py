"""Components (系统组件) of business systems: what is deployed and moved."""

from inventory.components.model import Component

__all__ = ["Component"]
