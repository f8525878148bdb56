"""Indicators (指标), their versioned rules (统计口径), targets (目标值), and the figures they give on any day."""

from inventory.indicators import scopes
from inventory.indicators.aims import Aim, aims
from inventory.indicators.answers import aim_out, answer, line_out, member_out, notes, parameters, points
from inventory.indicators.asking import ask
from inventory.indicators.classification import COUNTED, MISSING, STATUS_EN, STATUS_ZH, Status
from inventory.indicators.figures import After, Figure, Place, by_agency, by_city, figure, hosts, members, over_time
from inventory.indicators.model import Indicator, IndicatorRule, IndicatorStanding, Target
from inventory.indicators.question import (
    INDICATOR_OF,
    LEVELS_OF_POLICY,
    VIEW_EN,
    VIEW_ZH,
    Question,
    Scope,
    View,
    read_levels,
)
from inventory.indicators.ranking import Line, rank_agencies, rank_cities
from inventory.indicators.ratio import Ratio
from inventory.indicators.reasons import why
from inventory.indicators.rules import RULES, RuleWords
from inventory.indicators.seed import load_indicators

__all__ = [
    "COUNTED", "INDICATOR_OF", "LEVELS_OF_POLICY", "MISSING", "RULES", "STATUS_EN", "STATUS_ZH", "VIEW_EN",
    "VIEW_ZH", "After", "Aim", "Figure", "Indicator", "IndicatorRule", "IndicatorStanding", "Line", "Place",
    "Question", "Ratio", "RuleWords", "Scope", "Status", "Target", "View", "aim_out", "aims", "answer", "ask",
    "by_agency", "by_city", "figure", "hosts", "line_out", "load_indicators", "member_out", "members", "notes",
    "over_time", "parameters", "points", "rank_agencies", "rank_cities", "read_levels", "scopes", "why",
]  # fmt: skip
