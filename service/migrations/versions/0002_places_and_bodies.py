"""Divisions, agencies, network domains and routing spaces, sites."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "divisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
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
        sa.Column("division_type", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "bodies_become",
            sa.Enum(
                "province",
                "city",
                "county",
                "township",
                name="bodies_become",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("date_precision", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("code ~ '^[0-9]{6}$'", name=op.f("ck_divisions_code")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_divisions_valid_to_after_valid_from")),
        sa.ForeignKeyConstraint(["parent_id"], ["divisions.id"], name=op.f("fk_divisions_parent_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["divisions.id"], name=op.f("fk_divisions_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_divisions")),
        sa.UniqueConstraint("code", name=op.f("uq_divisions_code")),
    )
    op.create_index(op.f("ix_divisions_parent_id"), "divisions", ["parent_id"], unique=False)
    op.create_index(op.f("ix_divisions_successor_id"), "divisions", ["successor_id"], unique=False)
    op.create_table(
        "network_domains",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "code",
            sa.Enum(
                "intranet",
                "public_service",
                "administrative",
                "internet",
                name="domaincode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("classified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("isolation", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_domains")),
        sa.UniqueConstraint("code", name=op.f("uq_network_domains_code")),
    )
    op.create_table(
        "agencies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=True),
        sa.Column("uscc", sa.String(length=18), nullable=True),
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
        sa.Column("division_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("uscc ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'", name=op.f("ck_agencies_uscc")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_agencies_valid_to_after_valid_from")),
        sa.ForeignKeyConstraint(["division_id"], ["divisions.id"], name=op.f("fk_agencies_division_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["agencies.id"], name=op.f("fk_agencies_parent_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["agencies.id"], name=op.f("fk_agencies_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("division_id", "name", name=op.f("uq_agencies_division_id_name")),
        sa.UniqueConstraint("uscc", name=op.f("uq_agencies_uscc")),
    )
    op.create_index(op.f("ix_agencies_division_id"), "agencies", ["division_id"], unique=False)
    op.create_index(op.f("ix_agencies_parent_id"), "agencies", ["parent_id"], unique=False)
    op.create_table(
        "routing_spaces",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("domain_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "zone",
            sa.Enum(
                "public_zone",
                "private_zone",
                "internet_zone",
                name="zone",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("route_distinguisher", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["network_domains.id"], name=op.f("fk_routing_spaces_domain_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_spaces")),
        sa.UniqueConstraint("domain_id", "name", name=op.f("uq_routing_spaces_domain_id_name")),
        sa.UniqueConstraint("id", "domain_id", name=op.f("uq_routing_spaces_id_domain_id")),
    )
    op.create_index(op.f("ix_routing_spaces_domain_id"), "routing_spaces", ["domain_id"], unique=False)
    op.create_table(
        "sites",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("division_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_sites_agency_id")),
        sa.ForeignKeyConstraint(["division_id"], ["divisions.id"], name=op.f("fk_sites_division_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("code", name=op.f("uq_sites_code")),
    )
    op.create_index(op.f("ix_sites_agency_id"), "sites", ["agency_id"], unique=False)
    op.create_index(op.f("ix_sites_division_id"), "sites", ["division_id"], unique=False)


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(op.f("ix_sites_division_id"), table_name="sites")
    op.drop_index(op.f("ix_sites_agency_id"), table_name="sites")
    op.drop_table("sites")
    op.drop_index(op.f("ix_routing_spaces_domain_id"), table_name="routing_spaces")
    op.drop_table("routing_spaces")
    op.drop_index(op.f("ix_agencies_parent_id"), table_name="agencies")
    op.drop_index(op.f("ix_agencies_division_id"), table_name="agencies")
    op.drop_table("agencies")
    op.drop_table("network_domains")
    op.drop_index(op.f("ix_divisions_successor_id"), table_name="divisions")
    op.drop_index(op.f("ix_divisions_parent_id"), table_name="divisions")
    op.drop_table("divisions")
