"""Themes and pain points."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, SealedText, UtcInstant

revision = "0007_themes"
down_revision = "init_manager"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of themes."""
    op.create_table(
        "theme",
        sa.Column("theme_key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("label", SealedText(), nullable=False),
        sa.Column("renamed_by", sa.String(length=40), nullable=True),
        sa.Column("merged_into", sa.String(length=40), nullable=True),
        sa.Column("split_from", sa.String(length=40), nullable=True),
        sa.Column("created_period", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("model_id", sa.String(length=80), nullable=False),
        sa.Column("centroid", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("theme_key", name="pk_theme"),
    )
    op.create_index("ix_theme_kind_series", "theme", ["kind", "series"], unique=False)
    op.create_table(
        "theme_member",
        sa.Column("kind_series", sa.String(length=44), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("doc_id", sa.String(length=120), nullable=False),
        sa.Column("theme_key", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("kind_series", "period", "doc_id", name="pk_theme_member"),
    )
    op.create_index("ix_theme_member_theme_period", "theme_member", ["theme_key", "period"], unique=False)
    op.create_table(
        "theme_month",
        sa.Column("theme_key", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sizes", Json(), nullable=False),
        sa.Column("categories", Json(), nullable=False),
        sa.PrimaryKeyConstraint("theme_key", "period", name="pk_theme_month"),
    )
    op.create_table(
        "theme_run",
        sa.Column("kind_series", sa.String(length=44), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("documents_hash", sa.String(length=64), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("documents_before", sa.Integer(), nullable=False),
        sa.Column("categories", Json(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("kind_series", "period", name="pk_theme_run"),
    )
    op.create_table(
        "pain_point",
        sa.Column("pain_id", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=10), nullable=False),
        sa.Column("title", SealedText(), nullable=False),
        sa.Column("evidence", SealedText(), nullable=True),
        sa.Column("ask", SealedText(), nullable=True),
        sa.Column("frequency", sa.String(length=40), nullable=False),
        sa.Column("segment", sa.String(length=80), nullable=False),
        sa.Column("theme_key", sa.String(length=40), nullable=True),
        sa.Column("submitter_key", sa.String(length=40), nullable=False),
        sa.Column("submitted_at", UtcInstant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", SealedText(), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", UtcInstant(), nullable=True),
        sa.Column("merged_into", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("pain_id", name="pk_pain_point"),
    )
    op.create_index("ix_pain_point_month_state", "pain_point", ["month", "state"], unique=False)
    op.create_index("ix_pain_point_submitter_key", "pain_point", ["submitter_key"], unique=False)
    op.create_index("ix_pain_point_theme_key", "pain_point", ["theme_key"], unique=False)


def downgrade() -> None:
    """Drop them."""
    for table in ("pain_point", "theme_run", "theme_month", "theme_member", "theme"):
        op.drop_table(table)
