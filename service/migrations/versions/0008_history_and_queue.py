"""Triggers of history on every noun, evidence that stays, and Procrastinate's queue."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

from inventory.changes import install_history, keep

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


# Tables with history at this revision, and the columns that it shows as ***.
RECORDED: dict[str, frozenset[str]] = {
    "addresses": frozenset(),
    "agencies": frozenset(),
    "api_tokens": frozenset({"token_hash"}),
    "business_systems": frozenset(),
    "cloud_platforms": frozenset(),
    "cloud_tenants": frozenset(),
    "components": frozenset(),
    "credentials": frozenset({"ciphertext"}),
    "deployments": frozenset(),
    "divisions": frozenset(),
    "exemptions": frozenset(),
    "hosts": frozenset(),
    "indicator_rules": frozenset(),
    "indicators": frozenset(),
    "migration_moves": frozenset(),
    "migrations": frozenset(),
    "network_domains": frozenset(),
    "policies": frozenset(),
    "policy_clauses": frozenset(),
    "role_grants": frozenset(),
    "routing_spaces": frozenset(),
    "sites": frozenset(),
    "targets": frozenset(),
    "tenant_quotas": frozenset(),
    "users": frozenset({"password_hash"}),
}


def upgrade() -> None:
    """Bring the schema to this revision."""
    install_history(op.get_bind(), RECORDED)
    keep(op.get_bind(), "evidence")
    _install_queue()


def downgrade() -> None:
    """Go back to the revision before."""
    _remove_queue()


def _install_queue() -> None:
    """Procrastinate's own tables and functions, from the installed release (pinned by the lock file)."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(SchemaManager.get_schema())


def _remove_queue() -> None:
    bind = op.get_bind()
    for kind, name in bind.execute(sa.text(OWNED_BY_QUEUE)).all():
        bind.execute(sa.text(f"DROP {kind} IF EXISTS {name} CASCADE"))
    for function in ("record_change()", "keep_history()"):
        bind.execute(sa.text(f"DROP FUNCTION IF EXISTS {function} CASCADE"))


OWNED_BY_QUEUE = """
SELECT 'TABLE', c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname LIKE 'procrastinate%'
UNION ALL
SELECT 'FUNCTION', p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = current_schema() AND p.proname LIKE 'procrastinate%'
UNION ALL
SELECT 'TYPE', t.oid::regtype::text FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE n.nspname = current_schema() AND t.typname LIKE 'procrastinate%'
   AND (t.typtype = 'e' OR EXISTS (SELECT FROM pg_class k WHERE k.oid = t.typrelid AND k.relkind = 'c'))
"""
