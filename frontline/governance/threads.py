"""What a conversation is about: the query that a follow-up ("and by channel?") patches. Survives a restart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from frontline.core.actor import Actor
from frontline.store.models.talk import ThreadMemory
from frontline.store.work import Unit


@dataclass(frozen=True)
class Remembered:
    """The last query of a thread, in its public JSON form, and who asked it."""

    query: Mapping[str, Any]
    asker_key: str
    at: dt.datetime


def remember(unit: Unit, thread_key: str, query: Mapping[str, Any], asker: Actor) -> None:
    """Keep the query as the thread's latest. No thread (""), nothing kept."""
    if not thread_key:
        return
    known = unit.session.get(ThreadMemory, thread_key)
    if known is None:
        row = ThreadMemory(thread_key=thread_key, query=dict(query), asker_key=asker.key, at=unit.now)
        unit.session.add(row)
    else:
        known.query, known.asker_key, known.at = dict(query), asker.key, unit.now
    unit.session.flush()


def recall(session: Session, thread_key: str, *, since: dt.datetime | None = None) -> Remembered | None:
    """Return what the thread is about; None for a fresh one.

    It is a query, never an answer: the follow-up runs with the rights of who asks it. A direct message as a whole (a
    key without a root, ``D1:``) never ends: there, what was asked before ``since`` is another conversation.
    """
    row = session.get(ThreadMemory, thread_key) if thread_key else None
    if row is not None and since is not None and thread_key.endswith(":") and row.at < since:
        return None
    return None if row is None else Remembered(row.query, row.asker_key, row.at)


def forget(unit: Unit, thread_key: str) -> None:
    """Start the thread over."""
    unit.session.execute(delete(ThreadMemory).where(ThreadMemory.thread_key == thread_key))


def forget_before(unit: Unit, instant: dt.datetime) -> int:
    """Drop threads not used since ``instant``; return how many."""
    old = list(unit.session.scalars(select(ThreadMemory).where(ThreadMemory.at < instant)))
    for row in old:
        unit.session.delete(row)
    return len(old)
