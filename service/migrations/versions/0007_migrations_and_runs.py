"""Migrations and the run ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "migrations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("system_id", sa.BigInteger(), nullable=False),
        sa.Column("source_host_id", sa.BigInteger(), nullable=False),
        sa.Column("target_host_id", sa.BigInteger(), nullable=False),
        sa.Column("front_host_id", sa.BigInteger(), nullable=True),
        sa.Column("spec", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("spec_hash", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "approved",
                "replicating",
                "synced",
                "cutting_over",
                "verified",
                "accepted",
                "finished",
                "failed",
                "cancelled",
                "rolling_back",
                "rolled_back",
                name="migrationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default=sa.text("'planned'"),
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("requested_by_id", sa.BigInteger(), nullable=False),
        sa.Column("specified_by_id", sa.BigInteger(), nullable=False),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("approved_hash", sa.Text(), nullable=True),
        sa.Column("executed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("cutover_by_id", sa.BigInteger(), nullable=True),
        sa.Column("cutover_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("unfreeze_by_id", sa.BigInteger(), nullable=True),
        sa.Column("write_opened_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "executed_by_id <> accepted_by_id", name=op.f("ck_migrations_accepted_by_is_not_executed_by")
        ),
        sa.CheckConstraint(
            "executed_by_id <> approved_by_id", name=op.f("ck_migrations_approved_by_is_not_executed_by")
        ),
        sa.CheckConstraint(
            "num_nonnulls(accepted_by_id, accepted_on) IN (0, 2)", name=op.f("ck_migrations_acceptance_is_whole")
        ),
        sa.CheckConstraint(
            "num_nonnulls(approved_by_id, approved_at, approved_hash) IN (0, 3)",
            name=op.f("ck_migrations_approval_is_whole"),
        ),
        sa.CheckConstraint(
            "requested_by_id <> accepted_by_id", name=op.f("ck_migrations_accepted_by_is_not_requested_by")
        ),
        sa.CheckConstraint(
            "requested_by_id <> approved_by_id", name=op.f("ck_migrations_approved_by_is_not_requested_by")
        ),
        sa.CheckConstraint("source_host_id <> target_host_id", name=op.f("ck_migrations_two_hosts")),
        sa.CheckConstraint(
            "specified_by_id <> accepted_by_id", name=op.f("ck_migrations_accepted_by_is_not_specified_by")
        ),
        sa.CheckConstraint(
            "specified_by_id <> approved_by_id", name=op.f("ck_migrations_approved_by_is_not_specified_by")
        ),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["users.id"], name=op.f("fk_migrations_accepted_by_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_migrations_approved_by_id")),
        sa.ForeignKeyConstraint(["cutover_by_id"], ["users.id"], name=op.f("fk_migrations_cutover_by_id")),
        sa.ForeignKeyConstraint(["executed_by_id"], ["users.id"], name=op.f("fk_migrations_executed_by_id")),
        sa.ForeignKeyConstraint(["front_host_id"], ["hosts.id"], name=op.f("fk_migrations_front_host_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["users.id"], name=op.f("fk_migrations_requested_by_id")),
        sa.ForeignKeyConstraint(["source_host_id"], ["hosts.id"], name=op.f("fk_migrations_source_host_id")),
        sa.ForeignKeyConstraint(["specified_by_id"], ["users.id"], name=op.f("fk_migrations_specified_by_id")),
        sa.ForeignKeyConstraint(["system_id"], ["business_systems.id"], name=op.f("fk_migrations_system_id")),
        sa.ForeignKeyConstraint(["target_host_id"], ["hosts.id"], name=op.f("fk_migrations_target_host_id")),
        sa.ForeignKeyConstraint(["unfreeze_by_id"], ["users.id"], name=op.f("fk_migrations_unfreeze_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migrations")),
    )
    op.create_index(op.f("ix_migrations_front_host_id"), "migrations", ["front_host_id"], unique=False)
    op.create_index(op.f("ix_migrations_source_host_id"), "migrations", ["source_host_id"], unique=False)
    op.create_index(op.f("ix_migrations_system_id"), "migrations", ["system_id"], unique=False)
    op.create_index(op.f("ix_migrations_target_host_id"), "migrations", ["target_host_id"], unique=False)
    op.create_index(
        "uq_migrations_open_system",
        "migrations",
        ["system_id"],
        unique=True,
        postgresql_where=sa.text(
            "state NOT IN ('finished', 'rolled_back') AND (state <> 'cancelled' OR executed_by_id IS NOT NULL)"
        ),
    )
    op.create_table(
        "migration_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("migration_id", sa.BigInteger(), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=False),
        sa.Column("closed", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("opened", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["component_id"], ["components.id"], name=op.f("fk_migration_moves_component_id")),
        sa.ForeignKeyConstraint(["migration_id"], ["migrations.id"], name=op.f("fk_migration_moves_migration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_moves")),
        sa.UniqueConstraint("migration_id", "component_id", name=op.f("uq_migration_moves_migration_id_component_id")),
    )
    op.create_index(op.f("ix_migration_moves_component_id"), "migration_moves", ["component_id"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tag", sa.Text(), server_default=sa.text("gen_random_uuid()::text"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("migrate", "rollback", name="runkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("migration_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "waiting",
                "cancelling",
                "succeeded",
                "failed",
                "cancelled",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default=sa.text("'queued'"),
            nullable=False,
        ),
        sa.Column("epoch", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("cancel_requested_by", sa.Text(), nullable=True),
        sa.Column("blocked_by", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("playbook_revision", sa.Text(), nullable=True),
        sa.Column("inventory_hash", sa.Text(), nullable=True),
        sa.Column("variables_hash", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("last_event", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["migration_id"], ["migrations.id"], name=op.f("fk_runs_migration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_migration_id"), "runs", ["migration_id"], unique=False)
    op.create_index("ix_runs_state", "runs", ["state"], unique=False)
    op.create_index(
        "uq_runs_active",
        "runs",
        ["migration_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running', 'waiting', 'cancelling')"),
    )
    op.create_table(
        "run_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column(
            "at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_events_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_events")),
        sa.UniqueConstraint("run_id", "seq", name=op.f("uq_run_events_run_id_seq")),
    )
    op.create_table(
        "run_steps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("play", "gate", name="stepkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "running",
                "done",
                "failed",
                name="stepstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default=sa.text("'pending'"),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_steps_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_steps")),
        sa.UniqueConstraint("run_id", "name", name=op.f("uq_run_steps_run_id_name")),
        sa.UniqueConstraint("run_id", "ordinal", name=op.f("uq_run_steps_run_id_ordinal")),
    )
    op.create_table(
        "target_locks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("taken_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_target_locks_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_locks")),
        sa.UniqueConstraint("key", name=op.f("uq_target_locks_key")),
    )
    op.create_index(op.f("ix_target_locks_run_id"), "target_locks", ["run_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("step_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_evidence_run_id")),
        sa.ForeignKeyConstraint(["step_id"], ["run_steps.id"], name=op.f("fk_evidence_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_run_id"), "evidence", ["run_id"], unique=False)
    op.create_index(op.f("ix_evidence_step_id"), "evidence", ["step_id"], unique=False)


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(op.f("ix_evidence_step_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_run_id"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index(op.f("ix_target_locks_run_id"), table_name="target_locks")
    op.drop_table("target_locks")
    op.drop_table("run_steps")
    op.drop_table("run_events")
    op.drop_index(
        "uq_runs_active",
        table_name="runs",
        postgresql_where=sa.text("state IN ('queued', 'running', 'waiting', 'cancelling')"),
    )
    op.drop_index("ix_runs_state", table_name="runs")
    op.drop_index(op.f("ix_runs_migration_id"), table_name="runs")
    op.drop_table("runs")
    op.drop_index(op.f("ix_migration_moves_component_id"), table_name="migration_moves")
    op.drop_table("migration_moves")
    op.drop_index(
        "uq_migrations_open_system",
        table_name="migrations",
        postgresql_where=sa.text(
            "state NOT IN ('finished', 'rolled_back') AND (state <> 'cancelled' OR executed_by_id IS NOT NULL)"
        ),
    )
    op.drop_index(op.f("ix_migrations_target_host_id"), table_name="migrations")
    op.drop_index(op.f("ix_migrations_system_id"), table_name="migrations")
    op.drop_index(op.f("ix_migrations_source_host_id"), table_name="migrations")
    op.drop_index(op.f("ix_migrations_front_host_id"), table_name="migrations")
    op.drop_table("migrations")
