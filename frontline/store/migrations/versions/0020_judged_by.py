"""A document remembers what the gate went by, so that a row that comes again is judged again where that has changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r_judged_by"
down_revision = "categories_coding"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what is there already is judged again when it is loaded once more."""
    op.add_column("document", sa.Column("judged_by", sa.String(length=64), nullable=False, server_default=""))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("document") as table:
        table.drop_column("judged_by")
