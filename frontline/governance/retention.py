"""What a message said is forgotten after a time; that it went, where and when is kept."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select

from frontline.store.models.work import OutboxRow
from frontline.store.work import Unit

_OVER = ("sent", "dead", "withheld")


def forget_messages(unit: Unit, before: dt.datetime) -> int:
    """Empty messages that went, or were given up, before an instant; return how many."""
    since = func.coalesce(OutboxRow.sent_at, OutboxRow.created_at)
    rows = unit.session.scalars(select(OutboxRow).where(OutboxRow.state.in_(_OVER), since < before)).all()
    full = [row for row in rows if row.payload]
    for row in full:
        row.payload = {}
    unit.session.flush()
    return len(full)
