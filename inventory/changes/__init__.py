"""The register's history: who wrote what, when, at whose request and why."""

from inventory.changes.model import ChangeEvent
from inventory.changes.queries import events_after, story_of
from inventory.changes.triggers import attribute, give_reason, install_history, keep

__all__ = ["ChangeEvent", "attribute", "events_after", "give_reason", "install_history", "keep", "story_of"]
