"""Tags: what agents leave on recurring requests that have no process. The same case and label count once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontline.catalog.permissions import Scope
from frontline.core.actor import PRIVATE, Actor, Audience
from frontline.core.errors import NotFound, UsageError
from frontline.core.ids import new_id
from frontline.core.text import AnonymizedText
from frontline.governance import audit
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.talk import Tag
from frontline.store.work import Unit

_LABEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class LabelCount:
    """How often, by how many people, and when last a label was used."""

    label: str
    uses: int
    people: int
    last_at: dt.datetime


def add_tag(
    unit: Unit,
    actor: Actor,
    text: AnonymizedText,
    *,
    label: str | None = None,
    case_key: str | None = None,
    policy: Policy | None = None,
) -> Tag:
    """Keep a tag; the one already there when the case carries this label.

    Raises:
        NotPermitted: the actor may not tag.
        UsageError: the label has no letter or digit.
    """
    (policy or shipped_policy()).authorize(actor, "tag.create")
    name = "" if label is None else normal_label(label)
    if case_key is not None:
        known = unit.session.scalar(select(Tag).where(Tag.case_key == case_key, Tag.label == name))
        if known is not None:
            return known
    tag = Tag(
        tag_id=new_id("tag"),
        at=unit.now,
        author_key=actor.key,
        author_agent_id=actor.agent_id,
        author_team=actor.team,
        label=name,
        case_key=case_key,
        text=text,
    )
    unit.session.add(tag)
    unit.session.flush()
    audit.record(unit, actor, "tag.create", resource=f"tag:{tag.tag_id}")
    return tag


def tag_of_case(session: Session, *, case_key: str | None, label: str) -> Tag | None:
    """Return the tag that a case carries with this label already; None for no case."""
    if case_key is None:
        return None
    return session.scalar(select(Tag).where(Tag.case_key == case_key, Tag.label == normal_label(label)))


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
        query = query.where(Tag.label == normal_label(label))
    return list(session.scalars(query))


def remove_tag(unit: Unit, actor: Actor, tag_id: str, *, policy: Policy | None = None) -> Tag:
    """Take one's own tag back and return it.

    Raises:
        NotPermitted: the actor may not tag.
        NotFound: there is no such tag of the actor.
    """
    (policy or shipped_policy()).authorize(actor, "tag.create", f"tag:{tag_id}")
    tag = unit.session.scalar(select(Tag).where(Tag.tag_id == tag_id, Tag.author_key == actor.key))
    if tag is None:
        raise NotFound("You have no such tag.", next_step="It may have been taken back already.")
    unit.session.delete(tag)
    unit.session.flush()
    audit.record(unit, actor, "tag.remove", resource=f"tag:{tag_id}")
    return tag


def count_uses(session: Session, label: str, *, since: dt.datetime) -> int:
    """Return how often a label was used since an instant. A count over everybody; names nobody."""
    query = select(func.count()).where(Tag.label == label, Tag.at >= since)
    return session.scalar(query) or 0


def count_labels(
    session: Session, actor: Actor, *, since: dt.datetime, policy: Policy | None = None
) -> list[LabelCount]:
    """Return the labels used since an instant, the most used first. Counts over everybody; names nobody.

    Raises:
        NotPermitted: the actor may see no tags.
    """
    (policy or shipped_policy()).authorize(actor, "tag.list")
    uses, people = func.count(), func.count(Tag.author_key.distinct())
    query = (
        select(Tag.label, uses, people, func.max(Tag.at))
        .where(Tag.at >= since, Tag.label != "")
        .group_by(Tag.label)
        .order_by(uses.desc(), Tag.label)
    )
    return [LabelCount(*row) for row in session.execute(query).tuples()]


def known_labels(session: Session) -> tuple[str, ...]:
    """Return every label in use, sorted: suggestions before somebody invents another spelling."""
    return tuple(session.scalars(select(Tag.label).where(Tag.label != "").distinct().order_by(Tag.label)))


def normal_label(label: str) -> str:
    """Return the one spelling of a label: ``#Billing e-mail`` is ``billing-e-mail``.

    Raises:
        UsageError: nothing is left of it.
    """
    words = re.sub(r"[^a-z0-9]+", "-", label.strip().lower()).strip("-")[:80].strip("-")
    if not _LABEL.fullmatch(words):
        raise UsageError(
            "A label needs a letter or a digit.", next_step="Try `/tag 8123 cannot change mail #billing-mail`."
        )
    return words
