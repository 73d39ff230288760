"""Tags: what agents leave on recurring requests that have no process. The same case and label count once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.catalog.permissions import Scope
from frontline.catalog.rules import TagRule, load_rules
from frontline.core.actor import PRIVATE, Actor, ActorKind, Audience
from frontline.core.errors import NotFound, UsageError
from frontline.core.ids import content_hash, new_id
from frontline.core.text import AnonymizedText
from frontline.governance import audit
from frontline.governance.policy import Policy, shipped_policy
from frontline.governance.shadow import enqueue
from frontline.governance.tag_counts import LabelCount, count_labels, count_of_author, count_uses, tag_facts
from frontline.governance.tag_gaps import Speak, notice
from frontline.governance.tag_labels import (
    canonical,
    family,
    known_labels,
    normal_label,
    read_aliases,
    register,
)
from frontline.store.models.people import Person
from frontline.store.models.talk import Tag, TagLabel
from frontline.store.work import Unit

__all__ = [
    "DeskAuthor",
    "LabelCount",
    "access_own",
    "add_tag",
    "count_labels",
    "count_uses",
    "find_same",
    "known_labels",
    "list_tags",
    "move_tag",
    "normal_label",
    "remove_tag",
    "shipped_rule",
    "tag_facts",
    "tag_of_case",
]
# The same words by the same person within so long are one tag: a second click, a second delivery.
SAME_MOMENT = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class DeskAuthor:
    """An agent without Slack whose help desk sends the tag: the ids of the agent feed. "" when it does not say."""

    agent_id: str = ""
    team: str | None = None


@cache
def shipped_rule() -> TagRule:
    """Return the shipped rule of tags, without an organisation's overlay."""
    return load_rules().tags


def add_tag(
    unit: Unit,
    actor: Actor,
    text: AnonymizedText,
    *,
    label: str | None = None,
    case_key: str | None = None,
    policy: Policy | None = None,
    author: DeskAuthor | None = None,
    at: dt.datetime | None = None,
    rule: TagRule | None = None,
    speak: Speak = enqueue,
) -> Tag:
    """Keep a tag and look whether its label has become a gap, which is then posted in the same commit.

    The tag already there is returned when the case carries this label (or an alias of it), or when its author has
    said the same within a minute. ``author`` is for a help desk that tags as SYSTEM for its agents; ``at`` for a tag
    that was set earlier than it came.

    Raises:
        NotPermitted: the actor may not tag.
        UsageError: the label has no letter or digit, or the author has used up the budget of an hour.
    """
    (policy or shipped_policy()).authorize(actor, "tag.create")
    bounds = rule or shipped_rule()
    name = "" if label is None else normal_label(label)
    when = at or unit.now
    key, agent_id, team = _signed(unit.session, actor, author)
    known = find_same(unit.session, key, text, label=name, case_key=case_key, at=when)
    if known is not None:
        return known
    if actor.kind is not ActorKind.SYSTEM and count_of_author(unit, key, since=unit.now - HOUR) >= bounds.hourly_budget:
        raise UsageError(
            f"You have set {bounds.hourly_budget} tags within an hour, which is all that one person may.",
            next_step="Go on in a while; if it is one problem, one tag a case is enough.",
        )
    tag = Tag(
        tag_id=new_id("tag"),
        at=when,
        author_key=key,
        author_agent_id=agent_id,
        author_team=team,
        label=name,
        case_key=case_key,
        text=text,
    )
    unit.session.add(tag)
    if name:
        register(unit, actor, name)
    unit.session.flush()
    audit.record(unit, actor, "tag.create", resource=f"tag:{tag.tag_id}")
    if name:
        notice(unit, canonical(name, read_aliases(unit.session)), bounds, speak)
    return tag


def tag_of_case(session: Session, *, case_key: str | None, label: str) -> Tag | None:
    """Return the tag that a case carries with this label, or one that counts for the same; None for no case."""
    if case_key is None:
        return None
    if not label:
        return session.scalar(select(Tag).where(Tag.case_key == case_key, Tag.label == ""))
    aliases = read_aliases(session)
    members = family(canonical(normal_label(label), aliases), aliases)
    query = select(Tag).where(Tag.case_key == case_key, Tag.label.in_(members))
    return session.scalar(query.order_by(Tag.at, Tag.tag_id).limit(1))


def find_same(
    session: Session, author_key: str, text: AnonymizedText, *, label: str, case_key: str | None, at: dt.datetime
) -> Tag | None:
    """Return the tag that another one would repeat: of the case and label, or the author's same words a moment ago."""
    name = normal_label(label) if label else ""
    if case_key is not None:
        return tag_of_case(session, case_key=case_key, label=name)
    query = select(Tag).where(
        Tag.author_key == author_key,
        Tag.case_key.is_(None),
        Tag.label == name,
        Tag.at > at - SAME_MOMENT,
        Tag.at < at + SAME_MOMENT,
        Tag.text == text,
    )
    return session.scalar(query.limit(1))


def move_tag(
    unit: Unit,
    actor: Actor,
    tag_id: str,
    *,
    into: str,
    policy: Policy | None = None,
    rule: TagRule | None = None,
    speak: Speak = enqueue,
) -> Tag:
    """Put one's own tag under another label; what was given up without another use is remembered as a proposal.

    Where the case carries that label already, the tag goes: a case counts once.

    Raises:
        NotPermitted: the actor may not tag.
        NotFound: there is no such tag of the actor.
        UsageError: the label has no letter or digit.
    """
    (policy or shipped_policy()).authorize(actor, "tag.create", f"tag:{tag_id}")
    tag, name = _own(unit.session, actor, tag_id), normal_label(into)
    before = tag.label
    if before == name:
        return tag
    there = tag_of_case(unit.session, case_key=tag.case_key, label=name)
    if there is not None and there.tag_id != tag.tag_id:
        unit.session.delete(tag)
        tag = there
    else:
        tag.label = name
    register(unit, actor, name)
    unit.session.flush()
    if before and unit.session.scalar(select(Tag.tag_id).where(Tag.label == before).limit(1)) is None:
        _propose(unit, actor, before, name)
    audit.record(unit, actor, "tag.move", resource=f"tag:{tag_id}", detail={"from": before, "to": name})
    notice(unit, canonical(name, read_aliases(unit.session)), rule or shipped_rule(), speak)
    return tag


def list_tags(
    session: Session,
    actor: Actor,
    *,
    since: dt.datetime | None = None,
    label: str | None = None,
    limit: int = 50,
    policy: Policy | None = None,
    audience: Audience = PRIVATE,
) -> Sequence[Tag]:
    """Return the tags the actor may see, newest first (an agent sees their own).

    Raises:
        NotPermitted: the actor may see no tags before this audience.
    """
    grant = (policy or shipped_policy()).authorize(actor, "tag.list", audience=audience)
    query = select(Tag).order_by(Tag.at.desc(), Tag.tag_id).limit(limit)
    if grant.scope is Scope.OWN:
        query = query.where(Tag.author_key == actor.key)
    elif grant.scope is Scope.TEAM:
        query = query.where(Tag.author_team == actor.team)
    if since is not None:
        query = query.where(Tag.at >= since)
    if label is not None:
        aliases = read_aliases(session)
        query = query.where(Tag.label.in_(family(canonical(normal_label(label), aliases), aliases)))
    return list(session.scalars(query))


def remove_tag(unit: Unit, actor: Actor, tag_id: str, *, policy: Policy | None = None) -> Tag:
    """Take one's own tag back and return it.

    Raises:
        NotPermitted: the actor may not tag.
        NotFound: there is no such tag of the actor.
    """
    (policy or shipped_policy()).authorize(actor, "tag.create", f"tag:{tag_id}")
    tag = _own(unit.session, actor, tag_id)
    unit.session.delete(tag)
    unit.session.flush()
    audit.record(unit, actor, "tag.remove", resource=f"tag:{tag_id}")
    return tag


def access_own(session: Session, actor: Actor, tag_id: str, *, policy: Policy | None = None) -> Tag:
    """Return a tag of the actor.

    Raises:
        NotPermitted: the actor may not tag.
        NotFound: there is no such tag of the actor.
    """
    (policy or shipped_policy()).authorize(actor, "tag.create", f"tag:{tag_id}")
    return _own(session, actor, tag_id)


def _own(session: Session, actor: Actor, tag_id: str) -> Tag:
    tag = session.scalar(select(Tag).where(Tag.tag_id == tag_id, Tag.author_key == actor.key))
    if tag is None:
        raise NotFound("You have no such tag.", next_step="It may have been taken back already.")
    return tag


def _signed(session: Session, actor: Actor, author: DeskAuthor | None) -> tuple[str, str | None, str | None]:
    """Return (author key, agent id, team). Only the system speaks for others; its agents may be people we know."""
    if author is None or actor.kind is not ActorKind.SYSTEM or not author.agent_id:
        return actor.key, actor.agent_id, actor.team
    person = session.scalar(select(Person).where(Person.agent_id == author.agent_id))
    if person is not None:
        return person.key, author.agent_id, author.team or person.team
    key = f"agent:{author.agent_id}"
    return key if len(key) <= 40 else f"agent:{content_hash(author.agent_id)[:32]}", author.agent_id, author.team


def _propose(unit: Unit, actor: Actor, label: str, into: str) -> None:
    row: TagLabel = register(unit, actor, label)
    if row.alias_of is not None or row.proposed_into not in (None, into):
        return
    row.proposed_into, row.proposed_count = into, row.proposed_count + 1
    unit.session.flush()
