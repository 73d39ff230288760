"""Books of cases: who stands behind which placeholder over the documents of one case, as hashes, encrypted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import UtcInstant

revision = "rv_case_books"
down_revision = "debriefs_flags"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Cases that are there already get their book with their next document."""
    op.create_table(
        "case_book",
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("lookup", name="pk_case_book"),
    )
    op.create_index("ix_case_book_changed_at", "case_book", ["changed_at"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("case_book")
