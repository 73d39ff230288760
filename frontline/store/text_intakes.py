"""Loads of texts that are under way, whoever runs them: a row each, so that who finds nothing can say why.

A load writes how far it is in the commits that it makes anyway. One that ended without saying so (a crash, a disk that
was full at the end) is passed over: its process is gone, or it gave no sign of life for a while.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import TracebackType

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.core.errors import EngineError
from frontline.core.ids import new_id
from frontline.store.claims import is_owner_gone, owner_token
from frontline.store.models.corpus import TextIntakeRow
from frontline.store.work import Store, Unit

# A chunk of long mails takes two minutes on a slow machine.
SILENT_AFTER = dt.timedelta(minutes=15)


@dataclass(frozen=True)
class Coming:
    """How far all loads under way are. ``total`` 0: it is not known how many texts there will be."""

    done: int = 0
    total: int = 0

    def in_words(self) -> str:
        """Return a sentence for whoever looks for a text meanwhile."""
        how_far = f": {self.done:,} of {self.total:,} are done" if self.total else ""
        return f"Texts are still being prepared{how_far}."


class TextIntake:
    """One load under way: begins when it is made, ends with ``end`` or at the end of a ``with``."""

    def __init__(self, store: Store, total: int = 0) -> None:
        """``total``: how many texts there are; 0 where nobody knows."""
        self._store = store
        self._row_id = new_id("tin")
        with store.unit() as unit:
            for row in unit.session.scalars(select(TextIntakeRow)):
                if not _is_alive(row, unit.now):
                    unit.session.delete(row)
            unit.session.add(
                TextIntakeRow(intake_id=self._row_id, owner=owner_token(), done=0, total=total, at=unit.now)
            )
            unit.commit()

    def note(self, unit: Unit, count: int) -> None:
        """Say in the caller's unit that ``count`` texts more are done."""
        row = unit.session.get(TextIntakeRow, self._row_id)
        if row is not None:
            row.done, row.at = row.done + count, unit.now

    def end(self) -> None:
        """Say that it is over; where that cannot be written, its silence will tell."""
        try:
            with self._store.unit() as unit:
                row = unit.session.get(TextIntakeRow, self._row_id)
                if row is not None:
                    unit.session.delete(row)
                    unit.commit()
        except EngineError:
            return

    def __enter__(self) -> TextIntake:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def under_way(session: Session, now: dt.datetime) -> Coming | None:
    """Return how far the loads of texts are that are under way, or None where there is none."""
    alive = [row for row in session.scalars(select(TextIntakeRow)) if _is_alive(row, now)]
    counted = [row for row in alive if row.total]
    if not alive:
        return None
    return Coming(sum(row.done for row in counted), sum(row.total for row in counted))


def _is_alive(row: TextIntakeRow, now: dt.datetime) -> bool:
    # Clocks of two processes may differ a little, and that of a demo jumps.
    return not is_owner_gone(row.owner) and abs(now - row.at) < SILENT_AFTER
