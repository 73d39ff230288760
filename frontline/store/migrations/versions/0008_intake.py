"""What other programs pushed, until it is in the facts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, UtcInstant

revision = "0008_intake"
down_revision = "0007_themes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "pushed_batch",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("replay_key", sa.String(length=64), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("received_at", UtcInstant(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", Json(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_pushed_batch")),
        sa.UniqueConstraint("key", name=op.f("uq_pushed_batch_key")),
        sa.UniqueConstraint("replay_key", name=op.f("uq_pushed_batch_replay_key")),
    )
    op.create_index("ix_pushed_batch_state_seq", "pushed_batch", ["state", "seq"])
    op.create_index("ix_pushed_batch_received_at", "pushed_batch", ["received_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("pushed_batch")
