"""Delivery: claims outbox rows one by one, posts outside any lock, and records what happened.

Every change of a row is a conditional UPDATE on its lease token, so that a process that was paused beyond its lease
can neither overwrite its successor's outcome nor, re-checking right before the call, post what was taken over.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import and_, not_, or_, select, update
from sqlalchemy.orm import Session, aliased

from frontline.core.actor import SYSTEM, Audience, AudienceKind
from frontline.core.errors import EngineError, NotPermitted, UncertainDelivery
from frontline.core.ports import Posted, Transport
from frontline.core.reply import Outcome, Paragraph, Reply
from frontline.core.traces import trace_of
from frontline.governance import audit
from frontline.governance.outbox import CRITICAL, OPEN_STATES, UPDATES, audience_from_json, enqueue
from frontline.governance.sweeper import Sweeper, age, epoch, schedule_sweep
from frontline.store.claims import is_owner_gone, owner_token
from frontline.store.models.work import ChannelPace, OutboxRow
from frontline.store.work import Store, Unit

log = logging.getLogger(__name__)
LONGEST_PAUSE = dt.timedelta(hours=1)
OPERATOR_PREFIX = "operator:"


class AudienceCheck(Protocol):
    """Re-checks at send time. Raises ``NotPermitted`` when the channel may not see the message ``key`` (any more)."""

    def __call__(self, *, key: str, action: str, channel: str, audience: Audience) -> None: ...


# (session, row, now) -> until when a message has to wait and why (see ``frontline.governance.quiet``); None = not.
Hold = Callable[[Session, OutboxRow, dt.datetime], tuple[dt.datetime, str] | None]


@dataclass(frozen=True)
class DeliverySettings:
    """Knobs. ``lease`` is at least three times the transport's time-out; ``pace`` is Slack's 1 message/s/channel.

    ``settle`` is the first pause after a failure, doubled at each further one: Slack shows a message in the history
    a moment later than it answers the post, so a read-back at once would miss it.
    """

    lease: dt.timedelta = dt.timedelta(seconds=45)
    pace: dt.timedelta = dt.timedelta(seconds=1)
    settle: dt.timedelta = dt.timedelta(seconds=3)
    max_failures: int = 8
    longest_backoff: dt.timedelta = dt.timedelta(minutes=5)
    operator_channel: str | None = None


@dataclass(frozen=True)
class _Claim:
    """A leased row as plain values; ``must_read_back`` before any call."""

    id: int
    key: str
    channel: str
    payload: dict[str, Any]
    audience: Audience
    action: str
    token: str
    failures: int
    must_read_back: bool
    first_call_at: dt.datetime | None
    thread_ts: str | None
    lease_until: dt.datetime = field(compare=False)

    @property
    def updates(self) -> str:
        """The outbox key of the message that this one replaces, "" for one of its own."""
        return str(self.payload.get(UPDATES, ""))


class Delivery:
    """Moves the outbox. Any number of processes and threads may step at once."""

    def __init__(
        self,
        store: Store,
        transport: Transport,
        *,
        check: AudienceCheck | None = None,
        hold: Hold | None = None,
        settings: DeliverySettings | None = None,
        at: Callable[[str], None] = lambda _step: None,
    ) -> None:
        """``at`` is told each named step; the crash tests kill the process there."""
        self._store = store
        self._transport = transport
        self._check = check
        self._hold = hold
        self._settings = settings or DeliverySettings()
        self._sweeper = Sweeper(store, transport)
        self._at = at
        # Leases of calls under way in this very process: a clock set forward ends them on paper only.
        self._in_flight: set[str] = set()

    def step(self, limit: int = 100) -> int:
        """Deliver what is due now, critical first, at most one message per channel and second; return how many went.

        Also sweeps. What Slack or a message does wrong is told by its row.

        Raises:
            EngineError: the state database itself failed; the next step goes on.
        """
        delivered = 0
        for _ in range(limit):
            claim = self._claim()
            if claim is None:
                break
            try:
                delivered += self._deliver(claim)
            finally:
                self._in_flight.discard(claim.token)
        self.sweep()
        return delivered

    def sweep(self) -> int:
        """Delete second copies where they are conceivable; return how many went (see ``Sweeper``)."""
        return self._sweeper.sweep()

    def _claim(self) -> _Claim | None:
        with self._store.read() as session:
            # A look without the lock: an idle delivery loop must not queue behind writers.
            if self._next_due(session, self._store.clock.now()) is None:
                return None
        with self._store.unit() as unit:
            row = self._next_free(unit)
            if row is None:
                unit.commit()
                return None
            claim = self._lease(unit, row)
            self._in_flight.add(claim.token)
            unit.commit()
        self._at("claimed")
        return claim

    def _next_free(self, unit: Unit) -> OutboxRow | None:
        """Return the next message that may go now; those that have to wait are given their time on the way."""
        while (row := self._next_due(unit.session, unit.now)) is not None:
            held = self._hold(unit.session, row, unit.now) if self._hold is not None else None
            if held is None:
                return row
            row.not_before, row.held = held
            unit.session.flush()
        return None

    def _next_due(self, session: Session, now: dt.datetime) -> OutboxRow | None:
        parent = aliased(OutboxRow)
        waits_for_parent = (
            select(parent.id).where(parent.key == OutboxRow.thread_of, parent.state.in_(OPEN_STATES)).exists()
        )
        # A lease or pause further ahead than any we grant was written before the clock stepped back.
        is_paced = select(ChannelPace.channel).where(
            ChannelPace.channel == OutboxRow.channel,
            ChannelPace.next_at > now,
            ChannelPace.next_at < now + LONGEST_PAUSE,
        )
        is_free = or_(
            OutboxRow.lease_until.is_(None),
            OutboxRow.lease_until <= now,
            OutboxRow.lease_until > now + 10 * self._settings.lease,
        )
        query = (
            select(OutboxRow)
            .where(
                or_(
                    and_(OutboxRow.state.in_(("pending", "uncertain")), is_free, OutboxRow.not_before <= now),
                    and_(OutboxRow.state == "sending", is_free),
                ),
                or_(OutboxRow.lease_token.is_(None), OutboxRow.lease_token.not_in(tuple(self._in_flight))),
                not_(is_paced.exists()),
                not_(waits_for_parent),
            )
            .order_by(OutboxRow.priority, OutboxRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        return session.scalar(query)

    def _lease(self, unit: Unit, row: OutboxRow) -> _Claim:
        # A row that somebody was sending when their lease ran out may stand in the channel already.
        must_read_back = row.state in {"sending", "uncertain"}
        row.state = "uncertain" if must_read_back else "sending"
        row.owner, row.lease_token = owner_token(), secrets.token_hex(16)
        row.lease_until = unit.now + self._settings.lease
        _pace(unit, row.channel, unit.now + self._settings.pace)
        return _Claim(
            id=row.id,
            key=row.key,
            channel=row.channel,
            payload=row.payload,
            audience=audience_from_json(row.audience),
            action=row.action,
            token=row.lease_token,
            failures=row.failures,
            must_read_back=must_read_back,
            first_call_at=row.first_call_at,
            thread_ts=_thread_ts(unit.session, row),
            lease_until=row.lease_until,
        )

    def _deliver(self, claim: _Claim) -> bool:
        try:
            posted = self._send(claim)
        except NotPermitted as error:
            self._withhold(claim, error)
        except UncertainDelivery as error:
            self._fail(claim, error, state="uncertain")
        except EngineError as error:
            self._fail(claim, error, state="uncertain" if claim.must_read_back else "pending")
        except Exception as error:  # noqa: BLE001  # whatever breaks in a transport, the row is uncertain
            # A bug in a transport: nobody can know how far the call went, so it counts as uncertain.
            log.error("delivery of %s failed: %s", claim.key, trace_of(error))
            self._fail(claim, EngineError(type(error).__name__, permanent=False), state="uncertain")
        else:
            # Outside the try: a database that fails now must not make a message that stands in Slack "pending". The
            # row stays "sending", its lease ends, and it is read back.
            return posted is not None and self._record_sent(claim, posted)
        return False

    def _send(self, claim: _Claim) -> Posted | None:
        """Return where the message stands, found or posted now; None when the lease was lost before the call."""
        if claim.updates:
            return self._update(claim)
        if claim.must_read_back and (found := self._read_back(claim)) is not None:
            return found
        if self._check is not None:
            self._check(key=claim.key, action=claim.action, channel=claim.channel, audience=claim.audience)
        if not self._announce_call(claim):
            return None
        self._at("before_post")
        posted = self._transport.post(
            channel=claim.channel, payload=claim.payload, key=claim.key, thread_ts=claim.thread_ts
        )
        self._at("posted")
        return posted

    def _update(self, claim: _Claim) -> Posted | None:
        """Replace an earlier message where it stands. Doing it twice does no harm, so nothing is read back."""
        with self._store.read() as session:
            row = session.scalar(select(OutboxRow).where(OutboxRow.key == claim.updates))
            target = Posted(row.posted_channel, row.posted_ts) if row and row.posted_channel and row.posted_ts else None
        if target is None:
            raise NotPermitted("The message that it replaces does not stand anywhere.", policy_id="outbox.updates")
        if self._check is not None:
            self._check(key=claim.key, action=claim.action, channel=claim.channel, audience=claim.audience)
        if not self._announce_call(claim):
            return None
        self._at("before_post")
        self._transport.update(posted=target, payload=claim.payload)
        self._at("posted")
        return target

    def _read_back(self, claim: _Claim) -> Posted | None:
        if claim.first_call_at is None:
            return None  # its process died between the claim and the call
        copies = self._transport.find(channel=claim.channel, key=claim.key, since=epoch(claim.first_call_at))
        self._at("read_back")
        return min(copies, key=age) if copies else None

    def _announce_call(self, claim: _Claim) -> bool:
        """Write that the call begins, if the lease is still ours and fresh: the last check right before the post."""
        now = self._store.clock.now()
        with self._store.unit() as unit:
            changed = unit.session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == claim.id, OutboxRow.lease_token == claim.token, OutboxRow.lease_until > now)
                .values(
                    state="sending",
                    calls=OutboxRow.calls + 1,
                    first_call_at=claim.first_call_at or now,
                    lease_until=now + self._settings.lease,
                )
            )
            if getattr(changed, "rowcount", 0) != 1:
                return False
            unit.commit()
        self._at("announced")
        return True

    def _record_sent(self, claim: _Claim, posted: Posted) -> bool:
        with self._store.unit() as unit:
            row = unit.session.get(OutboxRow, claim.id)
            if row is None:
                return False
            if row.lease_token != claim.token:
                # We were paused beyond our lease and posted all the same: have the copies counted.
                row.sweep_at, row.sweeps = unit.now, 0
                unit.commit()
                return False
            row.state, row.sent_at, row.last_error = "sent", unit.now, ""
            if not claim.updates:
                row.posted_channel, row.posted_ts = posted.channel, posted.ts
            row.lease_token, row.lease_until, row.owner = None, None, None
            if (claim.must_read_back or row.calls > 1) and not claim.updates:
                row.sweeps = 0
                schedule_sweep(row, unit.now)
            self._at("before_record")
            unit.commit()
        self._at("recorded")
        return True

    def _fail(self, claim: _Claim, error: EngineError, *, state: str) -> None:
        with self._store.unit() as unit:
            row = unit.session.get(OutboxRow, claim.id)
            if row is None or row.lease_token != claim.token:
                return
            row.lease_token, row.lease_until, row.owner = None, None, None
            row.last_error = str(error)[:300]
            row.state = state
            if error.retry_after is not None:
                # A 429 is Slack's pace, not a failure of the message: it never makes it dead.
                pause = min(dt.timedelta(seconds=error.retry_after), LONGEST_PAUSE)
                _pace(unit, row.channel, unit.now + pause)
                row.not_before = unit.now + pause
            else:
                row.failures += 1
                row.not_before = unit.now + self._backoff(row.failures)
                if error.permanent or row.failures >= self._settings.max_failures:
                    self._give_up(unit, row)
            unit.commit()
        self._at("failed")

    def _backoff(self, failures: int) -> dt.timedelta:
        return min(self._settings.settle * int(2 ** (failures - 1)), self._settings.longest_backoff)

    def _give_up(self, unit: Unit, row: OutboxRow) -> None:
        row.state = "dead"
        audit.record(unit, SYSTEM, row.action, resource=f"outbox:{row.key}", outcome="failed", detail={"state": "dead"})
        operator = self._settings.operator_channel
        if operator is None or row.key.startswith(OPERATOR_PREFIX):
            return
        reply = Reply(
            f"A message to {row.channel} could not be delivered.",
            parts=(Paragraph(f"Key `{row.key}`, {row.failures} failures, last: {row.last_error}"),),
            outcome=Outcome.FAILED,
        )
        audience = Audience(AudienceKind.CHANNEL, channel=operator)
        enqueue(unit, f"{OPERATOR_PREFIX}dead:{row.key}", operator, reply, priority=CRITICAL, audience=audience)

    def _withhold(self, claim: _Claim, error: NotPermitted) -> None:
        with self._store.unit() as unit:
            row = unit.session.get(OutboxRow, claim.id)
            if row is None or row.lease_token != claim.token:
                return
            row.state, row.last_error = "withheld", str(error)[:300]
            row.lease_token, row.lease_until, row.owner = None, None, None
            detail = {"policy": error.policy_id, "channel": claim.channel}
            audit.record(unit, SYSTEM, claim.action, resource=f"outbox:{claim.key}", outcome="denied", detail=detail)
            unit.commit()

    def recover(self) -> int:
        """Free the leases of processes of this machine that surely died; return how many rows. At start-up."""
        freed = 0
        with self._store.unit() as unit:
            for row in unit.session.scalars(select(OutboxRow).where(OutboxRow.lease_token.is_not(None))):
                if is_owner_gone(row.owner):
                    row.lease_until = unit.now
                    freed += 1
            unit.commit()
        return freed


def _pace(unit: Unit, channel: str, next_at: dt.datetime) -> None:
    pace = unit.session.get(ChannelPace, channel)
    if pace is None:
        unit.session.add(ChannelPace(channel=channel, next_at=next_at))
        unit.session.flush()
    else:
        pace.next_at = max(pace.next_at, next_at)


def _thread_ts(session: Session, row: OutboxRow) -> str | None:
    if row.thread_of is None:
        return None
    # A parent that is dead or unknown leaves the message on its own: better said twice as loud than not at all.
    return session.scalar(select(OutboxRow.posted_ts).where(OutboxRow.key == row.thread_of, OutboxRow.state == "sent"))
