"""Dashboards: what was decided about their tiles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import UtcInstant

revision = "panels_tiles"
down_revision = "define_definitions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of decisions."""
    op.create_table(
        "tile_decision",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("actor_key", sa.String(length=40), nullable=False),
        sa.Column("dashboard", sa.String(length=80), nullable=False),
        sa.Column("metric", sa.String(length=80), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("into", sa.String(length=80), nullable=False),
        sa.Column("quarter", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tile_decision"),
    )
    op.create_index("ix_tile_decision_dashboard_metric", "tile_decision", ["dashboard", "metric"], unique=False)


def downgrade() -> None:
    """Forget what was decided; the dashboards are as the catalog says."""
    op.drop_table("tile_decision")
