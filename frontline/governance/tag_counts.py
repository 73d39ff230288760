"""Uses of labels, counted: aliases count for what they were merged into, and a case counts once per label.

Counts are over everybody and name nobody.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontline.analysis.rates import RateRatio, rate_ratio
from frontline.catalog.rules import TagRule
from frontline.core.actor import Actor
from frontline.governance.policy import Policy, shipped_policy
from frontline.governance.tag_labels import canonical, family, read_aliases
from frontline.store.models.talk import Tag
from frontline.store.work import Unit


@dataclass(frozen=True)
class LabelCount:
    """How often, by how many people, and when last a label was used."""

    label: str
    uses: int
    people: int
    last_at: dt.datetime


@dataclass(frozen=True)
class Use:
    """One use of a label, under the label that it counts for. ``occasion`` is the case, or the tag without one."""

    label: str
    occasion: str
    author_key: str
    team: str | None
    at: dt.datetime


@dataclass(frozen=True)
class Activity:
    """A label in the window of the rule, and its rate against the days before. ``teams``: the most active first."""

    label: str
    uses: int
    people: int
    teams: Sequence[tuple[str, int]]
    last_at: dt.datetime | None
    before: int
    growth: RateRatio


def read_uses(session: Session, *, since: dt.datetime, labels: Iterable[str] | None = None) -> list[Use]:
    """Return the uses since an instant, oldest first; a case once per label. ``labels``: only these and their aliases.

    For counting alone: what is shown of it are counts.
    """
    aliases = read_aliases(session)
    query = (
        select(Tag.label, Tag.case_key, Tag.tag_id, Tag.author_key, Tag.author_team, Tag.at)
        .where(Tag.at >= since, Tag.label != "")
        .order_by(Tag.at, Tag.tag_id)
    )
    if labels is not None:
        query = query.where(Tag.label.in_({member for label in labels for member in family(label, aliases)}))
    found: dict[tuple[str, str], Use] = {}
    for label, case, tag_id, author, team, at in session.execute(query).tuples():
        name, occasion = canonical(label, aliases), f"case {case}" if case else tag_id
        found.setdefault((name, occasion), Use(name, occasion, author, team, at))
    return list(found.values())


def count_uses(session: Session, label: str, *, since: dt.datetime) -> int:
    """Return how often a label, with its aliases, was used since an instant."""
    name = canonical(label, read_aliases(session))
    return len(read_uses(session, since=since, labels=[name]))


def count_labels(
    session: Session, actor: Actor, *, since: dt.datetime, policy: Policy | None = None
) -> list[LabelCount]:
    """Return the labels used since an instant, the most used first.

    Raises:
        NotPermitted: the actor may see no tags.
    """
    (policy or shipped_policy()).authorize(actor, "tag.list")
    grouped = _grouped(read_uses(session, since=since))
    rows = [
        LabelCount(label, len(uses), len({use.author_key for use in uses}), max(use.at for use in uses))
        for label, uses in grouped.items()
    ]
    return sorted(rows, key=lambda row: (-row.uses, row.label))


def list_activity(
    session: Session,
    actor: Actor,
    rule: TagRule,
    *,
    now: dt.datetime,
    labels: Iterable[str] | None = None,
    policy: Policy | None = None,
) -> list[Activity]:
    """Return what was used in the window of the rule or in the days before it, the most used now first.

    Raises:
        NotPermitted: the actor may see no tags.
    """
    (policy or shipped_policy()).authorize(actor, "tag.list")
    opens = now - dt.timedelta(days=rule.window_days)
    uses = read_uses(session, since=opens - dt.timedelta(days=rule.before_days), labels=labels)
    grouped = _grouped(use for use in uses if use.at <= now)
    rows = [_activity(label, uses, rule, opens) for label, uses in grouped.items()]
    return sorted(rows, key=lambda row: (-row.uses, -row.before, row.label))


def activity_of(session: Session, label: str, rule: TagRule, *, now: dt.datetime) -> Activity:
    """Return the activity of one label, all zeros when it was not used."""
    opens = now - dt.timedelta(days=rule.window_days)
    uses = read_uses(session, since=opens - dt.timedelta(days=rule.before_days), labels=[label])
    return _activity(label, [use for use in uses if use.at <= now], rule, opens)


def count_of_author(unit: Unit, author_key: str, *, since: dt.datetime) -> int:
    """Return how many tags an author has set since an instant, for the hourly budget."""
    query = select(func.count()).where(Tag.author_key == author_key, Tag.at > since)
    return unit.session.scalar(query) or 0


def tag_facts(session: Session, *, since: dt.datetime) -> list[dict[str, object]]:
    """Return rows for the facts table ``tags_fact``: tag_id, ts, label (what it counts for), agent_id, team_id.

    Agents stand in it by the id of the agent feed alone, and no words of anybody. For loads by the system.
    """
    aliases = read_aliases(session)
    query = select(Tag).where(Tag.at >= since, Tag.label != "").order_by(Tag.at, Tag.tag_id)
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for tag in session.scalars(query):
        label = canonical(tag.label, aliases).replace("-", " ")
        row = {"tag_id": tag.tag_id, "ts": tag.at, "label": label}
        row |= {"agent_id": tag.author_agent_id, "team_id": tag.author_team}
        rows.setdefault((label, tag.case_key or tag.tag_id), row)
    return list(rows.values())


def _grouped(uses: Iterable[Use]) -> dict[str, list[Use]]:
    grouped: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        grouped[use.label].append(use)
    return grouped


def _activity(label: str, uses: Sequence[Use], rule: TagRule, opens: dt.datetime) -> Activity:
    recent = [use for use in uses if use.at >= opens]
    before = len(uses) - len(recent)
    teams = Counter(use.team for use in recent if use.team)
    return Activity(
        label,
        len(recent),
        len({use.author_key for use in recent}),
        sorted(teams.items(), key=lambda pair: (-pair[1], pair[0])),
        max((use.at for use in uses), default=None),
        before,
        rate_ratio(len(recent), rule.window_days, before, rule.before_days),
    )
