"""The routine ``ownership_reminders``: owners hear once a day of what is due, and others of what stays undone.

Working days decide: before the date and on it, then to the owner, to the team's channel, to the manager. On a
working day on which no step is due for anybody, and on days of rest, nothing is said.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.catalog.commitment_kinds import CommitmentKinds, shipped_kinds
from frontline.catalog.routines import RoutineDefinition
from frontline.catalog.rules import ReminderRule, Rules
from frontline.catalog.workdays import Workdays
from frontline.core.actor import PRIVATE, SYSTEM, ActorKind, Audience, AudienceKind, Role
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Reply, Tone
from frontline.governance import people
from frontline.governance.alerts import raise_alert
from frontline.governance.commitments import list_for
from frontline.store.models.governance import Alert, Commitment
from frontline.store.models.people import Person
from frontline.store.work import Unit
from handlers.outreach import KIND as OUTREACH
from handlers.outreach import outcome_buttons
from jobs.rebound import reopen_returned
from jobs.runner import Post, RunContext, RunOutcome

RULE = "ownership_reminders"
# Slack takes 50 blocks a message; a line with its buttons is two of them.
MOST_OWN, MOST_OTHERS = 14, 4
# A routine that was down speaks for the days it missed, but not for the weeks before.
LOOK_BACK = dt.timedelta(days=14)


class Step(enum.Enum):
    """Why a commitment is spoken of today. The value says who hears of it."""

    SOON = "owner, before"
    TODAY = "owner, on the day"
    LATE = "owner, late"
    CHANNEL = "channel"
    MANAGER = "manager"
    BACK = "owner, opened again"


@dataclass(frozen=True)
class Promise:
    """An open commitment as the ladder sees it. ``late`` = working days after its date (below 0: before)."""

    commitment: Commitment
    late: int
    steps: frozenset[Step]
    soon: int = 2  # working days before the date from which its owner hears of it

    @property
    def is_pressing(self) -> bool:
        """Whether a step is due today."""
        return bool(self.steps)


@dataclass(frozen=True)
class Crowd:
    """Who is who: the active people, and whom a person answers to."""

    active: Mapping[str, Person]
    handles: Mapping[str, str]

    def is_active(self, key: str) -> bool:
        """Whether ``key`` is somebody who can still act (a role of the terminal always can)."""
        return key in self.active or key.startswith(people.ROLE_PREFIX)

    def name(self, key: str) -> str:
        """Return how a person is addressed."""
        return f"@{self.handles.get(key, key)}"

    def team(self, key: str) -> str | None:
        """Return a person's team."""
        found = self.active.get(key)
        return found.team if found is not None else None

    def managers(self, key: str) -> list[str]:
        """Return the person's manager where the roster names one who is active; else the supervisors of their team,
        or the leaders where there are none or the person is one.
        """
        named = self.active[key].manager if key in self.active else None
        if named and (found := [other for other, person in self.active.items() if person.handle == named]):
            return found
        team = self.team(key)
        is_above = key in self.active and self._holds(key, Role.SUPERVISOR, Role.LEADER)
        mates = [] if team is None or is_above else [k for k in self._with(Role.SUPERVISOR) if self.team(k) == team]
        return [other for other in mates or self._with(Role.LEADER) if other != key]

    def _with(self, role: Role) -> list[str]:
        return sorted(key for key in self.active if self._holds(key, role))

    def _holds(self, key: str, *roles: Role) -> bool:
        return any(held.role in roles for held in self.active[key].roles)


@dataclass
class Letter:
    """What one person hears today: their own, what they gave to somebody who left, and what has come up to them."""

    own: list[Promise] = field(default_factory=list)
    orphaned: list[Promise] = field(default_factory=list)
    escalated: list[Promise] = field(default_factory=list)

    @property
    def is_due(self) -> bool:
        """Whether there is a reason to write today."""
        return bool(self.orphaned or self.escalated) or any(promise.is_pressing for promise in self.own)


def steps_of(late: int, rule: ReminderRule) -> frozenset[Step]:
    """Return what is due when a commitment is ``late`` working days after its date."""
    ladder = {Step.SOON: -rule.soon, Step.TODAY: 0, Step.LATE: rule.owner, Step.CHANNEL: rule.channel}
    return frozenset(step for step, at in (ladder | {Step.MANAGER: rule.manager}).items() if at == late)


def promise_of(
    commitment: Commitment, rule: ReminderRule, workdays: Workdays, *, today: dt.date, missed: Sequence[dt.date] = ()
) -> Promise:
    """Judge one commitment today, with the steps of working days on which the routine did not run."""
    late = workdays.distance(commitment.due, today)
    days = [day for day in missed if workdays.is_workday(day) and day < today]
    steps = {step for day in days for step in steps_of(workdays.distance(commitment.due, day), rule)}
    if late >= 0:
        steps.discard(Step.SOON)
    if late > 0 and Step.TODAY in steps:
        steps = (steps - {Step.TODAY}) | {Step.LATE}
    return Promise(commitment, late, steps_of(late, rule) | steps, rule.soon)


def rule_of(kind: str, rule: ReminderRule, kinds: CommitmentKinds) -> ReminderRule:
    """Return the steps of one kind: those of ``rule``, but for what the kind says itself."""
    known = kinds.kinds.get(kind)
    return rule.model_copy(update=known.reminders.model_dump(exclude_none=True)) if known else rule


def _opened_again(promise: Promise) -> Promise:
    return replace(promise, steps=promise.steps | {Step.BACK})


class OwnershipReminders:
    """At most one direct message a person and one message a channel per working day."""

    def __init__(
        self,
        definition: RoutineDefinition,
        rules: Rules,
        workdays: Callable[[], Workdays],
        kinds: CommitmentKinds | None = None,
    ) -> None:
        """``workdays`` is called when a slot runs: a country's holidays are read only then."""
        self._definition = definition
        self._kinds = kinds or shipped_kinds()
        self._rule = rules.reminders
        self._workdays = workdays

    @property
    def definition(self) -> RoutineDefinition:
        """Name, schedule, catch-up policy and channel, from the catalog."""
        return self._definition

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        """Write to the owners, the channels and the managers whose step is due today."""
        workdays = self._workdays()
        today = context.due_at.astimezone(context.zone).date()
        if not workdays.is_workday(today):
            return RunOutcome(note="a day of rest")
        missed = _missed(context.skipped, today)
        back = {row.commitment_id for row in reopen_returned(unit, workdays=workdays, today=today, kinds=self._kinds)}
        rows = list_for(unit.session, SYSTEM)
        promises = [
            promise_of(row, rule_of(row.kind, self._rule, self._kinds), workdays, today=today, missed=missed)
            for row in rows
        ]
        promises = [_opened_again(item) if item.commitment.commitment_id in back else item for item in promises]
        crowd = _crowd(unit.session, rows)
        left = [promise for promise in promises if not crowd.is_active(promise.commitment.owner_key)]
        fresh = _raise_for_left(unit, left, crowd)
        letters = letters_of(promises, crowd, newly_left=fresh)
        posts, unreachable = self._direct(unit.session, letters, crowd, slot=slot, today=today)
        posts += _in_channels(promises, crowd, self._rule, slot=slot, today=today)
        note = f"{len(rows)} open, {len(posts)} messages"
        note += f", {unreachable} people without a Slack account" if unreachable else ""
        return RunOutcome(posts=posts, note=note + (f", {len(left)} without an owner" if left else ""))

    def _direct(
        self, session: Session, letters: Mapping[str, Letter], crowd: Crowd, *, slot: str, today: dt.date
    ) -> tuple[list[Post], int]:
        posts, unreachable = [], 0
        for key, letter in sorted(letters.items()):
            account = people.slack_account(session, key)
            if account is None:
                unreachable += 1
                continue
            reply = reply_of(letter, crowd, today=today)
            posts.append(Post(reply, channel=account[1], key=f"{RULE}/{slot}/{key}", audience=PRIVATE))
        return posts, unreachable


def letters_of(
    promises: Iterable[Promise], crowd: Crowd, *, newly_left: frozenset[str] = frozenset()
) -> dict[str, Letter]:
    """Return who hears what today. Only people with a reason: a step of theirs is due, or something came to them."""
    letters: dict[str, Letter] = defaultdict(Letter)
    for promise in promises:
        row = promise.commitment
        if crowd.is_active(row.owner_key):
            letters[row.owner_key].own.append(promise)
        elif promise.is_pressing or row.commitment_id in newly_left:
            for key in _heirs(row, crowd):
                letters[key].orphaned.append(promise)
        if Step.MANAGER in promise.steps and crowd.is_active(row.owner_key):
            for key in crowd.managers(row.owner_key):
                letters[key].escalated.append(promise)
    return {key: _without_rest(letter) for key, letter in letters.items() if letter.is_due}


def reply_of(letter: Letter, crowd: Crowd, *, today: dt.date) -> Reply:
    """Return the direct message: a headline that counts, then a line per commitment with its buttons."""
    parts: list[Part] = [_item(p, today, buttons=_own_buttons(p.commitment)) for p in letter.own[:MOST_OWN]]
    for title, promises in (
        ("*Their owner has left; hand them over or close them:*", letter.orphaned),
        ("*Long past the date:*", letter.escalated),
    ):
        if promises:
            parts.append(Paragraph(title))
            parts += [_other(promise, crowd, today=today) for promise in promises[:MOST_OTHERS]]
    count = len(letter.own) + len(letter.orphaned) + len(letter.escalated)
    hidden = count - sum(isinstance(part, Item) for part in parts)
    context = "One message a day, on working days." + (f" {hidden} more: /own" if hidden else "")
    return Reply(_headline(letter), context=context, parts=parts, outcome=Outcome.ANSWERED)


def _headline(letter: Letter) -> str:
    counts = [
        (sum(promise.late > 0 for promise in letter.own), "overdue"),
        (sum(promise.late == 0 for promise in letter.own), "due today"),
        (sum(promise.late < 0 and Step.BACK not in promise.steps for promise in letter.own), "due soon"),
        (sum(Step.BACK in promise.steps for promise in letter.own), "back after it was solved"),
        (len(letter.orphaned), "without an owner"),
        (len(letter.escalated), "overdue with somebody of yours"),
    ]
    return "Your commitments: " + ", ".join(f"{count} {what}" for count, what in counts if count) + "."


def _other(promise: Promise, crowd: Crowd, *, today: dt.date) -> Item:
    """A line about somebody else's commitment, for who may move it on."""
    key = promise.commitment.owner_key
    whose = crowd.name(key) if crowd.is_active(key) else f"was with {crowd.name(key)}"
    return _item(promise, today, whose=whose, buttons=_moves(promise.commitment))


def _item(promise: Promise, today: dt.date, *, whose: str = "", buttons: Sequence[Button]) -> Item:
    row = promise.commitment
    state = f"blocked since {row.blocked_at:%a %-d %b}" if row.blocked_at is not None else row.state
    said = (_when(promise, today), whose, state, row.commitment_id, row.link)
    detail = " · ".join(part for part in said if part)
    return Item(row.title, detail=detail, buttons=buttons)


def _own_buttons(row: Commitment) -> Sequence[Button]:
    if row.kind == OUTREACH:
        return [*outcome_buttons(row.commitment_id), *_moves(row)]
    done = Button("Done", "commitment.done", row.commitment_id, Tone.PRIMARY)
    if row.state == "proposed":
        return [Button("Accept", "commitment.accept", row.commitment_id, Tone.PRIMARY), done, *_moves(row)]
    return [done, *_moves(row)]


def _moves(row: Commitment) -> Sequence[Button]:
    return [
        Button("New date", "commitment.new_date", row.commitment_id),
        Button("Hand over", "commitment.hand_over", row.commitment_id),
    ]


def _when(promise: Promise, today: dt.date) -> str:
    due = promise.commitment.due
    date = f"{due:%a} {due.day} {due:%b}"
    if Step.BACK in promise.steps:
        return f"back after it was solved, due {date}"
    if promise.late > 0:
        return f"{promise.late} working day{'s' if promise.late > 1 else ''} overdue, was due {date}"
    return "due today" if due == today else f"due {date}"


def _without_rest(letter: Letter) -> Letter:
    """Keep of one's own what is due within the days of the first step or overdue, the longest overdue first."""
    near = [promise for promise in letter.own if promise.late >= -promise.soon or Step.BACK in promise.steps]
    order = sorted(near, key=lambda promise: (-promise.late, promise.commitment.due, promise.commitment.commitment_id))
    return Letter(order, letter.orphaned, letter.escalated)


def _heirs(row: Commitment, crowd: Crowd) -> list[str]:
    """Who answers for the commitment of somebody who left: who made it, else the leaders."""
    return [row.creator_key] if row.creator_key in crowd.active else crowd.managers(row.creator_key)


def _in_channels(
    promises: Iterable[Promise], crowd: Crowd, rule: ReminderRule, *, slot: str, today: dt.date
) -> list[Post]:
    """One message a channel: what is overdue beyond the owner's own reminder."""
    grouped: dict[str, list[Promise]] = defaultdict(list)
    for promise in promises:
        if Step.CHANNEL in promise.steps:
            team = (crowd.team(promise.commitment.owner_key) or "").lower()
            grouped[rule.team_channels.get(team, rule.default_channel)].append(promise)
    posts = []
    for channel, late in sorted(grouped.items()):
        count = len(late)
        items = [_item(p, today, whose=crowd.name(p.commitment.owner_key), buttons=()) for p in late[:MOST_OWN]]
        reply = Reply(
            "1 commitment is overdue." if count == 1 else f"{count} commitments are overdue.",
            context="Past their date; the owner closes, moves or hands them over with /own.",
            parts=items,
            outcome=Outcome.ANSWERED,
            in_channel=True,
        )
        audience = Audience(AudienceKind.CHANNEL, channel=channel)
        posts.append(Post(reply, channel=channel, key=f"{RULE}/{slot}/{channel}", audience=audience))
    return posts


def _raise_for_left(unit: Unit, left: Sequence[Promise], crowd: Crowd) -> frozenset[str]:
    """Raise one alert per commitment whose owner has left; return the ids of those that are new."""
    if not left:
        return frozenset()
    known = set(unit.session.scalars(select(Alert.subject).where(Alert.rule == RULE)))
    fresh = []
    for promise in left:
        row = promise.commitment
        subject = f"{row.commitment_id} of {row.owner_key}"
        if subject not in known:
            detail = {"commitment": row.commitment_id, "owner": row.owner_key, "due": row.due.isoformat()}
            headline = f"{crowd.name(row.owner_key)} has left and owned {row.commitment_id}"
            raise_alert(unit, RULE, subject, f"{RULE}/{subject}", headline, detail=detail)
            fresh.append(row.commitment_id)
    return frozenset(fresh)


def _crowd(session: Session, rows: Sequence[Commitment]) -> Crowd:
    active = {person.key: person for person in people.list_people(session) if person.kind == ActorKind.HUMAN}
    keys = {row.owner_key for row in rows} | {row.creator_key for row in rows}
    return Crowd(active, people.handles(session, keys))


def _missed(skipped: Sequence[str], today: dt.date) -> list[dt.date]:
    days = [dt.date.fromisoformat(slot) for slot in skipped]
    return [day for day in days if today - LOOK_BACK <= day < today]
