"""Gaps: a label that many people use and no process answers. Said once per episode, in the commit of the tag.

An episode opens with the use that fills the rule (5 uses by 3 people in 14 days) and lasts while tags keep showing
it; only after a quiet month, or when its process was taken back, is the same label news again.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.analysis.rates import RateRatio
from frontline.catalog.rules import TagRule
from frontline.core.actor import SYSTEM, Actor, Audience, AudienceKind
from frontline.core.reply import Button, Outcome, Paragraph, Reply, Tone
from frontline.governance import audit, commitments
from frontline.governance.outbox import NORMAL
from frontline.governance.policy import Policy, shipped_policy
from frontline.governance.shadow import Outgoing, enqueue
from frontline.governance.tag_counts import Activity, activity_of, list_activity
from frontline.governance.tag_labels import answering, canonical, family, read_aliases, register
from frontline.store.models.governance import Commitment
from frontline.store.models.talk import TagLabel
from frontline.store.work import Unit

SOURCE = "tag_"
# The routine in whose name a new gap is posted: its first days and its off switch hold for the post too.
ROUTINE = "tag_gaps"

# Takes the post of a gap in the unit of the tag; returns whether it was written.
Speak = Callable[[Unit, Outgoing], bool]


@dataclass(frozen=True)
class Gap:
    """A label that fills the rule and that no process answers; ``commitment`` when somebody works on one."""

    activity: Activity
    opened_at: dt.datetime | None
    commitment: Commitment | None


def source_key(label: str) -> str:
    """Return the key under which a commitment is about a label; its kind is then a change request."""
    return f"{SOURCE}{label}"


def use_words(activity: Activity) -> str:
    """Say uses and people: "5 uses by 3 people"."""
    uses = "1 use" if activity.uses == 1 else f"{activity.uses} uses"
    return f"{uses} by {'1 person' if activity.people == 1 else f'{activity.people} people'}"


def is_filled(activity: Activity, rule: TagRule) -> bool:
    """Whether so many uses by so many people are a gap."""
    return activity.uses >= rule.min_uses and activity.people >= rule.min_people


def notice(unit: Unit, label: str, rule: TagRule, speak: Speak = enqueue) -> bool:
    """Look at a label after a use of it; open an episode and post it when it has just become a gap.

    ``label`` is one that stands for itself; ``speak`` is the way of its post, straight where nothing else is said.
    Returns whether a post was written.
    """
    activity = activity_of(unit.session, label, rule, now=unit.now)
    if not is_filled(activity, rule):
        return False
    row = register(unit, SYSTEM, label)
    if _is_muted(row, unit.now) or answering(unit.session, label) is not None:
        return False
    if open_commitment(unit.session, label) is not None:
        return False
    is_known = row.gap_seen_at is not None and unit.now - row.gap_seen_at <= dt.timedelta(days=rule.quiet_days)
    row.gap_seen_at = unit.now
    if is_known:
        unit.session.flush()
        return False
    row.gap_opened_at = unit.now
    unit.session.flush()
    audit.record(unit, SYSTEM, "tag.gap", resource=f"label:{label}", detail={"uses": activity.uses})
    audience = Audience(AudienceKind.CHANNEL, channel=rule.channel)
    key = f"tag_gap/{label}/{unit.now:%Y-%m-%dT%H:%M:%S}"
    return speak(unit, Outgoing(key, rule.channel, post_of(activity, rule), NORMAL, audience))


def mute(unit: Unit, actor: Actor, label: str, rule: TagRule, *, policy: Policy | None = None) -> TagLabel:
    """Say that what a label counts for is no gap: nobody is asked again for as long as the rule says.

    Raises:
        NotPermitted: the actor may not say so.
    """
    (policy or shipped_policy()).authorize(actor, "tag.link", f"label:{label}")
    # The button may stand under a post of before a merge.
    label = canonical(label, read_aliases(unit.session))
    row = register(unit, actor, label)
    row.muted_until = unit.now + dt.timedelta(days=rule.mute_days)
    row.gap_opened_at = row.gap_seen_at = None
    unit.session.flush()
    audit.record(unit, actor, "tag.not_gap", resource=f"label:{label}")
    return row


def list_gaps(
    session: Session, actor: Actor, rule: TagRule, *, now: dt.datetime, policy: Policy | None = None
) -> list[Gap]:
    """Return the gaps of now, the most used first: no process, not called none; with the commitment there may be.

    Raises:
        NotPermitted: the actor may see no tags.
    """
    filled = [row for row in list_activity(session, actor, rule, now=now, policy=policy) if is_filled(row, rule)]
    rows = {row.label: row for row in session.scalars(select(TagLabel))}
    aliases = read_aliases(session)
    gaps = []
    for activity in filled:
        row = rows.get(activity.label)
        if (row is not None and _is_muted(row, now)) or answering(session, activity.label, aliases=aliases) is not None:
            continue
        opened = row.gap_opened_at if row is not None else None
        gaps.append(Gap(activity, opened, open_commitment(session, activity.label)))
    return gaps


def open_commitment(session: Session, label: str) -> Commitment | None:
    """Return the open commitment about a label or one of its aliases. Read as the system: it only says that there is
    one; what may be seen of it is up to ``commitments``."""
    for member in sorted(family(label, read_aliases(session))):
        if found := commitments.list_for(session, SYSTEM, source_key=source_key(member)):
            return found[0]
    return None


def post_of(activity: Activity, rule: TagRule) -> Reply:
    """Return the message of a new gap. Counts and labels only: people's words stay inside."""
    teams = ", ".join(f"{team.capitalize()} {count}" for team, count in activity.teams[:4])
    return Reply(
        f"#{activity.label} has no process yet: {use_words(activity)} in {rule.window_days} days.",
        context="Said once. Customers keep asking for it, and everybody answers it in their own way.",
        parts=[Paragraph(" · ".join(part for part in (growth_words(activity.growth, rule), teams) if part))],
        buttons=gap_buttons(activity.label),
        outcome=Outcome.ANSWERED,
        in_channel=True,
    )


def gap_buttons(label: str) -> list[Button]:
    """Return what can be done about a gap."""
    return [
        Button("Make it a commitment", "tag.commit.form", label, Tone.PRIMARY),
        Button("There is a process", "tag.link.form", label),
        Button("Not a gap", "tag.not_gap", label),
    ]


def growth_words(growth: RateRatio, rule: TagRule) -> str:
    """Say a growth with its interval: "2.4 times the 28 days before (95 %: 1.1 to 5.3)"."""
    before = f"the {rule.before_days} days before"
    if growth.ratio is None:
        return "not used lately"
    low, high = growth.interval.low, growth.interval.high
    if math.isinf(growth.ratio):
        # "At least 0.1 times" would say nothing.
        return f"new: not used in {before}{f' (95 %: {low:.1f} times or more)' if growth.is_growing else ''}"
    span = f"{low:.1f} to {high:.1f}" if math.isfinite(high) else f"{low:.1f} or more"
    clear = "" if growth.is_growing or growth.is_shrinking else ", no clear change"
    return f"{growth.ratio:.1f} times {before} (95 %: {span}{clear})"


def _is_muted(row: TagLabel, now: dt.datetime) -> bool:
    return row.muted_until is not None and row.muted_until > now
