"""The rules (统计口径) by which indicators are counted: one file each, words beside the SQL that carries them out."""

from inventory.indicators.rules import cloud_rate, cloud_rate_full, cloud_rate_hosts
from inventory.indicators.rules.words import RuleWords

RULES: tuple[RuleWords, ...] = (cloud_rate.WORDS, cloud_rate_full.WORDS, cloud_rate_hosts.WORDS)

__all__ = ["RULES", "RuleWords"]
