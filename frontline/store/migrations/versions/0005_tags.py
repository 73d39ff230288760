"""Labels of tags: merges, processes, gaps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import SealedText, UtcInstant

revision = "0005_tags"
down_revision = "0004_owners"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of labels."""
    op.create_table(
        "tag_label",
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("creator_key", sa.String(length=40), nullable=False),
        sa.Column("alias_of", sa.String(length=80), nullable=True),
        sa.Column("merged_at", UtcInstant(), nullable=True),
        sa.Column("merged_by", sa.String(length=40), nullable=True),
        sa.Column("proposed_into", sa.String(length=80), nullable=True),
        sa.Column("proposed_count", sa.Integer(), nullable=False),
        sa.Column("process", SealedText(), nullable=True),
        sa.Column("process_url", sa.String(length=500), nullable=True),
        sa.Column("linked_at", UtcInstant(), nullable=True),
        sa.Column("linked_by", sa.String(length=40), nullable=True),
        sa.Column("gap_opened_at", UtcInstant(), nullable=True),
        sa.Column("gap_seen_at", UtcInstant(), nullable=True),
        sa.Column("muted_until", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("label", name="pk_tag_label"),
    )
    op.create_index("ix_tag_label_alias_of", "tag_label", ["alias_of"], unique=False)
    op.create_index("ix_tag_label_proposed_into", "tag_label", ["proposed_into"], unique=False)


def downgrade() -> None:
    """Forget what is known of labels; the tags stay."""
    op.drop_table("tag_label")
