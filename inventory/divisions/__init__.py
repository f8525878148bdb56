"""Administrative divisions (行政区划) with the days on which each code was valid."""

from inventory.divisions.model import Division
from inventory.divisions.queries import by_code, by_name_or_code, current_of, get, subtree_ids
from inventory.divisions.seed import load_province

__all__ = ["Division", "by_code", "by_name_or_code", "current_of", "get", "load_province", "subtree_ids"]
