"""Scripts in versions, registered variants, and how often each is used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, UtcInstant

revision = "debriefs_scripts"
down_revision = "erase_subjects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of scripts and variants."""
    op.create_table(
        "script_version",
        sa.Column("version_id", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("body", Json(), nullable=False),
        sa.Column("author_key", sa.String(length=40), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("approver_key", sa.String(length=40), nullable=True),
        sa.Column("published_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("version_id", name="pk_script_version"),
    )
    op.create_index("ix_script_version_state", "script_version", ["state"])
    op.create_index("uq_script_version_topic_number", "script_version", ["topic", "number"], unique=True)
    op.create_table(
        "variant",
        sa.Column("variant_id", sa.String(length=40), nullable=False),
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("segment", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=False),
        sa.Column("is_legal", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("added_by", sa.String(length=40), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("variant_id", name="pk_variant"),
    )
    op.create_index("ix_variant_process", "variant", ["process"])
    op.create_table(
        "variant_use",
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("process", "key", "day", name="pk_variant_use"),
    )


def downgrade() -> None:
    """Forget scripts and variants."""
    for table in ("variant_use", "variant", "script_version"):
        op.drop_table(table)
