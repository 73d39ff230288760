"""Commitments that are blocked or tracked elsewhere; routines in shadow; personal mute and quiet hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from frontline.store.base import UtcInstant

revision = "0004_owners"
down_revision = "0003_release"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and tables."""
    op.add_column("commitment", sa.Column("blocked_at", UtcInstant(), nullable=True))
    op.add_column("commitment", sa.Column("link", sa.String(length=300), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("held", sa.String(length=12), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("is_prompted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "milestone",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_milestone"),
    )
    op.create_table(
        "routine_setting",
        sa.Column("routine", sa.String(length=80), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=True),
        sa.Column("live_at", UtcInstant(), nullable=True),
        sa.Column("shadow_until", UtcInstant(), nullable=True),
        sa.Column("changed_by", sa.String(length=40), nullable=False),
        sa.Column("changed_at", UtcInstant(), nullable=False),
        sa.PrimaryKeyConstraint("routine", name="pk_routine_setting"),
    )
    op.create_table(
        "person_setting",
        sa.Column("person_key", sa.String(length=40), nullable=False),
        sa.Column("mute_until", UtcInstant(), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_to", sa.Time(), nullable=True),
        sa.Column("weekly_cap", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_key"], ["person.key"], name="fk_person_setting_person_key_person", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_key", name="pk_person_setting"),
    )
