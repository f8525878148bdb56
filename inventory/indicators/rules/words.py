"""The words of one version of a rule, as they are printed beside every figure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RuleWords:
    """What n, N and the exclusions of an indicator are; `number` is the version that the code beside it computes."""

    indicator: str
    number: int
    numerator_zh: str
    denominator_zh: str
    exclusions_zh: str
    text_en: str
    source: str
