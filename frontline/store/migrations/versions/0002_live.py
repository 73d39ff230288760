"""The live state: open cases and queues as they stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import UtcInstant

revision = "0002_live"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    words = ("status", "priority", "tier", "segment", "region", "topic", "channel", "queue", "team")
    instants = ("opened_at", "first_response_at", "last_contact_at", "sla_due_at")
    op.create_table(
        "live_case",
        sa.Column("case_id", sa.String(length=80), nullable=False),
        *(sa.Column(name, UtcInstant(), nullable=True) for name in instants),
        *(sa.Column(name, sa.String(length=60), nullable=True) for name in words),
        sa.Column("customer_key", sa.String(length=40), nullable=True),
        sa.Column("as_of", UtcInstant(), nullable=False),
        sa.Column("left_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_live_case")),
    )
    op.create_index("ix_live_case_left_at_tier", "live_case", ["left_at", "tier"])
    op.create_index("ix_live_case_customer_key", "live_case", ["customer_key"])
    op.create_table(
        "live_queue",
        sa.Column("queue", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("longest_since", UtcInstant(), nullable=True),
        sa.Column("longest_wait_s", sa.Float(), nullable=True),
        sa.Column("available", sa.Integer(), nullable=True),
        sa.Column("busy", sa.Integer(), nullable=True),
        sa.Column("as_of", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "channel", name=op.f("pk_live_queue")),
    )
    op.create_index("ix_live_queue_as_of", "live_queue", ["as_of"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_live_queue_as_of", table_name="live_queue")
    op.drop_table("live_queue")
    op.drop_index("ix_live_case_customer_key", table_name="live_case")
    op.drop_index("ix_live_case_left_at_tier", table_name="live_case")
    op.drop_table("live_case")
