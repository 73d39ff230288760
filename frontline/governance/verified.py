"""Verified questions: somebody vouches for the answer to a question, as long as its definitions stay what they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.core.actor import Actor, ActorKind
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.ids import content_hash, new_id
from frontline.core.text import AnonymizedText
from frontline.governance import audit
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.base import canonical_json
from frontline.store.models.definitions import VerifiedQuestion
from frontline.store.work import Unit


def shape_of(query: Mapping[str, Any]) -> str:
    """Return what queries share that differ in nothing but their dates; order of filters and values never matters."""
    said = {name: query.get(name) for name in ("kind", "metrics", "by", "order", "limit")}
    filters = sorted([item["dim"], item["op"], sorted(item["values"])] for item in query.get("filters", ()))
    period, compare = query.get("period") or {}, query.get("compare")
    rest = {"grain": period.get("grain"), "compare": compare if isinstance(compare, str) else bool(compare)}
    return content_hash(canonical_json({**said, **rest, "filters": filters, "pins": list(query.get("pins") or ())}))


def verify(
    unit: Unit,
    actor: Actor,
    *,
    query: Mapping[str, Any],
    hashes: Mapping[str, str],
    words: AnonymizedText | None = None,
    policy: Policy | None = None,
) -> VerifiedQuestion:
    """Keep a question whose answer the actor vouches for, under the definitions ``hashes`` of its metrics.

    Raises:
        NotPermitted: the actor may not vouch.
        UsageError: it is a role that vouches, not a person.
        Conflict: it is verified already, under the same definitions.
    """
    (policy or shipped_policy()).authorize(actor, "question.verify")
    if actor.kind is not ActorKind.HUMAN or actor.key.startswith("role:"):
        raise UsageError("A person vouches for an answer.", next_step="Say who, with --as HANDLE.")
    shape = shape_of(query)
    for row in of_shape(unit.session, shape):
        if row.query == dict(query) and row.words == words and row.hashes == dict(hashes):
            raise Conflict(
                "It is verified already.", next_step=f"/ops question drop {row.question_id} takes that back."
            )
    row = VerifiedQuestion(
        question_id=new_id("vq"),
        words=words,
        query=dict(query),
        shape=shape,
        hashes=dict(hashes),
        verified_by=actor.key,
        verified_at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    audit.record(unit, actor, "question.verify", resource=row.question_id, detail={"metrics": list(hashes)})
    return row


def drop(unit: Unit, actor: Actor, question_id: str, *, policy: Policy | None = None) -> VerifiedQuestion:
    """Take a mark back.

    Raises:
        NotPermitted: the actor may not vouch.
        NotFound: there is none, or it was taken back before.
    """
    (policy or shipped_policy()).authorize(actor, "question.verify", question_id)
    row = unit.session.get(VerifiedQuestion, question_id.strip().lower())
    if row is None or row.dropped_at is not None:
        raise NotFound("There is no such verified question.", next_step="/ops question list shows them.")
    row.dropped_at, row.dropped_by = unit.now, actor.key
    unit.session.flush()
    audit.record(unit, actor, "question.drop", resource=row.question_id)
    return row


def list_verified(session: Session, actor: Actor, *, policy: Policy | None = None) -> list[VerifiedQuestion]:
    """Return the verified questions, the newest first.

    Raises:
        NotPermitted: the actor may not see them.
    """
    (policy or shipped_policy()).authorize(actor, "question.list")
    query = select(VerifiedQuestion).where(VerifiedQuestion.dropped_at.is_(None))
    return list(session.scalars(query.order_by(VerifiedQuestion.verified_at.desc(), VerifiedQuestion.question_id)))


def of_shape(session: Session, shape: str) -> list[VerifiedQuestion]:
    """Return the verified questions that may be this one: the badge on an answer says only who and when."""
    query = select(VerifiedQuestion).where(VerifiedQuestion.shape == shape, VerifiedQuestion.dropped_at.is_(None))
    return list(session.scalars(query.order_by(VerifiedQuestion.verified_at.desc())))


def is_current(row: VerifiedQuestion, hashes: Mapping[str, str]) -> bool:
    """Whether every definition is still the one that was verified."""
    return all(hashes.get(key) == value for key, value in row.hashes.items())
