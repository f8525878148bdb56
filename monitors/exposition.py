"""Series as Prometheus text; label prefixes are built once and remembered, because building them costs most."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = tuple[tuple[str, str], ...]
Kind = Literal["gauge", "counter"]

_HELP_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n"})
_VALUE_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


@dataclass(frozen=True, slots=True)
class Family:
    """All samples of one metric."""

    name: str
    kind: Kind
    help: str
    samples: list[tuple[Labels, float]] = field(default_factory=list)


def merge(families: Iterable[Family]) -> list[Family]:
    """One family per metric: Prometheus wants all samples of a metric together."""
    merged: dict[str, Family] = {}
    for family in families:
        known = merged.setdefault(family.name, Family(family.name, family.kind, family.help))
        known.samples.extend(family.samples)
    return list(merged.values())


class Exposition:
    """Renders the same series again and again; forgets the prefixes of series that have gone."""

    def __init__(self) -> None:
        self._prefixes: dict[tuple[str, Labels], str] = {}

    def render(self, families: Iterable[Family]) -> str:
        """The text of families that are already merged."""
        known, kept = self._prefixes, {}
        lines: list[str] = []
        for family in families:
            name = family.name
            lines.append(f"# HELP {name} {family.help.translate(_HELP_ESCAPES)}\n# TYPE {name} {family.kind}\n")
            for labels, value in family.samples:
                key = (name, labels)
                prefix = kept[key] = known.get(key) or _prefix(name, labels)
                lines.append(f"{prefix} {_number(value)}\n")
        self._prefixes = kept
        return "".join(lines)


def _prefix(name: str, labels: Labels) -> str:
    if not labels:
        return name
    pairs = ",".join(f'{key}="{value.translate(_VALUE_ESCAPES)}"' for key, value in labels)
    return f"{name}{{{pairs}}}"


def _number(value: float) -> str:
    text = repr(value)
    return {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}.get(text, text)
