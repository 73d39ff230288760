"""Erasure: identifiers as keyed hashes, who must not come back, and erasures under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, UtcInstant

revision = "erase_subjects"
down_revision = "review_quarantine"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. Documents that are there already are found by the case in their id."""
    op.create_table(
        "document_subject",
        sa.Column("doc_id", sa.String(length=120), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("doc_id", "lookup", name="pk_document_subject"),
    )
    op.create_index("ix_document_subject_lookup", "document_subject", ["lookup"])
    op.create_table(
        "suppressed",
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("lookup", name="pk_suppressed"),
    )
    op.create_index("ix_suppressed_subject", "suppressed", ["subject"])
    op.create_table(
        "erasure",
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("tombstone", sa.String(length=40), nullable=True),
        sa.Column("plan", sa.LargeBinary(), nullable=True),
        sa.Column("counts", Json(), nullable=False),
        sa.Column("started_at", UtcInstant(), nullable=False),
        sa.Column("finished_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("subject", name="pk_erasure"),
    )


def downgrade() -> None:
    """Forget them; who was erased could be loaded again."""
    for table in ("erasure", "suppressed", "document_subject"):
        op.drop_table(table)
