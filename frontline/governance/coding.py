"""Double coding: a weekly sample of cases that two people categorise, each without the other's answer or the old code.

A case is drawn from the complaints of the week that passed the gate; only its id and its code are kept here. Figures
are of categories and sites, never of a coder.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontline.catalog.taxonomy import Taxonomy
from frontline.core.actor import PRIVATE, Actor, Audience, Role
from frontline.core.errors import Conflict, NotFound
from frontline.core.ids import content_hash, new_id
from frontline.governance import audit, people
from frontline.governance.policy import Policy
from frontline.store.models.coding import Coding, SampledCase
from frontline.store.models.corpus import Document
from frontline.store.models.people import Person
from frontline.store.work import Unit

KIND = "complaint"
INSIDE = ("inside", "released")
# Who may be asked: those who work with words that the gate alone let through.
CODERS = (Role.SUPERVISOR, Role.TRAINER, Role.ANALYST, Role.STEWARD)
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Task:
    """A case to categorise, with its words; ``left``: how many wait for this person, this one included."""

    sample_id: str
    document: Document
    left: int


@dataclass(frozen=True)
class Pair:
    """What the two coders of a case said, in no order of theirs; ``original``: what the help desk had said."""

    codes: tuple[str, str]
    original: str
    site: str


def draw(unit: Unit, taxonomy: Taxonomy, *, week: str, due_at: dt.datetime, count: int) -> dict[str, int]:
    """Draw the sample of the week before ``due_at`` for two people; return coder key -> cases.

    The same slot draws the same cases. The two who have coded least lately are asked. Empty with fewer than two people
    or without cases. The caller is a routine.
    """
    chosen = _choose_coders(unit.session)
    if len(chosen) < 2 or unit.session.scalar(select(SampledCase.sample_id).where(SampledCase.week == week).limit(1)):
        return {}
    found = _received(unit.session, due_at - WEEK, due_at)
    found.sort(key=lambda row: content_hash(week, row.doc_id))
    for row in found[:count]:
        sample = SampledCase(
            sample_id=new_id("smp"),
            week=week,
            doc_id=row.doc_id,
            original=taxonomy.code_of(row.category or ""),
            site=row.region or "",
            drawn_at=unit.now,
        )
        unit.session.add(sample)
        unit.session.flush()
        unit.session.add_all(Coding(sample_id=sample.sample_id, coder_key=person.key) for person in chosen)
    unit.session.flush()
    return {person.key: len(found[:count]) for person in chosen if found}


def next_task(session: Session, actor: Actor, *, policy: Policy, audience: Audience = PRIVATE) -> Task | None:
    """Return the next case that waits for this person, the oldest first; None when there is none.

    Raises:
        NotPermitted: the actor does not code, or not before this audience.
    """
    policy.authorize(actor, "category.code", audience=audience)
    waiting = _waiting(session, actor)
    return Task(*waiting[0], left=len(waiting)) if waiting else None


def access_task(session: Session, actor: Actor, sample_id: str, *, policy: Policy) -> Coding:
    """Return one's own row of a case.

    Raises:
        NotPermitted: the actor does not code.
        NotFound: the case was not given to this person.
    """
    policy.authorize(actor, "category.code")
    row = session.get(Coding, (sample_id.strip(), actor.key))
    if row is None:
        raise NotFound("This case was not given to you.", next_step="`/ops category code` shows what waits for you.")
    return row


def answer(unit: Unit, actor: Actor, sample_id: str, code: str, *, taxonomy: Taxonomy, policy: Policy) -> Coding:
    """Keep what this person says of a case; said again, the later one counts.

    Raises:
        NotPermitted, NotFound: as ``access_task``.
        Conflict: the code is not in force.
    """
    row = access_task(unit.session, actor, sample_id, policy=policy)
    if code not in taxonomy.in_force():
        raise Conflict(f"{code} is not in force any more.", next_step="`/ops category code` shows the case again.")
    row.code, row.answered_at = code, unit.now
    unit.session.flush()
    audit.record(unit, actor, "category.code", resource=f"sample:{row.sample_id}")
    return row


def list_pairs(
    session: Session, actor: Actor, *, taxonomy: Taxonomy, since: dt.datetime, policy: Policy, audience: Audience
) -> list[Pair]:
    """Return the cases that both coders answered since then, under the codes in force, in no order of the coders.

    Raises:
        NotPermitted: the actor may see no figures of categories before this audience.
    """
    policy.authorize(actor, "category.read", audience=audience)
    query = select(SampledCase, Coding.code).join(Coding).where(SampledCase.drawn_at >= since)
    said: dict[str, list[str]] = defaultdict(list)
    samples: dict[str, SampledCase] = {}
    # By code, not by coder: whose answer comes first says nothing.
    for sample, code in session.execute(query.where(Coding.code.is_not(None)).order_by(Coding.code)).tuples():
        if code in taxonomy.codes:
            samples[sample.sample_id] = sample
            said[sample.sample_id].append(taxonomy.current(code or ""))
    return [
        Pair((codes[0], codes[1]), _in_force(taxonomy, samples[key].original), samples[key].site)
        for key, codes in said.items()
        if len(codes) == 2
    ]


def count_waiting(session: Session, *, since: dt.datetime) -> int:
    """Return how many answers of samples drawn since then are still to come."""
    query = select(func.count()).select_from(Coding).join(SampledCase)
    return session.scalar(query.where(SampledCase.drawn_at >= since, Coding.code.is_(None))) or 0


def _in_force(taxonomy: Taxonomy, code: str) -> str:
    return taxonomy.current(code) if code in taxonomy.codes else taxonomy.other


def _waiting(session: Session, actor: Actor) -> list[tuple[str, Document]]:
    query = (
        select(Coding.sample_id, Document)
        .join(SampledCase, SampledCase.sample_id == Coding.sample_id)
        .join(Document, Document.doc_id == SampledCase.doc_id)
        .where(Coding.coder_key == actor.key, Coding.code.is_(None), Document.state.in_(INSIDE))
        .order_by(SampledCase.week, SampledCase.doc_id)
    )
    return [(key, row) for key, row in session.execute(query).tuples() if row.text is not None]


def _choose_coders(session: Session) -> list[Person]:
    found = {person.key: person for role in CODERS for person in people.of_role(session, role)}
    reachable = [person for person in found.values() if people.slack_account(session, person.key) is not None]
    query = select(Coding.coder_key, func.count()).group_by(Coding.coder_key)
    load = dict(session.execute(query).tuples().all())
    return sorted(reachable, key=lambda person: (load.get(person.key, 0), person.handle))[:2]


def _received(session: Session, start: dt.datetime, end: dt.datetime) -> list[Document]:
    day = dt.timedelta(days=1)
    query = select(Document).where(
        Document.kind == KIND,
        Document.state.in_(INSIDE),
        Document.received_at >= (start - day).date().isoformat(),
        Document.received_at < (end + day).date().isoformat(),
    )
    rows = [row for row in session.scalars(query) if row.text is not None]
    return [row for row in rows if start <= _instant(row.received_at or "", start) < end]


def _instant(text: str, like: dt.datetime) -> dt.datetime:
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=like.tzinfo)
