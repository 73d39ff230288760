"""Knowledge: what an article is for, the log of recommendations, and what people said of an article."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, SealedText, UtcInstant

revision = "debriefs_knowledge"
down_revision = "debriefs_debriefs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of knowledge."""
    op.create_table(
        "article",
        sa.Column("doc_id", sa.String(length=120), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("products", Json(), nullable=False),
        sa.Column("audience", Json(), nullable=False),
        sa.Column("segments", Json(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("changed_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("doc_id", name="pk_article"),
    )
    op.create_table(
        "recommendation",
        sa.Column("rec_id", sa.String(length=40), nullable=False),
        sa.Column("case_key", sa.String(length=80), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.Column("actor_key", sa.String(length=40), nullable=False),
        sa.Column("policy_id", sa.String(length=40), nullable=False),
        sa.Column("weights", Json(), nullable=False),
        sa.Column("candidates", Json(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("best", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("rec_id", name="pk_recommendation"),
    )
    op.create_index("ix_recommendation_case_key_at", "recommendation", ["case_key", "at"])
    op.create_index("ix_recommendation_at", "recommendation", ["at"])
    op.create_table(
        "article_verdict",
        sa.Column("verdict_id", sa.String(length=40), nullable=False),
        sa.Column("case_key", sa.String(length=80), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("doc_id", sa.String(length=120), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("note", SealedText(), nullable=True),
        sa.Column("actor_key", sa.String(length=40), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("verdict_id", name="pk_article_verdict"),
    )
    op.create_index("ix_article_verdict_doc_id", "article_verdict", ["doc_id"])
    op.create_index(
        "uq_article_verdict_case_doc_verdict", "article_verdict", ["case_key", "doc_id", "verdict"], unique=True
    )


def downgrade() -> None:
    """Forget the log and what articles are for; their words stay in the corpus."""
    for table in ("article_verdict", "recommendation", "article"):
        op.drop_table(table)
