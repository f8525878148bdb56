"""Where each city stands in the schematic tile grid (示意图、非地图)."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Tile:
    """A city's place: row and column from the north-west, counted from zero."""

    code: str
    name: str
    name_en: str
    row: int
    column: int


@cache
def tiles() -> dict[str, Tile]:
    """All tiles by division code; 省直 has the free corner."""
    with (files("service.console") / "tiles.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    return {
        row["code"]: Tile(row["code"], row["name"], row["name_en"], int(row["grid_row"]), int(row["grid_col"]))
        for row in rows
    }


def band(n: int, total: int, met: bool | None) -> str:  # noqa: FBT001 -- three-valued
    """The tile's colour class: met, or how far from it; none where there is nothing to count."""
    if total == 0:
        return "none"
    if met:
        return "met"
    return next((f"from{floor}" for floor in (90, 75, 50) if n * 100 >= floor * total), "low")
