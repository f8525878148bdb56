"""Business systems and their components."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "business_systems",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=True),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("builder", sa.Text(), nullable=True),
        sa.Column("users_agency", sa.Text(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("responsible", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("division_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "province",
                "city",
                "county",
                "township",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum("existing", "new", "ministry", name="origin", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "business",
                "office",
                "portal",
                "platform",
                "base_database",
                name="systemkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("main_business", sa.Text(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("user_count", sa.Integer(), nullable=True),
        sa.Column("daily_visits", sa.Integer(), nullable=True),
        sa.Column("usage_frequency", sa.Text(), nullable=True),
        sa.Column("collaborative", sa.Boolean(), nullable=True),
        sa.Column("related_systems", sa.Text(), nullable=True),
        sa.Column("domain_id", sa.BigInteger(), nullable=True),
        sa.Column("on_private_network", sa.Boolean(), nullable=True),
        sa.Column("deployment_mode", sa.Text(), nullable=True),
        sa.Column("deployment_place", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("ipv4", sa.Text(), nullable=True),
        sa.Column("ipv6", sa.Text(), nullable=True),
        sa.Column("ipv6_support", sa.Boolean(), nullable=True),
        sa.Column("internet_exposed", sa.Boolean(), nullable=True),
        sa.Column("host_count", sa.Integer(), nullable=True),
        sa.Column("cpu_cores", sa.Integer(), nullable=True),
        sa.Column("memory_gib", sa.Integer(), nullable=True),
        sa.Column("storage_tib", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("operating_system", sa.Text(), nullable=True),
        sa.Column("database", sa.Text(), nullable=True),
        sa.Column("middleware", sa.Text(), nullable=True),
        sa.Column("cpu_architecture", sa.Text(), nullable=True),
        sa.Column("domestic", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("classified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("grading_level", sa.Text(), nullable=True),
        sa.Column("filing_number", sa.Text(), nullable=True),
        sa.Column("assessment", sa.Text(), nullable=True),
        sa.Column("crypto_assessment", sa.Text(), nullable=True),
        sa.Column("dr_level", sa.Text(), nullable=True),
        sa.Column("log_retention_days", sa.Integer(), nullable=True),
        sa.Column("approval_number", sa.Text(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("online_on", sa.Date(), nullable=True),
        sa.Column("offline_on", sa.Date(), nullable=True),
        sa.Column("investment", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("annual_cost", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("funding", sa.Text(), nullable=True),
        sa.Column(
            "cloud_status",
            sa.Enum(
                "on_cloud",
                "partly",
                "not_yet",
                "migrating",
                "trial",
                "not_needed",
                name="cloudstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("planned_cloud_on", sa.Date(), nullable=True),
        sa.Column("actual_cloud_on", sa.Date(), nullable=True),
        sa.Column("not_on_cloud_reason", sa.Text(), nullable=True),
        sa.Column("exemption_number", sa.Text(), nullable=True),
        sa.Column(
            "disposition",
            sa.Enum(
                "retain",
                "migrate",
                "merge",
                "retire",
                name="disposition",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("successor_id", sa.BigInteger(), nullable=True),
        sa.Column("share_interface_count", sa.Integer(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "NOT classified OR num_nonnulls(url, ipv4, ipv6, ipv6_support, internet_exposed, domain_id, on_private_network, deployment_mode, deployment_place, host_count, cpu_cores, memory_gib, storage_tib, operating_system, database, middleware, cpu_architecture, language, main_business, related_systems, grading_level, filing_number, assessment, crypto_assessment) = 0",
            name=op.f("ck_business_systems_classified_stub"),
        ),
        sa.CheckConstraint("offline_on >= online_on", name=op.f("ck_business_systems_offline_after_online")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_business_systems_agency_id")),
        sa.ForeignKeyConstraint(["division_id"], ["divisions.id"], name=op.f("fk_business_systems_division_id")),
        sa.ForeignKeyConstraint(["domain_id"], ["network_domains.id"], name=op.f("fk_business_systems_domain_id")),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["business_systems.id"], name=op.f("fk_business_systems_successor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_systems")),
        sa.UniqueConstraint("code", name=op.f("uq_business_systems_code")),
    )
    op.create_index(op.f("ix_business_systems_agency_id"), "business_systems", ["agency_id"], unique=False)
    op.create_index(op.f("ix_business_systems_division_id"), "business_systems", ["division_id"], unique=False)
    op.create_index(op.f("ix_business_systems_domain_id"), "business_systems", ["domain_id"], unique=False)
    op.create_index(op.f("ix_business_systems_online_on"), "business_systems", ["online_on"], unique=False)
    op.create_table(
        "components",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("system_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("production", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_components_valid_to_after_valid_from")),
        sa.ForeignKeyConstraint(["system_id"], ["business_systems.id"], name=op.f("fk_components_system_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_components")),
        sa.UniqueConstraint("system_id", "name", name=op.f("uq_components_system_id_name")),
    )
    op.create_index(op.f("ix_components_system_id"), "components", ["system_id"], unique=False)
    op.create_table(
        "exemptions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("system_id", sa.BigInteger(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(system_id, system_id, '[]')"), "&&"),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_exemptions_period",
        ),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_exemptions_valid_to_after_valid_from")),
        sa.ForeignKeyConstraint(["system_id"], ["business_systems.id"], name=op.f("fk_exemptions_system_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemptions")),
    )
    op.create_index(op.f("ix_exemptions_system_id"), "exemptions", ["system_id"], unique=False)


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(op.f("ix_exemptions_system_id"), table_name="exemptions")
    op.drop_table("exemptions")
    op.drop_index(op.f("ix_components_system_id"), table_name="components")
    op.drop_table("components")
    op.drop_index(op.f("ix_business_systems_online_on"), table_name="business_systems")
    op.drop_index(op.f("ix_business_systems_domain_id"), table_name="business_systems")
    op.drop_index(op.f("ix_business_systems_division_id"), table_name="business_systems")
    op.drop_index(op.f("ix_business_systems_agency_id"), table_name="business_systems")
    op.drop_table("business_systems")
