"""The sweeper: of two posts with equal keys the later goes.

A second copy is conceivable where a call's outcome was uncertain, or where a process slept beyond its lease and posted
all the same. Such a row is looked at 5 s, 30 s and 5 minutes after it was sent: a late first copy may still land.
"""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import select, update

from frontline.core.errors import EngineError
from frontline.core.ports import Posted, Transport
from frontline.store.models.work import OutboxRow
from frontline.store.work import Store

log = logging.getLogger(__name__)
CLOCK_SKEW = 600.0  # seconds that our clock and Slack's message times may differ
SWEEPS = (dt.timedelta(seconds=5), dt.timedelta(seconds=30), dt.timedelta(minutes=5))


class Sweeper:
    """Deletes second copies."""

    def __init__(self, store: Store, transport: Transport) -> None:
        self._store = store
        self._transport = transport

    def sweep(self) -> int:
        """Delete the later of two posts with equal keys where a second copy is conceivable; return how many went."""
        now = self._store.clock.now()
        with self._store.read() as session:
            query = select(OutboxRow).where(OutboxRow.state == "sent", OutboxRow.sweep_at <= now).limit(50)
            due = [
                (row.id, row.key, row.posted_channel or row.channel, epoch(row.first_call_at or row.created_at))
                for row in session.scalars(query)
            ]
        return sum(self._sweep_one(row_id, key, channel=channel, since=since) for row_id, key, channel, since in due)

    def _sweep_one(self, row_id: int, key: str, *, channel: str, since: float) -> int:
        removed = 0
        try:
            copies = sorted(self._transport.find(channel=channel, key=key, since=since), key=age)
            for copy in copies[1:]:
                self._transport.delete(posted=copy)
                removed += 1
        except EngineError as error:
            log.warning("sweep of %s failed: %s", key, error)
            self._postpone_sweep(row_id)
            return removed
        with self._store.unit() as unit:
            row = unit.session.get(OutboxRow, row_id)
            if row is not None:
                if copies:
                    row.posted_channel, row.posted_ts = copies[0].channel, copies[0].ts
                schedule_sweep(row, unit.now)
                unit.commit()
        return removed

    def _postpone_sweep(self, row_id: int) -> None:
        with self._store.unit() as unit:
            unit.session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(sweep_at=unit.now + SWEEPS[0]))
            unit.commit()


def schedule_sweep(row: OutboxRow, now: dt.datetime) -> None:
    """Plan the next look at a row, or none after the last."""
    if row.sweeps < len(SWEEPS):
        row.sweep_at = now + SWEEPS[row.sweeps]
        row.sweeps += 1
    else:
        row.sweep_at = None


def epoch(instant: dt.datetime) -> float:
    """Return the epoch seconds from which to read back, with room for clocks that differ."""
    return instant.timestamp() - CLOCK_SKEW


def age(posted: Posted) -> tuple[float, str]:
    """Order messages by when they landed."""
    return float(posted.ts), posted.ts
