"""Open cases as they stand: rows for those who work them (action ``live.list``)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.catalog.permissions import Scope
from frontline.core.actor import PRIVATE, Actor, Audience
from frontline.core.errors import NotFound
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.live import LiveCase


def list_live_cases(
    session: Session,
    actor: Actor,
    *,
    tiers: Sequence[str] = (),
    limit: int = 200,
    policy: Policy | None = None,
    audience: Audience = PRIVATE,
) -> list[LiveCase]:
    """Return open cases, the first due first (an agent sees those of the own team); ``tiers`` keeps some of them.

    Raises:
        NotPermitted: the actor may see no open cases before this audience.
    """
    grant = (policy or shipped_policy()).authorize(actor, "live.list", audience=audience)
    query = select(LiveCase).where(LiveCase.left_at.is_(None))
    if grant.scope is not Scope.ALL:
        query = query.where(LiveCase.team == (actor.team or "").lower())
    if tiers:
        query = query.where(LiveCase.tier.in_([tier.lower() for tier in tiers]))
    due = LiveCase.sla_due_at.is_(None), LiveCase.sla_due_at, LiveCase.opened_at, LiveCase.case_id
    return list(session.scalars(query.order_by(*due).limit(limit)))


def access_live_case(session: Session, actor: Actor, case_id: str, *, policy: Policy | None = None) -> LiveCase:
    """Return one open case.

    Raises:
        NotPermitted: the actor may see no open cases.
        NotFound: it is not open, or not of the actor's team.
    """
    grant = (policy or shipped_policy()).authorize(actor, "live.list")
    case = session.get(LiveCase, case_id)
    is_own = grant.scope is Scope.ALL or (case is not None and case.team == (actor.team or "").lower())
    if case is None or case.left_at is not None or not is_own:
        raise NotFound(f"The case {case_id} is not open.", next_step="It may have closed within the last minute.")
    return case
