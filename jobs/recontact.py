"""The routine ``recontact_breach``: customers come back more often than usual, said while it is still young.

The decision is pure (``frontline.analysis.breach``); this file reads the counts through a source, keeps one alert per
episode and words the message.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import select

from frontline.analysis.breach import ALL, Breach, BreachSettings, Judgement, RecontactDay, judge
from frontline.analysis.watch import WatchSettings
from frontline.catalog.routines import RoutineDefinition
from frontline.catalog.rules import AlertRule, Rules, WatchRule
from frontline.core.errors import NotFound
from frontline.core.reply import Button, Chart, Column, Outcome, Paragraph, Part, Reply, Table, Tone
from frontline.governance.alerts import raise_alert
from frontline.store.models.governance import Alert
from frontline.store.work import Unit
from jobs.runner import Post, RunContext, RunOutcome

RULE = "recontact_breach"
ALL_CONTACTS = "all contacts"
SAME_EPISODE_DAYS = 14
SAME_STORY_DAYS = 5


class RecontactSource(Protocol):
    """Where the counts come from: the metric engine, as SYSTEM, with the rows that were there at ``seen_at``.

    Returns a row per local day in [start, end) over all contacts, and with ``by_topic`` also a row per day and topic.

    Raises:
        NotFound: nothing is loaded that could answer.
    """

    def __call__(
        self, *, start: dt.date, end: dt.date, seen_at: dt.datetime, horizons: Sequence[int], by_topic: bool
    ) -> Sequence[RecontactDay]: ...


class RecontactBreach:
    """One message per episode: a rise that is already known as a live or recent alert is counted, not said again."""

    def __init__(self, definition: RoutineDefinition, source: RecontactSource, rules: Rules) -> None:
        self._definition = definition
        self._source = source
        self._rule = rules.rule(RULE)

    @property
    def definition(self) -> RoutineDefinition:
        """Name, schedule, catch-up policy and channel, from the catalog."""
        return self._definition

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        """Judge the data as of the slot; post at most one message."""
        rule = self._rule
        today = context.due_at.astimezone(context.zone).date()
        try:
            rows = self._source(
                start=today - dt.timedelta(days=rule.history_days),
                end=today,
                seen_at=context.due_at,
                horizons=(*rule.horizons, rule.confirm),
                by_topic=rule.by_topic is not None,
            )
        except NotFound as missing:
            return RunOutcome(note=f"not judged: {missing}")
        judgement = judge(rows, settings_of(rule))
        if judgement.seen_until is None or not judgement.watched:
            return RunOutcome(note="not judged: fewer days of identified contacts than a baseline needs")
        fresh = [breach for breach in judgement.breaches if not self._is_known(unit, breach)]
        note = _note(judgement, fresh)
        if not fresh:
            return RunOutcome(note=note)
        first = fresh[0]
        alert = raise_alert(
            unit, RULE, _subject(first), f"{RULE}/{_subject(first)}/{first.onset}", headline_of(first),
            detail=_detail(first, also=fresh[1:]),
        )  # fmt: skip
        reply = reply_of(first, also=fresh[1:], alert_id=alert.alert_id, rule=rule)
        return RunOutcome(posts=(Post(reply, key=f"{RULE}/{slot}"),), note=note)

    def _is_known(self, unit: Unit, breach: Breach) -> bool:
        """Whether this episode was told before, in whatever state its alert is by now.

        Later days move an onset by a little, so onsets are compared with some room. A rise of one topic and the
        company's rise of the same days are one story: whichever crossed its limits first told it.
        """
        since = unit.now - dt.timedelta(days=self._rule.remind_days)
        earlier = unit.session.scalars(select(Alert).where(Alert.rule == RULE, Alert.opened_at >= since))
        return any(_is_same_story(breach, alert.subject, alert.detail) for alert in earlier)


def _is_same_story(breach: Breach, subject: str, detail: Mapping[str, Any]) -> bool:
    apart = abs((dt.date.fromisoformat(detail["onset"]) - breach.onset).days)
    if subject == _subject(breach) or _topics_of(breach) & set(detail["topics"]):
        return apart <= SAME_EPISODE_DAYS
    return (breach.topic == ALL or subject == ALL_CONTACTS) and apart <= SAME_STORY_DAYS


def settings_of(rule: AlertRule) -> BreachSettings:
    """Return the rule as settings of the analysis."""
    topic = _watch_settings(rule.by_topic) if rule.by_topic else None
    return BreachSettings(rule.horizons, rule.confirm, _watch_settings(rule.company), topic)


def days_of_extract(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, topic: str = "") -> list[RecontactDay]:
    """Read an extract with ``contacts``, ``mature_<hours>`` and ``followed_<hours>`` columns into rows.

    ``topic`` names the breakdown's column; without it the rows are over all contacts. Contacts without a topic
    (null) count in the company's rows only.
    """
    at = {name: place for place, name in enumerate(columns)}
    hours = [int(name.removeprefix("mature_")) for name in columns if name.startswith("mature_")]
    found = []
    for row in rows:
        if topic and row[at[topic]] is None:
            continue
        day = row[at["day"]]
        found.append(
            RecontactDay(
                day if isinstance(day, dt.date) else dt.date.fromisoformat(str(day)[:10]),
                int(row[at["contacts"]]),
                {h // 24: int(row[at[f"mature_{h}"]]) for h in hours},
                {h // 24: int(row[at[f"followed_{h}"]]) for h in hours},
                str(row[at[topic]]) if topic else ALL,
            )
        )
    return found


def headline_of(breach: Breach) -> str:
    """Return the message in one line: what, how much against what is usual, since when."""
    what = "Recontacts" if breach.topic == ALL else f"Recontacts about {breach.topic}"
    within = "a day" if breach.horizon == 1 else f"{breach.horizon} days"
    return (
        f"{what} are up {breach.rates.lift:.0%} since {_day(breach.onset)}: {breach.rates.rate:.1%} come back within "
        f"{within}, usually {breach.rates.usual:.1%}"
    )


def reply_of(breach: Breach, *, also: Sequence[Breach] = (), alert_id: str, rule: AlertRule) -> Reply:
    """Return the message: headline, one context line, drivers, the daily line, three buttons."""
    parts: list[Part] = [Paragraph(line) for line in (_outlook(breach), _confirmation(breach), _others(also)) if line]
    parts += [part for part in (_drivers(breach, rule.contributors), _chart(breach)) if part]
    return Reply(
        headline_of(breach),
        context=(
            f"{breach.rates.contacts:,} answered contacts of identified customers since {_day(breach.onset)}, "
            f"followed by one about any topic; usual = the {rule.company.baseline_days} days before, weekday by weekday"
        ),
        parts=parts,
        buttons=(
            Button("Acknowledge", "alert.acknowledge", alert_id, Tone.PRIMARY),
            Button("Snooze", "alert.snooze", alert_id),
            Button("Start root cause", "alert.root_cause", alert_id),
        ),
        outcome=Outcome.ANSWERED,
        in_channel=True,
    )


def _outlook(breach: Breach) -> str:
    if breach.nowcast is None or breach.usual_confirm is None:
        return ""
    return f"The 7-day rate is heading for *{breach.nowcast:.1%}*; usually it is {breach.usual_confirm:.1%}."


def _confirmation(breach: Breach) -> str:
    """Say whether the mature 7-day cohort confirms; nothing while no day of the episode is that old."""
    seven = breach.confirmed
    if seven is None:
        return "_A leading sign: no day since then is old enough yet for the 7-day rate to confirm it._"
    verb = "confirms it" if seven.lift > 0.05 else "does not confirm it so far"
    return f"The mature 7-day rate {verb}: {seven.rate:.1%} of {seven.contacts:,}, usually {seven.usual:.1%}."


def _others(also: Sequence[Breach]) -> str:
    names = [f"{b.topic} (+{b.rates.lift:.0%})" for b in also if b.topic != ALL]
    return f"Also out of their limits: {', '.join(names[:5])}." if names else ""


def _drivers(breach: Breach, count: int) -> Table | None:
    """The topics that move the company's rate most, in points; mix and rate effects add up to the whole change."""
    effects = breach.effects
    if effects is None or not effects.effects:
        return None
    top = effects.effects[:count]
    rows: list[list[str | float | None]] = [
        [e.group, e.rate_before, e.rate_after, e.rate * 100, e.mix * 100, e.total * 100] for e in top
    ]
    rest = effects.effects[count:]
    if rest:
        rate, mix = sum(e.rate for e in rest), sum(e.mix for e in rest)
        rows.append(["all other topics", None, None, rate * 100, mix * 100, (rate + mix) * 100])
    rows.append(["all", effects.before, effects.after, None, None, effects.change * 100])
    within = "1 day" if breach.horizon == 1 else f"{breach.horizon} days"
    return Table(
        f"What moved the rate within {within}, in points",
        (
            Column("topic", "Topic"),
            Column("before", "Usual", "share"),
            Column("after", "Now", "share"),
            Column("rate", "From its rate", "score"),
            Column("mix", "From its share", "score"),
            Column("total", "Together", "score"),
        ),
        rows,
    )


def _chart(breach: Breach) -> Chart | None:
    if len(breach.line) < 2:
        return None
    days = [f"{day.day} {day:%b}" for day, _, _ in breach.line]
    return Chart(
        f"Back within {breach.horizon} day{'s' if breach.horizon > 1 else ''}, per day of the first contact",
        "line",
        days,
        (
            ("seen", [round(seen, 4) for _, seen, _ in breach.line]),
            ("usual", [round(usual, 4) for _, _, usual in breach.line]),
        ),
        alt=f"Daily share from {days[0]} to {days[-1]}; {headline_of(breach)}.",
        format="share",
    )


def _subject(breach: Breach) -> str:
    return ALL_CONTACTS if breach.topic == ALL else f"topic {breach.topic}"


def _topics_of(breach: Breach) -> set[str]:
    return set(breach.drivers) if breach.topic == ALL else {breach.topic}


def _detail(breach: Breach, *, also: Sequence[Breach]) -> Mapping[str, Any]:
    topics = _topics_of(breach).union(*(_topics_of(other) for other in also))
    return {
        "onset": breach.onset.isoformat(),
        "signal": breach.signal.isoformat(),
        "chart": breach.chart,
        "horizon_days": breach.horizon,
        "rate": round(breach.rates.rate, 4),
        "usual": round(breach.rates.usual, 4),
        "nowcast": round(breach.nowcast, 4) if breach.nowcast is not None else None,
        "topics": sorted(topics),
    }


def _note(judgement: Judgement, fresh: Sequence[Breach]) -> str:
    known = len(judgement.breaches) - len(fresh)
    until = _day(judgement.seen_until) if judgement.seen_until else "-"
    return f"judged up to {until}: {len(fresh)} new, {known} known"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B}"


def _watch_settings(rule: WatchRule) -> WatchSettings:
    return WatchSettings(**rule.model_dump())
