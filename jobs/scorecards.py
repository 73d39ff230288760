"""The routine ``goodhart_watch``: once a week, where a primary metric gets better while its guardrails get worse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Protocol

from sqlalchemy import select

from frontline.catalog.loader import Catalog
from frontline.catalog.routines import RoutineDefinition
from frontline.catalog.scorecards import Scorecard
from frontline.core.errors import NotFound
from frontline.core.reply import Button, Outcome, Reply, Tone
from frontline.governance.alerts import raise_alert
from frontline.store.models.governance import Alert
from frontline.store.work import Unit
from handlers.goodhart import Told, explain, headline_of
from handlers.scorecards import GOODHART
from jobs.runner import Post, RunContext, RunOutcome

# A finding stays true for months; it is told once, and again when it is still there after half a year.
TOLD_AGAIN = dt.timedelta(days=182)


class ScorecardJudge(Protocol):
    """Judges one scorecard with the data that were there at ``seen_at``. Raises NotFound without data."""

    def __call__(self, card: Scorecard, *, seen_at: dt.datetime) -> Sequence[Told]: ...


class GoodhartWatch:
    """One message per group and scorecard, to the owner's channel, with what got better and what it cost."""

    def __init__(self, definition: RoutineDefinition, judge: ScorecardJudge, catalog: Callable[[], Catalog]) -> None:
        self._definition = definition
        self._judge = judge
        self._catalog = catalog  # asked for at every slot: an adoption meanwhile makes a new one

    @property
    def definition(self) -> RoutineDefinition:
        """Name, schedule, catch-up policy and channel, from the catalog."""
        return self._definition

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        """Judge every scorecard as of the slot; a group that was told lately is not told again."""
        found: list[tuple[str, Told]] = []
        notes: list[str] = []
        for key, card in self._catalog().scorecards.scorecards.items():
            try:
                told = self._judge(card, seen_at=context.due_at)
            except NotFound as missing:
                notes.append(f"{key} not judged: {missing.message}")
                continue
            notes.append(f"{key}: {len(told)}")
            found += [(key, item) for item in told]
        posts = [self._post(unit, slot, key, item) for key, item in found if not self._is_known(unit, key, item)]
        return RunOutcome(posts=posts, note="; ".join(notes))

    def _post(self, unit: Unit, slot: str, key: str, told: Told) -> Post:
        subject, headline = _subject(key, told), headline_of(told, self._catalog())
        detail = {
            "scorecard": key,
            "group": told.found.group,
            "onset": told.onset.isoformat(),
            "primary": told.found.primary.key,
            "worse": [move.key for move in told.worse],
        }
        alert = raise_alert(unit, GOODHART, subject, f"{GOODHART}/{subject}", headline, detail=detail)
        card = told.card
        reply = Reply(
            headline,
            context=f"{card.title}: {card.goodhart.weeks} weeks by {card.group} within {card.stratum}, "
            "against all the others over the same weeks",
            parts=[explain(told, self._catalog())],
            buttons=(
                Button("Make it a commitment", "commitment.about.form", alert.alert_id, Tone.PRIMARY),
                Button("Acknowledge", "alert.acknowledge", alert.alert_id),
                Button("Show the scorecard", "scorecard.show", key),
            ),
            outcome=Outcome.ANSWERED,
            in_channel=True,
        )
        return Post(reply, key=f"{GOODHART}/{subject}/{slot}")

    def _is_known(self, unit: Unit, key: str, told: Told) -> bool:
        # An alert is raised only when its finding is told, so that it was seen last is when it was told last.
        since = unit.now - TOLD_AGAIN
        query = select(Alert).where(
            Alert.rule == GOODHART, Alert.subject == _subject(key, told), Alert.last_seen_at >= since
        )
        return unit.session.scalar(query.limit(1)) is not None


def _subject(key: str, told: Told) -> str:
    return f"{key}/{told.found.group}"
