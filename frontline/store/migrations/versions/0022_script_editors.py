"""A script remembers everybody who changed its draft, so that none of them approves it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import Json

revision = "r_script_editors"
down_revision = "r_text_intake"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of what was edited before only the last author is known."""
    op.add_column("script_version", sa.Column("edited_by", Json(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("script_version") as table:
        table.drop_column("edited_by")
