"""The runner: at each tick it works out what is due, claims it in the ledger and runs it.

A routine's effects, its outbox rows and the ledger's "done" are one commit. A process that dies before it leaves
nothing behind, and the slot is taken up again; after it, the messages are in the outbox and go out once.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from zoneinfo import ZoneInfo

from frontline.catalog.routines import CatchUp, RoutineDefinition, Schedule
from frontline.core.actor import SYSTEM, Audience, AudienceKind
from frontline.core.errors import Conflict, FrontlineError, NotFound, UsageError, UserError
from frontline.core.ids import new_id
from frontline.core.reply import Outcome, Paragraph, Reply
from frontline.core.traces import trace_of
from frontline.governance import audit
from frontline.governance.outbox import CRITICAL, enqueue
from frontline.governance.shadow import Outgoing, PostOffice
from frontline.store.work import Store, Unit
from jobs import ledger
from jobs.slots import Skip, Slot, is_grid, next_slot, plan, slot_of, slots_between

log = logging.getLogger(__name__)
HEARTBEAT = "scheduler"


@dataclass(frozen=True)
class Post:
    """A message that a routine wants posted. ``key`` "" becomes routine:slot:number; ``channel`` "" the routine's."""

    reply: Reply
    channel: str = ""
    key: str = ""
    priority: int | None = None
    thread_of: str | None = None
    audience: Audience | None = None


@dataclass(frozen=True)
class RunOutcome:
    """What a run wants said, and a line for the ledger."""

    posts: Sequence[Post] = ()
    note: str = ""


@dataclass(frozen=True)
class RunContext:
    """What a routine knows about its run. Read data as of ``due_at``; ``skipped`` names slots it stands in for."""

    slot: Slot
    now: dt.datetime
    zone: ZoneInfo
    channel: str
    skipped: tuple[str, ...] = ()
    is_rehearsal: bool = False

    @property
    def due_at(self) -> dt.datetime:
        """When the slot was due."""
        return self.slot.due_at


class Routine(Protocol):
    """A recurring duty. Compute before touching ``unit.session``: the write lock is taken at its first statement."""

    @property
    def definition(self) -> RoutineDefinition:
        """Name, schedule, catch-up policy and channel, from the catalog."""
        ...

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        """Do the work of one slot inside ``unit`` (never commit) and return what is to be posted."""
        ...


@dataclass(frozen=True)
class RunResult:
    """How a slot went: done | failed | skipped | rehearsed | taken over (by another process)."""

    routine: str
    slot: str
    state: str
    posts: Sequence[Post] = ()
    note: str = ""
    error_id: str = ""


@dataclass(frozen=True)
class RoutineStatus:
    """A line of ``jobs list``."""

    definition: RoutineDefinition
    next_due: Slot
    last_due: dt.datetime | None
    is_overdue: bool
    is_on: bool
    # Until when it speaks to the admins alone; None = live.
    shadow_until: dt.datetime | None = None


@dataclass(frozen=True)
class RunnerSettings:
    """``operator_channel`` hears of a slot that failed for good."""

    zone: ZoneInfo
    operator_channel: str | None = None
    overdue_after: dt.timedelta = field(default=dt.timedelta(minutes=10))


class JobRunner:
    """Runs routines. Any number of processes may tick at once: the ledger lets each slot run in one of them."""

    def __init__(
        self,
        store: Store,
        routines: Sequence[Routine],
        settings: RunnerSettings,
        *,
        office: PostOffice | None = None,
        at: Callable[[str], None] = lambda _step: None,
    ) -> None:
        """``office`` takes the posts (default: all go out at once). ``at`` is told each named step; the crash tests
        kill the process there."""
        self._store = store
        self._settings = settings
        self._office = office or PostOffice(settings.zone, has_first_days=False)
        self._at = at
        self._routines: Mapping[str, Routine] = {routine.definition.key: routine for routine in routines}

    def tick(self) -> list[RunResult]:
        """Run everything that is due now, and leave a sign of life. Returns what this process did."""
        results: list[RunResult] = []
        now = self._store.clock.now()
        with self._store.read() as session:
            wanted = [row for row in self._routines.values() if self._office.is_on(session, row.definition)]
        for routine in wanted:
            results.extend(self._run_due(routine, now))
        with self._store.unit() as unit:
            ledger.beat(unit, HEARTBEAT)
            unit.commit()
        return results

    def due_between(self, after: dt.datetime, until: dt.datetime) -> list[tuple[dt.datetime, str]]:
        """Return (instant, routine) of the slots in (after, until], oldest first, of routines that are on.

        Routines of every few minutes are left out: they catch up by their own policy at any tick.
        """
        found = [
            (slot.due_at, name)
            for name, routine in self._routines.items()
            if routine.definition.is_on and not is_grid(_schedule(routine))
            for slot in slots_between(_schedule(routine), self._settings.zone, after=after, until=until)
        ]
        return sorted(found)

    def run_slot(self, name: str, slot_key: str | None = None) -> RunResult:
        """Run one slot by hand (default: the newest one due).

        Raises:
            NotFound: no such routine.
            UsageError: no such slot.
            Conflict: the slot has run already.
        """
        routine = self.routine(name)
        slot = self._slot(routine, slot_key)
        with self._store.unit() as unit:
            held = ledger.claim(unit, name, slot, is_by_hand=True)
            unit.commit()
        return self._run(routine, held, skipped=())

    def rehearse(self, name: str, slot_key: str | None = None) -> RunResult:
        """Run one slot and roll everything back: what would it have posted?

        Raises:
            NotFound, UsageError: as for ``run_slot``.
        """
        routine = self.routine(name)
        slot = self._slot(routine, slot_key)
        with self._store.unit() as unit:
            outcome = routine.run(unit, slot.key, self._context(routine, slot, skipped=(), is_rehearsal=True))
        posts = _complete_posts(outcome.posts, routine.definition, slot)
        return RunResult(name, slot.key, "rehearsed", posts=posts, note=outcome.note)

    def routine(self, name: str) -> Routine:
        """Return the routine called ``name``.

        Raises:
            NotFound: there is none.
        """
        if name not in self._routines:
            raise NotFound(f"There is no routine {name}.", next_step="`frontline jobs list` shows them.")
        return self._routines[name]

    def status(self) -> list[RoutineStatus]:
        """Return next due, last slot and whether something is overdue, per routine."""
        now = self._store.clock.now()
        lines = []
        with self._store.read() as session:
            for name, routine in self._routines.items():
                schedule = routine.definition.schedule
                last = ledger.last_due(session, name, now)
                since = now - self._settings.overdue_after
                owed = last is not None and slots_between(schedule, self._settings.zone, after=last, until=since)
                upcoming = next_slot(schedule, self._settings.zone, now)
                is_on = self._office.is_on(session, routine.definition)
                shadow = self._office.shadow_until(session, routine.definition, now)
                lines.append(RoutineStatus(routine.definition, upcoming, last, bool(owed) and is_on, is_on, shadow))
        return lines

    def _run_due(self, routine: Routine, now: dt.datetime) -> list[RunResult]:
        name = routine.definition.key
        with self._store.read() as session:
            last = ledger.last_due(session, name, now)
            resumed = ledger.unfinished(session, name, now)
        todo = plan(_schedule(routine), self._settings.zone, catch_up=_catch_up(routine), last_due=last, now=now)
        results = self._note_skipped(name, todo.skipped)
        skipped = tuple(item.slot.key for item in todo.skipped)
        for slot in (*resumed, *(slot for slot in todo.run if slot not in resumed)):
            try:
                with self._store.unit() as unit:
                    held = ledger.claim(unit, name, slot)
                    unit.commit()
            except Conflict:
                continue  # another process has it
            self._at("claimed")
            results.append(self._run(routine, held, skipped=skipped))
        return results

    def _note_skipped(self, name: str, skipped: Sequence[Skip]) -> list[RunResult]:
        if not skipped:
            return []
        with self._store.unit() as unit:
            if not ledger.skip(unit, name, skipped):
                return []
            audit.record(
                unit, SYSTEM, "job.run", resource=f"job:{name}", outcome="failed", detail={"skipped": len(skipped)}
            )
            unit.commit()
        return [RunResult(name, item.slot.key, "skipped", note=item.note) for item in skipped]

    def _run(self, routine: Routine, held: ledger.Claim, *, skipped: tuple[str, ...]) -> RunResult:
        name, slot = held.routine, held.slot
        context = self._context(routine, slot, skipped=skipped, is_rehearsal=False)
        try:
            with self._store.unit() as unit:
                outcome = routine.run(unit, slot.key, context)
                self._at("worked")
                posts = _complete_posts(outcome.posts, routine.definition, slot)
                shown = self._office.take(unit, routine.definition, slot.key, [_outgoing(post) for post in posts])
                keys = [post.key for post in posts]
                note = _noted(outcome.note, keys, shown=[item.key for item in shown])
                ledger.complete(unit, held, note=note, posts=keys)
                resource, detail = f"job:{name}:{slot.key}", {"posts": len(posts), "attempt": held.attempt}
                audit.record(unit, SYSTEM, "job.run", resource=resource, detail=detail)
                self._at("before_commit")
                unit.commit()
            self._at("committed")
        except ledger.LeaseLost as error:
            return RunResult(name, slot.key, "taken over", note=str(error))
        except Exception as error:  # noqa: BLE001  # a routine's bug must not stop the other routines
            return self._record_failure(held, error)
        return RunResult(name, slot.key, "done", posts=tuple(_post(item) for item in shown), note=note)

    def _record_failure(self, held: ledger.Claim, error: Exception) -> RunResult:
        error_id = new_id("err")
        if isinstance(error, FrontlineError):
            log.warning("%s %s failed (%s): %s", held.routine, held.slot.key, error_id, error)
            note = str(error) if isinstance(error, UserError) else f"{error} ({error_id})"
        else:
            log.error("%s %s failed (%s): %s", held.routine, held.slot.key, error_id, trace_of(error))
            note = f"{type(error).__name__} ({error_id})"
        with self._store.unit() as unit:
            is_final = ledger.fail(unit, held, note=note)
            audit.record(
                unit,
                SYSTEM,
                "job.run",
                resource=f"job:{held.routine}:{held.slot.key}",
                outcome="failed",
                detail={"error": error_id, "attempt": held.attempt},
            )
            if is_final and self._settings.operator_channel is not None:
                self._tell_operator(unit, held, note, channel=self._settings.operator_channel)
            unit.commit()
        return RunResult(held.routine, held.slot.key, "failed", note=note, error_id=error_id)

    def _tell_operator(self, unit: Unit, held: ledger.Claim, note: str, *, channel: str) -> None:
        reply = Reply(
            f"The routine {held.routine} failed for {held.slot.key}.",
            parts=(Paragraph(note), Paragraph(f"Run it again: `jobs run {held.routine} --slot {held.slot.key}`")),
            outcome=Outcome.FAILED,
        )
        key = f"operator:job:{held.routine}:{held.slot.key}"
        enqueue(unit, key, channel, reply, priority=CRITICAL, audience=Audience(AudienceKind.CHANNEL, channel))

    def _slot(self, routine: Routine, slot_key: str | None) -> Slot:
        zone, schedule = self._settings.zone, _schedule(routine)
        now = self._store.clock.now()
        if slot_key is not None:
            slot = slot_of(schedule, zone, slot_key)
            if slot.due_at > now:
                raise UsageError(
                    f"The slot {slot_key} is not due yet.",
                    next_step="Run it when its time has come: data are read as of it.",
                )
            return slot
        reach = dt.timedelta(days=2)
        while not (due := slots_between(schedule, zone, after=now - reach, until=now)):
            reach *= 4
        return due[-1]

    def _context(self, routine: Routine, slot: Slot, *, skipped: tuple[str, ...], is_rehearsal: bool) -> RunContext:
        return RunContext(
            slot=slot,
            now=self._store.clock.now(),
            zone=self._settings.zone,
            channel=routine.definition.channel,
            skipped=skipped,
            is_rehearsal=is_rehearsal,
        )


def _schedule(routine: Routine) -> Schedule:
    return routine.definition.schedule


def _catch_up(routine: Routine) -> CatchUp:
    return routine.definition.catch_up


def _complete_posts(posts: Sequence[Post], definition: RoutineDefinition, slot: Slot) -> tuple[Post, ...]:
    complete = []
    for number, post in enumerate(posts, start=1):
        channel = post.channel or definition.channel
        complete.append(
            Post(
                reply=post.reply,
                channel=channel,
                key=post.key or f"{definition.key}:{slot.key}:{number}",
                priority=definition.priority if post.priority is None else post.priority,
                thread_of=post.thread_of,
                audience=post.audience or Audience(AudienceKind.CHANNEL, channel=channel),
            )
        )
    return tuple(complete)


def _noted(note: str, keys: Sequence[str], *, shown: Sequence[str]) -> str:
    """Say in the ledger how many posts wait in shadow: nobody shall look for them in the channel."""
    kept = len(set(keys) - set(shown))
    return ", ".join(part for part in (note, f"{kept} kept in shadow" if kept else "") if part)


def _outgoing(post: Post) -> Outgoing:
    """Return a complete post as the post office takes it."""
    assert post.priority is not None
    assert post.audience is not None
    return Outgoing(post.key, post.channel, post.reply, post.priority, post.audience, post.thread_of)


def _post(item: Outgoing) -> Post:
    return Post(item.reply, item.channel, item.key, item.priority, item.thread_of, item.audience)
