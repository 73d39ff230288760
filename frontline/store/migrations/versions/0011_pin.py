"""Pins: the figures that a person keeps on their App Home."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, UtcInstant

revision = "pin_figures"
down_revision = "panels_tiles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of pinned figures."""
    op.create_table(
        "pinned_figure",
        sa.Column("pin_id", sa.String(length=40), nullable=False),
        sa.Column("person_key", sa.String(length=40), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("same_as", sa.String(length=80), nullable=False),
        sa.Column("query", Json(), nullable=False),
        sa.ForeignKeyConstraint(["person_key"], ["person.key"], name="fk_pinned_figure_person_key", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pin_id", name="pk_pinned_figure"),
    )
    op.create_index("uq_pinned_figure_person_key_same_as", "pinned_figure", ["person_key", "same_as"], unique=True)


def downgrade() -> None:
    """Forget what people pinned."""
    op.drop_table("pinned_figure")
