"""Policies (政策文件) and their clauses: what is asked, of whom, by when."""

from inventory.policies.model import ClauseKind, Policy, PolicyClause
from inventory.policies.seed import load_clauses

__all__ = ["ClauseKind", "Policy", "PolicyClause", "load_clauses"]
