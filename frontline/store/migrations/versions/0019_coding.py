"""Cases that two people categorise, and the merges and splits of the taxonomy that follow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, UtcInstant

revision = "categories_coding"
down_revision = "rv_case_books"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of double coding."""
    op.create_table(
        "sampled_case",
        sa.Column("sample_id", sa.String(length=40), nullable=False),
        sa.Column("week", sa.String(length=20), nullable=False),
        sa.Column("doc_id", sa.String(length=120), nullable=False),
        sa.Column("original", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=80), nullable=False),
        sa.Column("drawn_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("sample_id", name="pk_sampled_case"),
        sa.UniqueConstraint("week", "doc_id", name="uq_sampled_case_week_doc_id"),
    )
    op.create_index("ix_sampled_case_week", "sampled_case", ["week"])
    op.create_table(
        "coding",
        sa.Column("sample_id", sa.String(length=40), nullable=False),
        sa.Column("coder_key", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("answered_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["sample_id"], ["sampled_case.sample_id"], name="fk_coding_sample_id_sampled_case"),
        sa.PrimaryKeyConstraint("sample_id", "coder_key", name="pk_coding"),
    )
    op.create_index("ix_coding_coder_key_answered_at", "coding", ["coder_key", "answered_at"])
    op.create_table(
        "taxonomy_change",
        sa.Column("change_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("first", sa.String(length=40), nullable=False),
        sa.Column("second", sa.String(length=40), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("parts", Json(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_at", UtcInstant(), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", UtcInstant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("undone_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("change_id", name="pk_taxonomy_change"),
    )
    op.create_index("ix_taxonomy_change_state", "taxonomy_change", ["state"])


def downgrade() -> None:
    """Forget what was coded twice."""
    for table in ("taxonomy_change", "coding", "sampled_case"):
        op.drop_table(table)
