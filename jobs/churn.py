"""The routine ``churn_alerts``: the customers to call today, each with its reasons, as many as the team can work.

Who is on the list is decided in ``frontline.analysis.churn``. This file reads the signs through a source, keeps one
alert per customer as the record of who was listed or held out, and words the message. The handlers of its buttons are
``handlers/outreach.py``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select

from frontline.analysis.churn import Assessment, Choice, CustomerSigns, assess, choose, is_held_out
from frontline.catalog.routines import RoutineDefinition
from frontline.catalog.rules import ChurnRule, Rules
from frontline.core.actor import SYSTEM
from frontline.core.errors import NotFound
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Reply, Tone
from frontline.governance.alerts import raise_alert, resolve_alert
from frontline.store.models.governance import Alert, Commitment
from frontline.store.work import Unit
from handlers.outreach import HELD_OUT, KIND, LISTED, NOT_NOW, REACHED_OUT, WRONG, ending_of
from jobs.runner import Post, RunContext, RunOutcome

# Slack takes 50 blocks a message; a line with its buttons is two of them.
LINES_A_MESSAGE = 20
RECORD_DAYS = 30
POOR = 0.3
ENOUGH = 10


class ChurnSource(Protocol):
    """Where the signs come from: the metric engine, as SYSTEM, with the rows that were there at ``seen_at``.

    Raises:
        NotFound: nothing is loaded that could answer.
    """

    def __call__(self, *, seen_at: dt.datetime, rule: ChurnRule) -> Sequence[CustomerSigns]: ...


@dataclass(frozen=True)
class Record:
    """What became of earlier lists: the alert's own hit rate, shown with each list."""

    listed: int = 0
    acted: int = 0
    wrong: int = 0
    outcomes: Mapping[str, int] | None = None
    waiting: tuple[str, ...] = ()

    @property
    def is_poor(self) -> bool:
        """Under 30 % of at least 10: propose to retune."""
        return self.listed >= ENOUGH and self.acted / self.listed < POOR


class ChurnAlerts:
    """One message a day at most. A customer who was listed or held out is left alone for the fatigue days."""

    def __init__(self, definition: RoutineDefinition, source: ChurnSource, rules: Rules, key: bytes) -> None:
        """``key`` is the organisation's: it decides the hold-out, so that nobody can choose who is in it."""
        self._definition = definition
        self._source = source
        self._rule = rules.churn
        self._key = key

    @property
    def definition(self) -> RoutineDefinition:
        """Name, schedule, catch-up policy and channel, from the catalog."""
        return self._definition

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        """Judge the customers as of the slot, record list and hold-out, and post the list."""
        rule = self._rule
        try:
            signs = self._source(seen_at=context.due_at, rule=rule)
        except NotFound as missing:
            return RunOutcome(note=f"not judged: {missing}")
        assessed = assess(signs, rule)
        earlier = _earlier(unit, since=unit.now - dt.timedelta(days=max(rule.fatigue_days, RECORD_DAYS)))
        tired = _tired(earlier, rule, now=unit.now)
        choice = choose(
            assessed,
            rule,
            is_held_out=lambda key: is_held_out(self._key, key, rule.hold_out),
            is_tired=tired.__contains__,
        )
        for item in choice.held_out:
            _hold_out(unit, item, slot)
        lines = [(item, _list(unit, item, slot, place)) for place, item in enumerate(choice.listed, start=1)]
        note = _note(choice, consent_unknown=_without_consent(assessed, rule))
        if not lines:
            return RunOutcome(note=note)
        record = _record(unit, earlier)
        return RunOutcome(posts=_posts(lines, choice, record, slot), note=note)


def summary_of(choice: Choice) -> str:
    """Return the line under the headline: how the list came about."""
    kept = [
        f"{choice.over} beyond today's capacity" if choice.over else "",
        f"{len(choice.held_out)} held out to measure the effect" if choice.held_out else "",
        f"{choice.tired} already listed lately" if choice.tired else "",
        f"{choice.opted_out} without consent to contact" if choice.opted_out else "",
    ]
    rest = ", ".join(part for part in kept if part)
    return f"{choice.at_risk} customers show enough signs; not shown: {rest or 'nobody'}. Ranked by risk and worth."


def economics_of(record: Record) -> str:
    """Return what people did with earlier lists, and a proposal where it was too little."""
    if not record.listed:
        return "Acted on 0 of 0: this is the first list."
    words = f"Acted on {record.acted} of {record.listed} listed in the last {RECORD_DAYS} days"
    ends = [f"{count} {name.replace('_', ' ')}" for name, count in sorted((record.outcomes or {}).items())]
    if record.wrong:
        ends.append(f"{record.wrong} marked wrong")
    words += f" ({', '.join(ends)})." if ends else "."
    if record.is_poor:
        words += " _Fewer than 3 in 10: raise `min_points` or lower `capacity` in rules.yaml._"
    return words


def item_of(item: Assessment, alert_id: str) -> Item:
    """Return one line: reference, score, who it is, at least one reason, three buttons."""
    customer = item.customer
    who = " ".join(part for part in (customer.tier, customer.segment) if part)
    value = f"value {customer.value:,.0f}" if customer.value is not None else ""
    return Item(
        " · ".join(part for part in (item.code, f"{item.points} points", who, value) if part),
        detail="; ".join(str(reason) for reason in _shown(item)),
        buttons=(
            Button("Reach out", "outreach.start", alert_id, Tone.PRIMARY),
            Button("Not now", "outreach.later", alert_id),
            Button("Wrong", "outreach.wrong", alert_id),
        ),
    )


def _shown(item: Assessment) -> list[Any]:
    """The three strongest reasons to leave, and the strongest to stay."""
    leaving = [reason for reason in item.reasons if reason.points > 0][:3]
    staying = [reason for reason in item.reasons if reason.points < 0][-1:]
    return leaving + staying


def _posts(lines: Sequence[tuple[Assessment, Alert]], choice: Choice, record: Record, slot: str) -> list[Post]:
    """The message, and its continuation in the thread where the list is longer than a message may be."""
    items = [item_of(item, alert.alert_id) for item, alert in lines]
    chunks = [items[at : at + LINES_A_MESSAGE] for at in range(0, len(items), LINES_A_MESSAGE)]
    count = len(items)
    parts: list[Part] = [*chunks[0], Paragraph(economics_of(record))]
    if record.waiting:
        parts.append(Paragraph(f"Still without an answer from earlier lists: {_some(record.waiting)}."))
    first = Reply(
        "1 customer to call today" if count == 1 else f"{count} customers to call today",
        context=summary_of(choice),
        parts=parts,
        outcome=Outcome.ANSWERED,
        in_channel=True,
    )
    key = f"churn_alerts/{slot}"
    posts = [Post(first, key=key)]
    for number, chunk in enumerate(chunks[1:], start=2):
        more = Reply(f"More to call today, {number} of {len(chunks)}", parts=chunk, outcome=Outcome.ANSWERED)
        posts.append(Post(more, key=f"{key}/{number}", thread_of=key))
    return posts


def _some(codes: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(codes[:most])
    return shown if len(codes) <= most else f"{shown} and {len(codes) - most} more"


def _list(unit: Unit, item: Assessment, slot: str, place: int) -> Alert:
    customer = item.customer.customer_key
    headline = f"{item.code} may leave: {item.reasons[0].words}"
    detail = _detail(item, slot) | {"place": place}
    return raise_alert(unit, LISTED, customer, f"{LISTED}/{customer}", headline, detail=detail)


def _hold_out(unit: Unit, item: Assessment, slot: str) -> None:
    """Record a held-out customer under a rule of its own, closed at once: nobody is shown it, so nobody calls."""
    customer = item.customer.customer_key
    headline = f"{item.code} is held out to measure the effect of calls"
    alert = raise_alert(unit, HELD_OUT, customer, f"{HELD_OUT}/{customer}", headline, detail=_detail(item, slot))
    resolve_alert(unit, SYSTEM, alert.alert_id, note="hold_out")


def _detail(item: Assessment, slot: str) -> dict[str, Any]:
    return {
        "code": item.code,
        "slot": slot,
        "points": item.points,
        "risk": round(item.risk, 4),
        "worth": round(item.worth, 3),
        "reasons": [str(reason) for reason in item.reasons],
    }


def _earlier(unit: Unit, *, since: dt.datetime) -> list[Alert]:
    moved = Alert.last_seen_at >= since
    return list(
        unit.session.scalars(
            select(Alert)
            .where(Alert.rule.in_((LISTED, HELD_OUT)), moved | (Alert.closed_at >= since))
            .order_by(Alert.opened_at, Alert.alert_id)
        )
    )


def _tired(earlier: Iterable[Alert], rule: ChurnRule, *, now: dt.datetime) -> set[str]:
    """Customers listed, held out or called within the fatigue days; after "Not now" only for its own pause."""
    quiet, pause = now - dt.timedelta(days=rule.fatigue_days), now - dt.timedelta(days=rule.not_now_days)
    tired = set()
    for alert in earlier:
        last = max(alert.last_seen_at, alert.closed_at or alert.last_seen_at)
        if last > (pause if ending_of(alert) == NOT_NOW else quiet):
            tired.add(alert.subject)
    return tired


def _record(unit: Unit, earlier: Sequence[Alert]) -> Record:
    """Count what became of the lists before this one."""
    since = unit.now - dt.timedelta(days=RECORD_DAYS)
    listed = [row for row in earlier if row.rule == LISTED and since <= row.last_seen_at < unit.now]
    endings = Counter(ending_of(row) for row in listed)
    ids = {row.alert_id for row in listed}
    calls = unit.session.scalars(
        select(Commitment.evidence).where(Commitment.kind == KIND, Commitment.source_key.in_(ids))
    )
    outcomes = Counter(str(evidence["outcome"]) for evidence in calls if "outcome" in evidence)
    return Record(
        listed=len(listed),
        acted=endings[REACHED_OUT],
        wrong=endings[WRONG],
        outcomes=dict(outcomes),
        waiting=tuple(str(row.detail["code"]) for row in sorted(listed, key=_as_listed) if row.closed_at is None),
    )


def _as_listed(alert: Alert) -> tuple[dt.datetime, int]:
    return alert.last_seen_at, int(alert.detail.get("place", 0))


def _without_consent(assessed: Sequence[Assessment], rule: ChurnRule) -> int:
    return sum(item.customer.consent_contact is None for item in assessed if item.points >= rule.min_points)


def _note(choice: Choice, *, consent_unknown: int) -> str:
    words = (
        f"{len(choice.listed)} listed, {len(choice.held_out)} held out, {choice.over} over capacity, "
        f"{choice.tired} listed lately, {choice.opted_out} without consent"
    )
    if consent_unknown:
        words += f" ({consent_unknown} not recorded: load customers.consent_contact)"
    return words
