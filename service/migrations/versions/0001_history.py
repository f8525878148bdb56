"""The log of changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from inventory.changes.model import Xid8

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.create_table(
        "change_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_events")),
    )
    op.create_index("ix_change_events_feed", "change_events", ["txid", "id"], unique=False)
    op.create_index("ix_change_events_row", "change_events", ["noun", "row_id", "id"], unique=False)


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index("ix_change_events_row", table_name="change_events")
    op.drop_index("ix_change_events_feed", table_name="change_events")
    op.drop_table("change_events")
