"""Releases of examples: what a person released for others to see, every change of it, and where it was quoted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, SealedText, UtcInstant

revision = "0003_release"
down_revision = "0002_live"
branch_labels = None
depends_on = None

_LIVE = sa.text("state IN ('requested', 'released')")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "release",
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("doc_id", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("text", SealedText(), nullable=False),
        sa.Column("shown", Json(), nullable=False),
        sa.Column("flags", Json(), nullable=False),
        sa.Column("purpose", SealedText(), nullable=False),
        sa.Column("legal_basis", sa.String(length=40), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("content_key", sa.String(length=64), nullable=False),
        sa.Column("requested_by", sa.String(length=40), nullable=False),
        sa.Column("requested_at", UtcInstant(), nullable=False),
        sa.Column("reviewed_by", sa.String(length=40), nullable=True),
        sa.Column("reviewed_at", UtcInstant(), nullable=True),
        sa.Column("reason", SealedText(), nullable=True),
        sa.Column("expires_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("release_id", name="pk_release"),
    )
    op.create_index("ix_release_doc_id", "release", ["doc_id"], unique=False)
    op.create_index("ix_release_state", "release", ["state"], unique=False)
    op.create_index("uq_release_live", "release", ["doc_id"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)
    op.create_table(
        "release_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("actor_key", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=False),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("note", SealedText(), nullable=True),
        sa.ForeignKeyConstraint(["release_id"], ["release.release_id"], name="fk_release_event_release_id_release"),
        sa.PrimaryKeyConstraint("id", name="pk_release_event"),
    )
    op.create_index("ix_release_event_release_id", "release_event", ["release_id"], unique=False)
    op.create_table(
        "release_use",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("struck_at", UtcInstant(), nullable=True),
        sa.ForeignKeyConstraint(["release_id"], ["release.release_id"], name="fk_release_use_release_id_release"),
        sa.PrimaryKeyConstraint("id", name="pk_release_use"),
        sa.UniqueConstraint("release_id", "key", name="uq_release_use_release_id_key"),
    )
    op.create_index("ix_release_use_key", "release_use", ["key"], unique=False)


def downgrade() -> None:
    """Drop the three tables."""
    op.drop_index("ix_release_use_key", table_name="release_use")
    op.drop_table("release_use")
    op.drop_index("ix_release_event_release_id", table_name="release_event")
    op.drop_table("release_event")
    op.drop_index("uq_release_live", table_name="release", sqlite_where=_LIVE, postgresql_where=_LIVE)
    op.drop_index("ix_release_state", table_name="release")
    op.drop_index("ix_release_doc_id", table_name="release")
    op.drop_table("release")
