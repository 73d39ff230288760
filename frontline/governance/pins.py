"""Figures that a person pinned to their own App Home: questions, never answers; nobody else sees them.

They go when the person leaves (``people.deactivate``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.core.actor import Actor
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.ids import new_id
from frontline.governance import audit
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.people import Person
from frontline.store.models.pins import PinnedFigure
from frontline.store.work import Unit

ACTION = "pin.own"
MOST = 6  # each is worked out whenever App Home opens
FULL = f"{MOST} figures are pinned, and more do not fit."


def is_among(known: Sequence[PinnedFigure], row: PinnedFigure) -> bool:
    """Whether the same question is pinned already."""
    return any(other.same_as == row.same_as for other in known)


def is_full(known: Sequence[PinnedFigure]) -> bool:
    """Whether no other question fits."""
    return len(known) >= MOST


def draft(actor: Actor, query: Mapping[str, Any], same_as: str, *, at: dt.datetime) -> PinnedFigure:
    """Return a pin that is not kept yet."""
    return PinnedFigure(pin_id=new_id("pin"), person_key=actor.key, at=at, same_as=same_as, query=dict(query))


def keep(unit: Unit, actor: Actor, row: PinnedFigure, *, policy: Policy | None = None) -> PinnedFigure:
    """Keep a draft of the actor's own.

    Raises:
        NotPermitted: the actor may not pin.
        Conflict: the same question is pinned already, or the actor has as many pins as fit.
        UsageError: a role of the terminal has no App Home.
    """
    known = list_own(unit.session, actor, policy=policy)
    if unit.session.get(Person, actor.key) is None:
        raise UsageError("A pin stands on somebody's App Home.", next_step="Ask as a person, not as a role.")
    if is_among(known, row):
        raise Conflict("It is pinned already.", next_step="It stands on your App Home under Pinned.")
    if is_full(known):
        raise Conflict(FULL, next_step="Unpin one first: /ops pin list")
    unit.session.add(row)
    unit.session.flush()
    audit.record(unit, actor, ACTION, resource=row.pin_id, detail={"change": "pinned"})
    return row


def list_own(session: Session, actor: Actor, *, policy: Policy | None = None) -> Sequence[PinnedFigure]:
    """Return what the actor pinned, oldest first.

    Raises:
        NotPermitted: the actor may not pin.
    """
    (policy or shipped_policy()).authorize(actor, ACTION)
    query = select(PinnedFigure).where(PinnedFigure.person_key == actor.key)
    return list(session.scalars(query.order_by(PinnedFigure.at, PinnedFigure.pin_id)))


def drop(unit: Unit, actor: Actor, pin_id: str, *, policy: Policy | None = None) -> PinnedFigure:
    """Unpin one of the actor's own; return what it was.

    Raises:
        NotPermitted: the actor may not pin.
        NotFound: the actor has no such pin; whether somebody else has is not said.
    """
    row = next((own for own in list_own(unit.session, actor, policy=policy) if own.pin_id == pin_id.strip()), None)
    if row is None:
        raise NotFound("It is not pinned (any more).", next_step="/ops pin list shows what is.")
    unit.session.delete(row)
    unit.session.flush()
    audit.record(unit, actor, ACTION, resource=row.pin_id, detail={"change": "unpinned"})
    return row
