"""Steward review: decisions about what the gate held back, the gate's word lists, what a release is told, practice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json, SealedText, UtcInstant

revision = "review_quarantine"
down_revision = "debriefs_knowledge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the columns of documents and releases that are filled from now on."""
    op.create_table(
        "quarantine_review",
        sa.Column("doc_id", sa.String(length=120), nullable=False),
        sa.Column("content_key", sa.String(length=64), nullable=False),
        sa.Column("opened_by", sa.String(length=40), nullable=False),
        sa.Column("opened_at", UtcInstant(), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", UtcInstant(), nullable=True),
        sa.Column("choices", Json(), nullable=False),
        sa.Column("before", Json(), nullable=False),
        sa.Column("words", Json(), nullable=False),
        sa.PrimaryKeyConstraint("doc_id", name="pk_quarantine_review"),
    )
    op.create_table(
        "gate_word",
        sa.Column("word_id", sa.String(length=40), nullable=False),
        sa.Column("list_name", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("reason", SealedText(), nullable=False),
        sa.Column("added_by", sa.String(length=40), nullable=False),
        sa.Column("added_at", UtcInstant(), nullable=False),
        sa.Column("expires_at", UtcInstant(), nullable=False),
        sa.Column("removed_at", UtcInstant(), nullable=True),
        sa.PrimaryKeyConstraint("word_id", name="pk_gate_word"),
    )
    op.create_index("ix_gate_word_digest", "gate_word", ["digest"])
    op.create_table(
        "practice_answer",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_key", sa.String(length=40), nullable=False),
        sa.Column("case_key", sa.String(length=60), nullable=False),
        sa.Column("cue", sa.String(length=60), nullable=False),
        sa.Column("cue_class", sa.String(length=8), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("box", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_key"], ["person.key"], name="fk_practice_answer_person_key", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_practice_answer"),
    )
    op.create_index("ix_practice_answer_person_key", "practice_answer", ["person_key"])
    with op.batch_alter_table("document") as table:
        table.add_column(sa.Column("product", sa.String(length=80), nullable=True))
        table.add_column(sa.Column("customer_key", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("agent_id", sa.String(length=80), nullable=True))
        table.add_column(sa.Column("fidelity", Json(), nullable=True))
    with op.batch_alter_table("release") as table:
        table.add_column(sa.Column("sensitivity", sa.String(length=20), nullable=False, server_default="ordinary"))
        table.add_column(sa.Column("fidelity", Json(), nullable=True))


def downgrade() -> None:
    """Forget decisions, lists and practice."""
    for column in ("fidelity", "sensitivity"):
        op.drop_column("release", column)
    for column in ("fidelity", "agent_id", "customer_key", "product"):
        op.drop_column("document", column)
    for table in ("practice_answer", "gate_word", "quarantine_review"):
        op.drop_table(table)
