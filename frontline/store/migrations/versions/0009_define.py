"""Versions of definitions, verified questions, learned words, and words that nobody could answer to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, SealedText, UtcInstant

revision = "define_definitions"
down_revision = "0008_intake"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "metric_version",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("metric", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("bundle", Json(), nullable=False),
        sa.Column("base_hash", sa.String(length=64), nullable=False),
        sa.Column("changes", Json(), nullable=False),
        sa.Column("effect", Json(), nullable=False),
        sa.Column("reason", SealedText(), nullable=True),
        sa.Column("creator_key", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcInstant(), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_version")),
        sa.UniqueConstraint("metric", "number", "hash", name=op.f("uq_metric_version_metric_number_hash")),
    )
    op.create_index("ix_metric_version_state", "metric_version", ["state"])
    op.create_table(
        "metric_signature",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.String(length=40), nullable=False),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["metric_version.id"], name=op.f("fk_metric_signature_version_id_metric_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_signature")),
        sa.UniqueConstraint("version_id", "person_key", name=op.f("uq_metric_signature_version_id_person_key")),
    )
    op.create_index("ix_metric_signature_version_id", "metric_signature", ["version_id"])
    op.create_table(
        "verified_question",
        sa.Column("question_id", sa.String(length=40), nullable=False),
        sa.Column("words", SealedText(), nullable=True),
        sa.Column("query", Json(), nullable=False),
        sa.Column("shape", sa.String(length=64), nullable=False),
        sa.Column("hashes", Json(), nullable=False),
        sa.Column("verified_by", sa.String(length=40), nullable=False),
        sa.Column("verified_at", UtcInstant(), nullable=False),
        sa.Column("dropped_at", UtcInstant(), nullable=True),
        sa.Column("dropped_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_verified_question")),
    )
    op.create_index("ix_verified_question_shape", "verified_question", ["shape"])
    op.create_table(
        "learned_word",
        sa.Column("word_id", sa.String(length=40), nullable=False),
        sa.Column("word_key", sa.String(length=64), nullable=False),
        sa.Column("word", SealedText(), nullable=False),
        sa.Column("metric", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", UtcInstant(), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("word_id", name=op.f("pk_learned_word")),
        sa.UniqueConstraint("word_key", "metric", name=op.f("uq_learned_word_word_key_metric")),
    )
    op.create_index("ix_learned_word_word_key", "learned_word", ["word_key"])
    op.create_index("ix_learned_word_state", "learned_word", ["state"])
    op.create_table(
        "question_gap",
        sa.Column("word_key", sa.String(length=64), nullable=False),
        sa.Column("word", SealedText(), nullable=False),
        sa.Column("nearest", Json(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("asked_by", Json(), nullable=False),
        sa.Column("first_at", UtcInstant(), nullable=False),
        sa.Column("last_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("word_key", name=op.f("pk_question_gap")),
    )
    op.create_index("ix_question_gap_last_at", "question_gap", ["last_at"])


def downgrade() -> None:
    """Drop the tables."""
    for name in ("question_gap", "learned_word", "verified_question", "metric_signature", "metric_version"):
        op.drop_table(name)
