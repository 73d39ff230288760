"""Whom a person answers to, as the roster says it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "init_manager"
down_revision = "0005_tags"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("person", sa.Column("manager", sa.String(length=80), nullable=True))
