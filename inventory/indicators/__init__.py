"""Indicators (指标), their versioned rules (统计口径) and targets (目标值)."""

from inventory.indicators.model import Indicator, IndicatorRule, IndicatorStanding, Target

__all__ = ["Indicator", "IndicatorRule", "IndicatorStanding", "Target"]
