"""The routine ``tag_gaps``: once a week, what agents keep tagging that no process answers and nobody owns."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from frontline.catalog.routines import RoutineDefinition
from frontline.catalog.rules import Rules
from frontline.core.actor import SYSTEM, Role
from frontline.core.reply import Item, Outcome, Reply
from frontline.governance import people, tag_gaps
from frontline.governance.tag_gaps import Gap
from frontline.store.models.people import Person
from frontline.store.work import Unit
from jobs.runner import Post, RunContext, RunOutcome

MOST_GAPS = 8


class TagGaps:
    """One message a week, and none when every label has a process or an owner."""

    def __init__(self, definition: RoutineDefinition, rules: Rules) -> None:
        self._definition = definition
        self._rule = rules.tags

    @property
    def definition(self) -> RoutineDefinition:
        """Name, schedule, catch-up policy and channel, from the catalog."""
        return self._definition

    def run(self, unit: Unit, slot: str, context: RunContext) -> RunOutcome:
        """List the gaps of the slot that nobody has taken on."""
        found = tag_gaps.list_gaps(unit.session, SYSTEM, self._rule, now=context.due_at)
        unowned = [gap for gap in found if gap.commitment is None]
        note = f"{len(found)} gaps, {len(unowned)} without an owner"
        if not unowned:
            return RunOutcome(note=note)
        return RunOutcome(posts=[Post(self._reply(unit.session, unowned, owned=len(found) - len(unowned)))], note=note)

    def _reply(self, session: Session, gaps: Sequence[Gap], *, owned: int) -> Reply:
        supervisors, leaders = (people.of_role(session, role) for role in (Role.SUPERVISOR, Role.LEADER))
        items = [
            Item(
                f"#{gap.activity.label}",
                detail=" · ".join(self._facts(gap, supervisors, leaders)),
                buttons=tag_gaps.gap_buttons(gap.activity.label),
            )
            for gap in gaps[:MOST_GAPS]
        ]
        count = "1 label has" if len(gaps) == 1 else f"{len(gaps)} labels have"
        hidden = f" {len(gaps) - MOST_GAPS} more: /ops tag list" if len(gaps) > MOST_GAPS else ""
        taken = f" {owned} more have an owner." if owned else ""
        rule = self._rule
        return Reply(
            f"{count} neither a process nor an owner.",
            context=f"At least {rule.min_uses} uses by {rule.min_people} people in {rule.window_days} days. "
            f"Owners are a proposal.{taken}{hidden}",
            parts=items,
            outcome=Outcome.ANSWERED,
            in_channel=True,
        )

    def _facts(self, gap: Gap, supervisors: Sequence[Person], leaders: Sequence[Person]) -> list[str]:
        row = gap.activity
        teams = ", ".join(f"{team.capitalize()} {count}" for team, count in row.teams[:3])
        owner = propose_owner(gap, supervisors, leaders)
        facts = [tag_gaps.use_words(row), tag_gaps.growth_words(row.growth, self._rule), teams]
        return [fact for fact in [*facts, f"proposed owner: @{owner.handle}" if owner else ""] if fact]


def propose_owner(gap: Gap, supervisors: Sequence[Person], leaders: Sequence[Person]) -> Person | None:
    """Return who might own a gap: a supervisor of the team that tags it most, else a leader; None without either."""
    for team, _ in gap.activity.teams:
        mates = [person for person in supervisors if (person.team or "").lower() == team.lower()]
        if mates:
            return min(mates, key=lambda person: person.handle)
    return min(leaders, key=lambda person: person.handle, default=None)
