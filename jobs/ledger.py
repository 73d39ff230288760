"""The ledger of runs: one row per (routine, slot), whoever ticks, however often.

running (lease) -> done | failed (retried with a pause, then for good); skipped = seen, not run, with the reason.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from frontline.core.errors import Conflict, NotFound
from frontline.store.claims import is_owner_gone, owner_token
from frontline.store.models.work import Heartbeat, JobRun
from frontline.store.work import Unit
from jobs.slots import Skip, Slot

LEASE = dt.timedelta(minutes=15)
MAX_ATTEMPTS = 5


class LeaseLost(Conflict):
    """The slot was taken over while we worked on it: our work must be rolled back."""


@dataclass(frozen=True)
class Claim:
    """The right to run one slot, until the lease ends or somebody takes it over."""

    routine: str
    slot: Slot
    token: str
    attempt: int


def claim(unit: Unit, routine: str, slot: Slot, *, is_by_hand: bool = False) -> Claim:
    """Take a slot: a fresh one, one whose runner died, or a failed one whose pause is over.

    By hand, a skipped or finally failed slot can be run after all.

    Raises:
        Conflict: it has run, or it is running elsewhere.
    """
    token = secrets.token_hex(16)
    row = _row(unit.session, routine, slot.key)
    if row is not None:
        unit.session.refresh(row, with_for_update=True)  # PostgreSQL: two takers see one state
    if row is None:
        fresh = JobRun(
            routine=routine,
            slot_key=slot.key,
            due_at=slot.due_at,
            state="running",
            attempts=1,
            owner=owner_token(),
            lease_token=token,
            lease_until=unit.now + LEASE,
            started_at=unit.now,
        )
        try:
            with unit.session.begin_nested():
                unit.session.add(fresh)
        except IntegrityError as error:
            raise Conflict(f"{routine} {slot.key} is running already.") from error
        return Claim(routine, slot, token, 1)
    if not _is_free(row, unit.now, is_by_hand=is_by_hand):
        words = "has run already" if row.state == "done" else f"is {row.state}"
        raise Conflict(f"{routine} {slot.key} {words}.", next_step="`frontline jobs history` shows it.")
    row.attempts = 1 if row.state == "skipped" or is_by_hand else row.attempts + 1
    row.state, row.owner, row.lease_token = "running", owner_token(), token
    row.lease_until, row.started_at, row.retry_at = unit.now + LEASE, unit.now, None
    return Claim(routine, slot, token, row.attempts)


def complete(unit: Unit, held: Claim, *, note: str = "", posts: Sequence[str] = ()) -> None:
    """Write, in the commit of the work itself, that the slot is done.

    Raises:
        LeaseLost: somebody took the slot over; the whole unit must be rolled back.
    """
    changed = unit.session.execute(
        update(JobRun)
        .where(JobRun.routine == held.routine, JobRun.slot_key == held.slot.key, JobRun.lease_token == held.token)
        .values(
            state="done",
            note=note[:500],
            posts=list(posts),
            finished_at=unit.now,
            owner=None,
            lease_token=None,
            lease_until=None,
        )
    )
    if getattr(changed, "rowcount", 0) != 1:
        raise LeaseLost(f"{held.routine} {held.slot.key} was taken over by another process.")


def fail(unit: Unit, held: Claim, *, note: str) -> bool:
    """Write that the attempt failed; return whether that was the last one."""
    row = _row(unit.session, held.routine, held.slot.key)
    if row is None or row.lease_token != held.token:
        return False
    is_final = row.attempts >= MAX_ATTEMPTS
    row.state, row.note, row.finished_at = "failed", note[:500], unit.now
    row.owner, row.lease_token, row.lease_until = None, None, None
    row.retry_at = None if is_final else unit.now + dt.timedelta(minutes=2 ** (row.attempts - 1))
    return is_final


def skip(unit: Unit, routine: str, skipped: Sequence[Skip]) -> int:
    """Write skipped slots as visible rows; return how many were new."""
    new = 0
    for item in skipped:
        if _row(unit.session, routine, item.slot.key) is None:
            unit.session.add(
                JobRun(
                    routine=routine,
                    slot_key=item.slot.key,
                    due_at=item.slot.due_at,
                    state="skipped",
                    attempts=0,
                    note=item.note[:500],
                    finished_at=unit.now,
                )
            )
            new += 1
    unit.session.flush()
    return new


def last_due(session: Session, routine: str, now: dt.datetime) -> dt.datetime | None:
    """Return when the newest slot of the ledger was due.

    Slots ahead of ``now`` do not count: they were run by hand, or by a clock that was wrong, and must not silence
    what lies between.
    """
    return session.scalar(select(func.max(JobRun.due_at)).where(JobRun.routine == routine, JobRun.due_at <= now))


def unfinished(session: Session, routine: str, now: dt.datetime) -> list[Slot]:
    """Return slots to take up again: their runner died, or their pause after a failure is over."""
    query = select(JobRun).where(
        JobRun.routine == routine,
        or_(JobRun.state == "running", (JobRun.state == "failed") & (JobRun.retry_at <= now)),
    )
    rows = session.scalars(query.order_by(JobRun.due_at))
    return [Slot(row.due_at, row.slot_key) for row in rows if _is_free(row, now, is_by_hand=False)]


def history(session: Session, *, routine: str | None = None, limit: int = 50) -> list[JobRun]:
    """Return runs, the newest slot first. The caller has authorized ``job.list``."""
    query = select(JobRun).order_by(JobRun.due_at.desc(), JobRun.id.desc()).limit(limit)
    return list(session.scalars(query if routine is None else query.where(JobRun.routine == routine)))


def access_run(session: Session, routine: str, slot_key: str) -> JobRun:
    """Return one run. The caller has authorized ``job.list``.

    Raises:
        NotFound: the slot is not in the ledger.
    """
    row = _row(session, routine, slot_key)
    if row is None:
        raise NotFound(f"{routine} has not run for {slot_key}.")
    return row


def beat(unit: Unit, name: str) -> None:
    """Leave a sign of life."""
    row = unit.session.get(Heartbeat, name)
    if row is None:
        unit.session.add(Heartbeat(name=name, at=unit.now))
    else:
        row.at = unit.now


def last_beat(session: Session, name: str) -> dt.datetime | None:
    """Return the last sign of life, for the dead-man's switch; None when there never was one."""
    row = session.get(Heartbeat, name)
    return None if row is None else row.at


def _row(session: Session, routine: str, slot_key: str) -> JobRun | None:
    return session.scalar(select(JobRun).where(JobRun.routine == routine, JobRun.slot_key == slot_key))


def _is_free(row: JobRun, now: dt.datetime, *, is_by_hand: bool) -> bool:
    match row.state:
        case "running":
            is_expired = row.lease_until is None or not now < row.lease_until <= now + 4 * LEASE
            return is_expired or is_owner_gone(row.owner)
        case "failed":
            return is_by_hand or (row.retry_at is not None and row.retry_at <= now)
        case "skipped":
            return is_by_hand
        case _:
            return False
