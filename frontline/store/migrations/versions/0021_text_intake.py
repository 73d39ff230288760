"""Loads of texts that are under way say how far they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import UtcInstant

revision = "r_text_intake"
down_revision = "r_judged_by"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "text_intake",
        sa.Column("intake_id", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("intake_id", name="pk_text_intake"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("text_intake")
