"""A pain point says how big the change is that it asks for, so that it can be ranked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "themes_pain_size"
down_revision = "r_script_editors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what is there already does not say."""
    op.add_column("pain_point", sa.Column("size", sa.String(length=10), nullable=False, server_default=""))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("pain_point") as table:
        table.drop_column("size")
