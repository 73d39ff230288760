"""The outbox: messages are written in the transaction of the work they tell about, and delivered afterwards.

States::

    pending   -> sending -> sent
                         -> pending    surely not sent (429 with Retry-After, a refused connection)
                         -> uncertain  time-out, reset, 5xx, a dead process: nobody can know
                         -> dead       can never be posted, or N failures
                         -> withheld   the channel may not see it any more
    shadow    -> pending   a routine's first days: an admin saw a preview and said "post it"
    uncertain -> sent (read back by key) | sending again

Blind retry doubled 48 % of the messages under faults; reading back by the key in the message metadata before any
second call doubles none. ``frontline.governance.delivery`` moves the rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from frontline.core.actor import PRIVATE, Audience, AudienceKind
from frontline.core.errors import Conflict, NotFound
from frontline.core.reply import Reply
from frontline.governance.wire import reply_to_json
from frontline.store.models.work import OutboxRow
from frontline.store.work import Unit

CRITICAL = 0
NORMAL = 5
DELIVER = "outbox.deliver"
# Key in a payload: this message replaces the one of that outbox key where it stands, instead of standing beside it.
UPDATES = "updates"
OPEN_STATES = ("pending", "sending", "uncertain")


@dataclass(frozen=True)
class OutboxStats:
    """Depth by state, and since when the oldest open message waits."""

    pending: int
    sending: int
    uncertain: int
    sent: int
    dead: int
    withheld: int
    oldest_open_at: dt.datetime | None
    shadow: int = 0

    @property
    def depth(self) -> int:
        """Messages that still have to go."""
        return self.pending + self.sending + self.uncertain


def enqueue(
    unit: Unit,
    key: str,
    channel: str,
    payload: Mapping[str, Any] | Reply,
    *,
    priority: int = NORMAL,
    thread_of: str | None = None,
    not_before: dt.datetime | None = None,
    audience: Audience | None = None,
    action: str = DELIVER,
    state: str = "pending",
    is_prompted: bool = False,
) -> bool:
    """Write a message into the outbox of ``unit``; False when this key is there already (nothing changes).

    ``priority`` 0 is critical and goes first. ``thread_of`` is the key of an earlier message whose thread this one
    joins. ``action`` is re-checked against the channel's audience when the message is sent. ``state`` "shadow" keeps
    it until somebody releases it. ``is_prompted``: the person asked for it, so that it minds no quiet hours.
    """
    if unit.session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is not None:
        return False
    body = {"reply": reply_to_json(payload)} if isinstance(payload, Reply) else dict(payload)
    row = OutboxRow(
        key=key,
        channel=channel,
        payload=body,
        audience=audience_to_json(audience or Audience(AudienceKind.CHANNEL, channel=channel)),
        action=action,
        priority=priority,
        thread_of=thread_of if thread_of != key else None,
        state=state,
        is_prompted=is_prompted,
        created_at=unit.now,
        not_before=not_before or unit.now,
    )
    try:
        with unit.session.begin_nested():
            unit.session.add(row)
    except IntegrityError:
        return False  # PostgreSQL: another process committed the same key meanwhile
    return True


def access_message(session: Session, key: str) -> OutboxRow:
    """Return the row of a key. The caller has authorized ``status.read``.

    Raises:
        NotFound: there is none.
    """
    row = session.scalar(select(OutboxRow).where(OutboxRow.key == key))
    if row is None:
        raise NotFound(f"No message has the key {key}.")
    return row


def list_messages(session: Session, *, states: Sequence[str] = OPEN_STATES, limit: int = 50) -> list[OutboxRow]:
    """Return messages in ``states``, newest first. The caller has authorized ``status.read``."""
    query = select(OutboxRow).where(OutboxRow.state.in_(states)).order_by(OutboxRow.id.desc()).limit(limit)
    return list(session.scalars(query))


def was_told(session: Session, prefix: str, *, since: dt.datetime) -> bool:
    """Whether a message whose key begins with ``prefix`` was written since then. Says nothing of what it holds."""
    query = select(OutboxRow.id).where(OutboxRow.key.startswith(prefix, autoescape=True), OutboxRow.created_at > since)
    return session.scalar(query.limit(1)) is not None


def posted_messages(session: Session, channel: str, ts: str) -> list[OutboxRow]:
    """Return the rows that stand at (channel, ts) in Slack: which message was a button pressed on?"""
    query = select(OutboxRow).where(OutboxRow.posted_channel == channel, OutboxRow.posted_ts == ts)
    return list(session.scalars(query))


def revive(unit: Unit, key: str) -> None:
    """Give a dead message another round, after its cause was put right.

    Raises:
        NotFound: there is none.
        Conflict: it is not dead.
    """
    row = access_message(unit.session, key)
    if row.state != "dead":
        raise Conflict(f"The message {key} is {row.state}, not dead.")
    # Not pending: it may have been taken before it was given up, so it is read back first.
    row.state = "uncertain" if row.calls else "pending"
    row.failures, row.not_before, row.lease_until, row.lease_token = 0, unit.now, None, None


def stats(session: Session) -> OutboxStats:
    """Count messages by state."""
    counts = dict(session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state)).tuples().all())
    oldest = session.scalar(select(func.min(OutboxRow.created_at)).where(OutboxRow.state.in_(OPEN_STATES)))
    states = ("pending", "sending", "uncertain", "sent", "dead", "withheld", "shadow")
    return OutboxStats(**{state: counts.get(state, 0) for state in states}, oldest_open_at=oldest)


def audience_to_json(audience: Audience) -> dict[str, Any]:
    """Return the stored form of an audience."""
    return {"kind": audience.kind.value, "channel": audience.channel, "name": audience.name}


def audience_from_json(stored: Mapping[str, Any]) -> Audience:
    """Return the audience of its stored form."""
    if not stored:
        return PRIVATE
    return Audience(AudienceKind(stored["kind"]), channel=stored.get("channel"), name=stored.get("name"))
