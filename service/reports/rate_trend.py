"""The trend of the cloud rate as a chart: defined once, drawn as SVG without any script in the page."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

import altair as alt
import vl_convert

from inventory.indicators.schema import PointOut

GOOD, BAD, INK = "#18794e", "#b42318", "#1d2733"
FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif"


def rows(points: Sequence[PointOut], target: Fraction | None) -> list[dict[str, object]]:
    """One row per day that has systems to count; the share is only for the eye, n/N stands beside it."""
    shown: list[dict[str, object]] = []
    for point in points:
        if not point.N:
            continue
        met = target is not None and point.n * target.denominator >= target.numerator * point.N
        words = f"{point.percent}%"
        shown.append({
            "day": point.day.isoformat(), "share": 100 * point.n / point.N, "words": words,
            "counts": f"{point.n}/{point.N}", "met": met,
        })  # fmt: skip
    return shown


def chart(points: Sequence[PointOut], target: Fraction | None) -> Any:
    """A line with a mark and a number on each month's end, and the target as a dashed rule."""
    day = alt.X("day:O", title=None, axis=alt.Axis(grid=False, labelAngle=0, labelFontSize=11))
    share = alt.Y("share:Q", title="上云率 %", scale=alt.Scale(domain=[0, 100]))
    base = alt.Chart(alt.InlineData(values=rows(points, target))).encode(x=day, y=share)
    colour = alt.condition("datum.met", alt.value(GOOD), alt.value(BAD))
    layers = [
        base.mark_line(color="#0b4f9e", strokeWidth=2.5),
        base.mark_point(filled=True, size=80, opacity=1).encode(color=colour),
        base.mark_text(dy=-13, fontSize=12, color=INK).encode(text="words:N"),
        base.mark_text(dy=17, fontSize=11, color="#5b6b7d").encode(text="counts:N"),
    ]
    if target is not None:
        line = alt.Chart(alt.InlineData(values=[{"target": float(100 * target)}])).encode(y="target:Q")
        layers.append(line.mark_rule(strokeDash=[6, 4], color=INK))
    return (
        alt.layer(*layers)
        .properties(width=1120, height=230)
        .configure(font=FONT, background="#ffffff")
        .configure_view(stroke=None)
    )


def svg(points: Sequence[PointOut], target: Fraction | None) -> str:
    """The drawing; the same figures are drawn once."""
    return _drawn(chart(points, target).to_json(indent=None))


@lru_cache(maxsize=128)
def _drawn(specification: str) -> str:
    drawn: str = vl_convert.vegalite_to_svg(specification)
    return drawn


def a_year_before(day: date) -> date:
    """The first day of the month eleven months before."""
    months = day.year * 12 + day.month - 1 - 11
    return date(months // 12, months % 12 + 1, 1)
