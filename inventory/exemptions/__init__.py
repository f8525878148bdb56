"""Exemptions (豁免/暂缓上云): approved reasons for which a system stays outside the rate."""

from inventory.exemptions.model import Exemption

__all__ = ["Exemption"]
