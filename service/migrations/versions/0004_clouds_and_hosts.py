"""Cloud platforms, tenants, quotas, hosts, addresses, deployments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "cloud_platforms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_division_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("recognised_from", sa.Date(), nullable=True),
        sa.Column("recognised_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("recognised_to > recognised_from", name=op.f("ck_cloud_platforms_recognised_range")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_cloud_platforms_agency_id")),
        sa.ForeignKeyConstraint(["domain_id"], ["network_domains.id"], name=op.f("fk_cloud_platforms_domain_id")),
        sa.ForeignKeyConstraint(
            ["owner_division_id"], ["divisions.id"], name=op.f("fk_cloud_platforms_owner_division_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cloud_platforms")),
        sa.UniqueConstraint("id", "domain_id", name=op.f("uq_cloud_platforms_id_domain_id")),
        sa.UniqueConstraint("name", name=op.f("uq_cloud_platforms_name")),
    )
    op.create_index(op.f("ix_cloud_platforms_domain_id"), "cloud_platforms", ["domain_id"], unique=False)
    op.create_index(
        op.f("ix_cloud_platforms_owner_division_id"), "cloud_platforms", ["owner_division_id"], unique=False
    )
    op.create_table(
        "cloud_tenants",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_cloud_tenants_agency_id")),
        sa.ForeignKeyConstraint(
            ["platform_id", "domain_id"],
            ["cloud_platforms.id", "cloud_platforms.domain_id"],
            name=op.f("fk_cloud_tenants_platform_id_domain_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cloud_tenants")),
        sa.UniqueConstraint("id", "domain_id", name=op.f("uq_cloud_tenants_id_domain_id")),
        sa.UniqueConstraint("id", "platform_id", name=op.f("uq_cloud_tenants_id_platform_id")),
        sa.UniqueConstraint("platform_id", "name", name=op.f("uq_cloud_tenants_platform_id_name")),
    )
    op.create_index(op.f("ix_cloud_tenants_agency_id"), "cloud_tenants", ["agency_id"], unique=False)
    op.create_index(op.f("ix_cloud_tenants_platform_id"), "cloud_tenants", ["platform_id"], unique=False)
    op.create_table(
        "hosts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "server", "virtual", "cloud_host", name="hostkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("domain_id", sa.Integer(), nullable=False),
        sa.Column("routing_space_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.BigInteger(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("operating_system", sa.Text(), nullable=True),
        sa.Column("cpu_cores", sa.Integer(), nullable=True),
        sa.Column("memory_gib", sa.Integer(), nullable=True),
        sa.Column("ssh_user", sa.Text(), nullable=True),
        sa.Column("ssh_port", sa.Integer(), server_default=sa.text("22"), nullable=False),
        sa.Column("ssh_host_key", sa.Text(), nullable=True),
        sa.Column("ssh_credential", sa.Text(), nullable=True),
        sa.Column("snmp_port", sa.Integer(), nullable=True),
        sa.Column("snmp_credential", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'cloud_host') = (tenant_id IS NOT NULL)", name=op.f("ck_hosts_tenant_of_cloud_host")
        ),
        sa.CheckConstraint("ssh_port BETWEEN 1 AND 65535", name=op.f("ck_hosts_ssh_port")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_hosts_agency_id")),
        sa.ForeignKeyConstraint(["domain_id"], ["network_domains.id"], name=op.f("fk_hosts_domain_id")),
        sa.ForeignKeyConstraint(
            ["routing_space_id", "domain_id"],
            ["routing_spaces.id", "routing_spaces.domain_id"],
            name=op.f("fk_hosts_routing_space_id_domain_id"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_hosts_site_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "domain_id"],
            ["cloud_tenants.id", "cloud_tenants.domain_id"],
            name=op.f("fk_hosts_tenant_id_domain_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosts")),
        sa.UniqueConstraint("agency_id", "name", name=op.f("uq_hosts_agency_id_name")),
        sa.UniqueConstraint("id", "domain_id", name=op.f("uq_hosts_id_domain_id")),
        sa.UniqueConstraint("id", "routing_space_id", name=op.f("uq_hosts_id_routing_space_id")),
    )
    op.create_index(op.f("ix_hosts_agency_id"), "hosts", ["agency_id"], unique=False)
    op.create_index(op.f("ix_hosts_domain_id"), "hosts", ["domain_id"], unique=False)
    op.create_index(op.f("ix_hosts_routing_space_id"), "hosts", ["routing_space_id"], unique=False)
    op.create_index(op.f("ix_hosts_site_id"), "hosts", ["site_id"], unique=False)
    op.create_index(op.f("ix_hosts_tenant_id"), "hosts", ["tenant_id"], unique=False)
    op.create_table(
        "tenant_quotas",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("vcpu", sa.Integer(), nullable=False),
        sa.Column("memory_gib", sa.Integer(), nullable=False),
        sa.Column("storage_gib", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(tenant_id, tenant_id, '[]')"), "&&"),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_tenant_quotas_period",
        ),
        sa.CheckConstraint("least(vcpu, memory_gib, storage_gib) >= 0", name=op.f("ck_tenant_quotas_amounts")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_tenant_quotas_valid_to_after_valid_from")),
        sa.ForeignKeyConstraint(["tenant_id"], ["cloud_tenants.id"], name=op.f("fk_tenant_quotas_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant_quotas")),
    )
    op.create_index(op.f("ix_tenant_quotas_tenant_id"), "tenant_quotas", ["tenant_id"], unique=False)
    op.create_table(
        "addresses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("routing_space_id", sa.Integer(), nullable=False),
        sa.Column("address", postgresql.INET(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column("management", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END", name=op.f("ck_addresses_single")
        ),
        sa.ForeignKeyConstraint(
            ["host_id", "routing_space_id"],
            ["hosts.id", "hosts.routing_space_id"],
            name=op.f("fk_addresses_host_id_routing_space_id"),
        ),
        sa.ForeignKeyConstraint(
            ["routing_space_id"], ["routing_spaces.id"], name=op.f("fk_addresses_routing_space_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint("routing_space_id", "address", name=op.f("uq_addresses_routing_space_id_address")),
    )
    op.create_index(op.f("ix_addresses_host_id"), "addresses", ["host_id"], unique=False)
    op.create_index(op.f("ix_addresses_routing_space_id"), "addresses", ["routing_space_id"], unique=False)
    op.create_index(
        "uq_addresses_management", "addresses", ["host_id"], unique=True, postgresql_where=sa.text("management")
    )
    op.create_table(
        "deployments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("component_id", sa.BigInteger(), nullable=False),
        sa.Column("slot", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "cloud",
                "hosting",
                "own_room",
                "ministry",
                "public_cloud",
                name="deploymentmode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("host_id", sa.BigInteger(), nullable=True),
        sa.Column("platform_id", sa.BigInteger(), nullable=True),
        sa.Column("tenant_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(component_id, component_id, '[]')"), "&&"),
            (sa.text("int8range(slot, slot, '[]')"), "&&"),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_deployments_slot",
        ),
        sa.CheckConstraint(
            "(mode = 'cloud') = (platform_id IS NOT NULL)", name=op.f("ck_deployments_platform_of_cloud")
        ),
        sa.CheckConstraint(
            "tenant_id IS NULL OR platform_id IS NOT NULL", name=op.f("ck_deployments_tenant_on_platform")
        ),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_deployments_valid_to_after_valid_from")),
        sa.ForeignKeyConstraint(["component_id"], ["components.id"], name=op.f("fk_deployments_component_id")),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_deployments_host_id")),
        sa.ForeignKeyConstraint(["platform_id"], ["cloud_platforms.id"], name=op.f("fk_deployments_platform_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "platform_id"],
            ["cloud_tenants.id", "cloud_tenants.platform_id"],
            name=op.f("fk_deployments_tenant_id_platform_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployments")),
    )
    op.create_index(op.f("ix_deployments_component_id"), "deployments", ["component_id"], unique=False)
    op.create_index(op.f("ix_deployments_host_id"), "deployments", ["host_id"], unique=False)
    op.create_index(
        "ix_deployments_open",
        "deployments",
        ["component_id"],
        unique=False,
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_index(op.f("ix_deployments_platform_id"), "deployments", ["platform_id"], unique=False)


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(op.f("ix_deployments_platform_id"), table_name="deployments")
    op.drop_index("ix_deployments_open", table_name="deployments", postgresql_where=sa.text("valid_to IS NULL"))
    op.drop_index(op.f("ix_deployments_host_id"), table_name="deployments")
    op.drop_index(op.f("ix_deployments_component_id"), table_name="deployments")
    op.drop_table("deployments")
    op.drop_index("uq_addresses_management", table_name="addresses", postgresql_where=sa.text("management"))
    op.drop_index(op.f("ix_addresses_routing_space_id"), table_name="addresses")
    op.drop_index(op.f("ix_addresses_host_id"), table_name="addresses")
    op.drop_table("addresses")
    op.drop_index(op.f("ix_tenant_quotas_tenant_id"), table_name="tenant_quotas")
    op.drop_table("tenant_quotas")
    op.drop_index(op.f("ix_hosts_tenant_id"), table_name="hosts")
    op.drop_index(op.f("ix_hosts_site_id"), table_name="hosts")
    op.drop_index(op.f("ix_hosts_routing_space_id"), table_name="hosts")
    op.drop_index(op.f("ix_hosts_domain_id"), table_name="hosts")
    op.drop_index(op.f("ix_hosts_agency_id"), table_name="hosts")
    op.drop_table("hosts")
    op.drop_index(op.f("ix_cloud_tenants_platform_id"), table_name="cloud_tenants")
    op.drop_index(op.f("ix_cloud_tenants_agency_id"), table_name="cloud_tenants")
    op.drop_table("cloud_tenants")
    op.drop_index(op.f("ix_cloud_platforms_owner_division_id"), table_name="cloud_platforms")
    op.drop_index(op.f("ix_cloud_platforms_domain_id"), table_name="cloud_platforms")
    op.drop_table("cloud_platforms")
