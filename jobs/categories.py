"""The routines of categories: the weekly sample that two people code, and word when more cases end in "other"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from frontline.analysis.share_rise import ShareRise, find_rise
from frontline.catalog.routines import RoutineDefinition
from frontline.catalog.rules import CategoryRule, Rules
from frontline.catalog.taxonomy import Taxonomy
from frontline.core.actor import PRIVATE, SYSTEM, Role
from frontline.core.errors import NotFound
from frontline.core.reply import Button, Outcome, Paragraph, Reply, Tone
from frontline.governance import coding, people, taxonomy_changes
from frontline.governance.outbox import was_told
from frontline.governance.policy import Policy
from frontline.store.models.coding import TaxonomyChange
from frontline.store.work import Unit
from handlers.taxonomy_changes import item_of
from jobs.runner import Post, RunContext, RunOutcome

WEEK = dt.timedelta(days=7)


class OtherSource(Protocol):
    """Where the weeks come from: the metric engine, as SYSTEM, with the rows that were there at ``seen_at``.

    Raises:
        NotFound: nothing is loaded that could answer.
    """

    def __call__(self, *, seen_at: dt.datetime, weeks: int) -> Sequence[tuple[int, int]]:
        """Return (cases under "other", all cases) of each whole week before ``seen_at``, the oldest first."""
        ...


class CategorySample:
    """Draws the week's sample for two people, and brings stewards what the answers so far speak for."""

    def __init__(
        self, definition: RoutineDefinition, rules: Rules, taxonomy: Callable[[], Taxonomy], policy: Policy
    ) -> None:
        self._definition = definition
        self._rule = rules.categories
        self._taxonomy = taxonomy
        self._policy = policy

    @property
    def definition(self) -> RoutineDefinition:
        """Name, schedule, catch-up policy and channel, from the catalog."""
        return self._definition

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        """Propose what the answers say, then draw the sample of the week before the slot."""
        taxonomy, rule = self._taxonomy(), self._rule
        since = context.due_at - rule.weeks * WEEK
        pairs = coding.list_pairs(
            unit.session, SYSTEM, taxonomy=taxonomy, since=since, policy=self._policy, audience=PRIVATE
        )
        changes = taxonomy_changes.propose(unit, [pair.codes for pair in pairs], taxonomy, since=since)
        drawn = coding.draw(unit, taxonomy, week=slot, due_at=context.due_at, count=rule.sample)
        posts = [self._ask(unit.session, key, count, slot) for key, count in drawn.items()]
        posts += self._proposals(unit.session, changes, taxonomy, slot)
        count = max(drawn.values(), default=0)
        return RunOutcome(posts=posts, note=f"{count} cases for {len(drawn)} people, {len(changes)} proposals")

    def _ask(self, session: Session, key: str, count: int, slot: str) -> Post:
        account = people.slack_account(session, key)
        reply = Reply(
            f"{count} cases wait for a category from you.",
            context="Two people code each, without seeing the other's answer: how well you agree says how good the "
            "categories are. Nobody sees who said what.",
            buttons=[Button("Begin", "category.next", "", Tone.PRIMARY)],
            outcome=Outcome.ANSWERED,
        )
        return Post(
            reply,
            channel=account[1] if account else "",
            key=f"{self._definition.key}/{slot}/{key}",
            audience=PRIVATE,
        )

    def _proposals(
        self, session: Session, changes: Sequence[TaxonomyChange], taxonomy: Taxonomy, slot: str
    ) -> list[Post]:
        if not changes:
            return []
        reply = Reply(
            f"{len(changes)} {'categories are' if len(changes) > 1 else 'category is'} not told apart.",
            context="From what two people said of the same cases. A proposal; nothing changes until you say so.",
            parts=[item_of(change, taxonomy) for change in changes],
            outcome=Outcome.ANSWERED,
        )
        posts = []
        for person in people.of_role(session, Role.STEWARD):
            if (account := people.slack_account(session, person.key)) is not None:
                key = f"{self._definition.key}/{slot}/proposals/{person.key}"
                posts.append(Post(reply, channel=account[1], key=key, audience=PRIVATE))
        return posts


class OtherShare:
    """One message per rise; silent while "other" moves no more than weeks do by themselves."""

    def __init__(
        self, definition: RoutineDefinition, source: OtherSource, rules: Rules, taxonomy: Callable[[], Taxonomy]
    ) -> None:
        self._definition = definition
        self._source = source
        self._rule = rules.categories
        self._taxonomy = taxonomy

    @property
    def definition(self) -> RoutineDefinition:
        """Name, schedule, catch-up policy and channel, from the catalog."""
        return self._definition

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        """Compare the last weeks with those before as of the slot."""
        rule = self._rule
        try:
            weeks = self._source(seen_at=context.due_at, weeks=rule.other_weeks + rule.before_weeks)
        except NotFound as missing:
            return RunOutcome(note=missing.message)
        rise = find_rise(
            weeks,
            recent=rule.other_weeks,
            sigmas=rule.sigmas,
            min_lift=rule.min_lift,
            min_events=rule.min_cases,
        )
        if rise is None:
            return RunOutcome(note=f"no rise over {len(weeks)} weeks")
        since = unit.now - dt.timedelta(days=rule.remind_days)
        if was_told(unit.session, f"{self._definition.key}/", since=since):
            return RunOutcome(note="the rise was told already")
        post = Post(_reply(rise, self._taxonomy(), rule), key=f"{self._definition.key}/{slot}")
        return RunOutcome(posts=[post], note=f"{rise.now:.1%} after {rise.before:.1%}")


def _reply(rise: ShareRise, taxonomy: Taxonomy, rule: CategoryRule) -> Reply:
    low, high = (100 * bound for bound in (rise.difference.low, rise.difference.high))
    verdict = "above" if rise.now > taxonomy.other_share else "still within"
    title = taxonomy.codes[taxonomy.other].title
    weeks = f"Last {rule.other_weeks} weeks against the {rule.before_weeks} before"
    return Reply(
        f'"{title}" rose to {rise.now:.1%} of cases from {rise.before:.1%}.',
        context=f"{weeks}: {low:+.1f} to {high:+.1f} points at {rule.sigmas:g} sigma · {rise.events:,} of"
        f" {rise.trials:,} cases · {verdict} the {taxonomy.other_share:.0%} that it should stay under.",
        parts=[Paragraph("A code may be missing, or a new kind of case has come. `/ops metric show taxonomy`")],
        outcome=Outcome.ANSWERED,
        in_channel=True,
    )
