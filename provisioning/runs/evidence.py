"""Proof of a step, and how anybody can check that it was not altered."""

from typing import Any

from sqlalchemy.orm import Session

from inventory.migrations import fingerprint
from provisioning.runs.model import Evidence, RunStep


def keep(session: Session, step: RunStep, kind: str, body: dict[str, Any]) -> Evidence:
    """Store proof in the current transaction; the hash is over the body's canonical JSON."""
    proof = Evidence(run_id=step.run_id, step_id=step.id, kind=kind, body=body, sha256=fingerprint(body))
    session.add(proof)
    return proof


def is_intact(proof: Evidence) -> bool:
    """Whether body and hash still agree."""
    return fingerprint(proof.body) == proof.sha256
