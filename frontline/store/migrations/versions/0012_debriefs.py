"""Debriefs: contributions without author, instant or order, and one-way tokens that count people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, SealedText, UtcInstant

revision = "debriefs_debriefs"
down_revision = "pin_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of debriefs."""
    op.create_table(
        "debrief",
        sa.Column("debrief_id", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("title", SealedText(), nullable=False),
        sa.Column("category", sa.String(length=120), nullable=True),
        sa.Column("region", sa.String(length=80), nullable=True),
        sa.Column("happened_at", UtcInstant(), nullable=True),
        sa.Column("timeline", Json(), nullable=False),
        sa.Column("opener_key", sa.String(length=40), nullable=False),
        sa.Column("opened_at", UtcInstant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("published_at", UtcInstant(), nullable=True),
        sa.Column("published_by", sa.String(length=40), nullable=True),
        sa.Column("doc_id", sa.String(length=120), nullable=True),
        sa.Column("participation", Json(), nullable=False),
        sa.PrimaryKeyConstraint("debrief_id", name="pk_debrief"),
    )
    op.create_index("ix_debrief_about", "debrief", ["about"])
    op.create_index("ix_debrief_state", "debrief", ["state"])
    op.create_table(
        "debrief_entry",
        sa.Column("entry_id", sa.String(length=40), nullable=False),
        sa.Column("debrief_id", sa.String(length=40), nullable=False),
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("text", SealedText(), nullable=False),
        sa.Column("factor", sa.String(length=20), nullable=False),
        sa.Column("clock", sa.String(length=20), nullable=False),
        sa.Column("is_left_out", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_debrief_entry"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_debrief_entry_debrief_id", "debrief_entry", ["debrief_id"])
    op.create_table(
        "debrief_voice",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("debrief_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_debrief_voice"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_debrief_voice_debrief_id", "debrief_voice", ["debrief_id"])


def downgrade() -> None:
    """Forget every debrief."""
    for table in ("debrief_voice", "debrief_entry", "debrief"):
        op.drop_table(table)
