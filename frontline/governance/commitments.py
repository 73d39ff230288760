"""Commitments: owned, time-bound promises of any kind. proposed -> accepted -> done | dropped; one row per event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from frontline.catalog.commitment_kinds import CommitmentKinds, shipped_kinds
from frontline.catalog.permissions import Scope
from frontline.core.actor import PRIVATE, Actor, Audience
from frontline.core.errors import Conflict, NotPermitted, UsageError, not_found
from frontline.core.ids import new_id
from frontline.core.text import AnonymizedText
from frontline.governance import audit, people
from frontline.governance.policy import Grant, Policy, shipped_policy
from frontline.store.base import product_words
from frontline.store.models.governance import Commitment, CommitmentEvent
from frontline.store.models.people import Person
from frontline.store.work import Unit

OPEN = ("proposed", "accepted")
# Keys of ``Commitment.evidence`` that hold a frozen figure: when it was promised, and when it was closed.
THEN, NOW = "then", "now"


def create(
    unit: Unit,
    actor: Actor,
    *,
    kind: str,
    title: AnonymizedText | str,
    owner_key: str,
    due: dt.date,
    evidence: Mapping[str, Any] | None = None,
    source_key: str | None = None,
    link: str = "",
    today: dt.date | None = None,
    policy: Policy | None = None,
    kinds: CommitmentKinds | None = None,
) -> Commitment:
    """Make a commitment: accepted at once when the actor takes it on, else proposed to its owner.

    ``source_key`` (an alert, a tag, a theme) makes it idempotent where its kind says one per source: the open one of
    the same source and kind is returned. ``today`` is the local date; ``due`` may not lie before it.

    Raises:
        NotPermitted: the actor may not create, or may not assign to others.
        UsageError: there is no such kind, the kind is not for this owner, or the date is past.
    """
    rules = policy or shipped_policy()
    rules.authorize(actor, "commitment.create")
    if owner_key != actor.key:
        rules.authorize(actor, "commitment.assign")
    definition = (kinds or shipped_kinds()).kind(kind)
    _check_owner(unit.session, actor, owner_key, kind=kind, kinds=kinds)
    _check_due(due, today or unit.now.date())
    if source_key is not None and definition.one_per_source:
        known = _open_of(unit.session, kind, source_key)
        if known is not None:
            return known
    is_own = owner_key == actor.key
    commitment = Commitment(
        commitment_id=new_id("cmt"),
        kind=kind,
        title=product_words(title),
        state="accepted" if is_own else "proposed",
        owner_key=owner_key,
        creator_key=actor.key,
        due=due,
        evidence=dict(evidence or {}),
        source_key=source_key,
        created_at=unit.now,
        link=link,
    )
    unit.session.add(commitment)
    record_event(unit, actor, commitment, "created", from_state="")
    return commitment


def accept(unit: Unit, actor: Actor, commitment_id: str, *, policy: Policy | None = None) -> Commitment:
    """Accept what was proposed to the actor.

    Raises:
        NotPermitted: it is proposed to somebody else.
        Conflict: it is not proposed any more.
    """
    commitment = access_commitment(unit.session, actor, commitment_id, policy=policy)
    if commitment.owner_key != actor.key:
        raise NotPermitted("Only its owner can accept a commitment.", policy_id="commitment.owner")
    if commitment.state != "proposed":
        raise Conflict(f"This commitment is {commitment.state} already.")
    return _move(unit, actor, commitment, "accepted")


def done(
    unit: Unit,
    actor: Actor,
    commitment_id: str,
    *,
    note: AnonymizedText | None = None,
    evidence: Mapping[str, Any] | None = None,
    policy: Policy | None = None,
    kinds: CommitmentKinds | None = None,
) -> Commitment:
    """Close a commitment as kept. Its owner may, and who may close all. ``evidence`` is added to what it has.

    Raises:
        NotPermitted, NotFound: the actor may not close it, or may not know of it.
        Conflict: it is closed already.
        UsageError: its kind wants to be shown what came of it (see ``missing_evidence``).
    """
    commitment = access_commitment(unit.session, actor, commitment_id, policy=policy)
    gathered = {**commitment.evidence, **(evidence or {})}
    if commitment.state in OPEN and (missing := missing_evidence(commitment.kind, gathered, note=note, kinds=kinds)):
        raise UsageError(missing, next_step="`/own done ID` asks for it.")
    closed = _close(unit, actor, commitment_id, to_state="done", note=note, policy=policy)
    closed.evidence = gathered
    return closed


def missing_evidence(
    kind: str, evidence: Mapping[str, Any], *, note: AnonymizedText | None, kinds: CommitmentKinds | None = None
) -> str:
    """Say what the kind still wants to see before one counts as kept; "" when nothing is missing."""
    wanted = (kinds or shipped_kinds()).kind(kind).evidence
    if wanted == "metric" and NOW not in evidence:
        return "Which figure shows that it is done?"
    if wanted == "note" and note is None and NOW not in evidence:
        return "What came of it?"
    return ""


def drop(
    unit: Unit,
    actor: Actor,
    commitment_id: str,
    *,
    note: AnonymizedText | None = None,
    policy: Policy | None = None,
) -> Commitment:
    """Give a commitment up, visibly. As ``done``, without evidence."""
    return _close(unit, actor, commitment_id, to_state="dropped", note=note, policy=policy)


def assign(
    unit: Unit,
    actor: Actor,
    commitment_id: str,
    *,
    owner_key: str,
    due: dt.date | None = None,
    note: AnonymizedText | None = None,
    today: dt.date | None = None,
    policy: Policy | None = None,
    kinds: CommitmentKinds | None = None,
) -> Commitment:
    """Give an open commitment another owner (proposed to them again) and, if given, another date.

    Its owner may hand it over; who may assign work may do it with any that they see. There is never more than one
    owner, and never none: until the new one accepts, it is proposed to them.

    Raises:
        NotPermitted, NotFound, Conflict, UsageError: as above.
    """
    rules = policy or shipped_policy()
    rules.authorize(actor, "commitment.hand")
    commitment = require_open(access_commitment(unit.session, actor, commitment_id, policy=policy))
    if commitment.owner_key != actor.key:
        rules.authorize(actor, "commitment.assign", f"commitment:{commitment_id}")
    _check_owner(unit.session, actor, owner_key, kind=commitment.kind, kinds=kinds)
    if due is not None:
        _check_due(due, today or unit.now.date())
        commitment.due = due
    before, commitment.owner_key = commitment.owner_key, owner_key
    state, commitment.state = commitment.state, "accepted" if owner_key == actor.key else "proposed"
    record_event(
        unit, actor, commitment, "assigned", from_state=state, note=note, detail={"from": before, "to": owner_key}
    )
    return commitment


def move_due(
    unit: Unit,
    actor: Actor,
    commitment_id: str,
    *,
    due: dt.date,
    today: dt.date | None = None,
    policy: Policy | None = None,
) -> Commitment:
    """Give an open commitment another date. Its owner may, and who may close all.

    Raises:
        NotPermitted, NotFound, Conflict, UsageError: as for ``done``; the date may not be past.
    """
    grant = (policy or shipped_policy()).authorize(actor, "commitment.done", f"commitment:{commitment_id}")
    commitment = require_open(access_commitment(unit.session, actor, commitment_id, policy=policy))
    if grant.scope is not Scope.ALL and commitment.owner_key != actor.key:
        raise NotPermitted("Only its owner can move the date.", policy_id="commitment.owner")
    _check_due(due, today or unit.now.date())
    before, commitment.due = commitment.due, due
    detail = {"from": before.isoformat(), "to": due.isoformat()}
    record_event(unit, actor, commitment, "moved", from_state=commitment.state, detail=detail)
    return commitment


def access_commitment(
    session: Session, actor: Actor, commitment_id: str, *, policy: Policy | None = None, audience: Audience = PRIVATE
) -> Commitment:
    """Return a commitment the actor may see: owned or made by them, or any with the wider grant.

    Raises:
        NotPermitted: the actor may see no commitments at all.
        NotFound: there is none with this id, or the actor may not know that there is.
    """
    grant = (policy or shipped_policy()).authorize(actor, "commitment.list", audience=audience)
    reach = _reach(actor, grant)
    commitment = session.scalar(select(Commitment).where(Commitment.commitment_id == commitment_id, reach))
    if commitment is None:
        raise not_found(
            "commitment", commitment_id, there_is_no="You have no commitment", next_step="`/own list` shows yours."
        )
    return commitment


def list_for(
    session: Session,
    actor: Actor,
    *,
    states: Sequence[str] = OPEN,
    owner_key: str | None = None,
    kind: str | None = None,
    due_before: dt.date | None = None,
    source_key: str | None = None,
    policy: Policy | None = None,
    audience: Audience = PRIVATE,
) -> list[Commitment]:
    """Return the commitments the actor may see, the soonest due first.

    Raises:
        NotPermitted: the actor may see no commitments before this audience.
    """
    grant = (policy or shipped_policy()).authorize(actor, "commitment.list", audience=audience)
    query = select(Commitment).where(Commitment.state.in_(states), _reach(actor, grant))
    if owner_key is not None:
        query = query.where(Commitment.owner_key == owner_key)
    if kind is not None:
        query = query.where(Commitment.kind == kind)
    if due_before is not None:
        query = query.where(Commitment.due < due_before)
    if source_key is not None:
        query = query.where(Commitment.source_key == source_key)
    return list(session.scalars(query.order_by(Commitment.due, Commitment.commitment_id)))


def _close(
    unit: Unit,
    actor: Actor,
    commitment_id: str,
    *,
    to_state: str,
    note: AnonymizedText | None,
    policy: Policy | None,
) -> Commitment:
    grant = (policy or shipped_policy()).authorize(actor, "commitment.done", f"commitment:{commitment_id}")
    commitment = access_commitment(unit.session, actor, commitment_id, policy=policy)
    if commitment.owner_key != actor.key and grant.scope is not Scope.ALL:
        raise NotPermitted(
            "Only its owner can close a commitment.",
            policy_id=grant.policy_id,
            next_step="Ask its owner, or a leader.",
            needs=("leader", "admin"),
        )
    require_open(commitment).closed_at = unit.now
    commitment.blocked_at = None
    return _move(unit, actor, commitment, to_state, note=note)


def _reach(actor: Actor, grant: Grant) -> ColumnElement[bool]:
    if grant.scope is Scope.ALL:
        return true()
    own = or_(Commitment.owner_key == actor.key, Commitment.creator_key == actor.key)
    if grant.scope is Scope.TEAM and actor.team is not None:
        return or_(own, Commitment.owner_key.in_(select(Person.key).where(Person.team == actor.team)))
    return own


def _open_of(session: Session, kind: str, source_key: str) -> Commitment | None:
    query = select(Commitment).where(
        Commitment.kind == kind, Commitment.source_key == source_key, Commitment.state.in_(OPEN)
    )
    return session.scalar(query.limit(1))


def require_open(commitment: Commitment) -> Commitment:
    """Return the commitment if it is open.

    Raises:
        Conflict: it is closed; ``choices`` holds who closed it.
    """
    if commitment.state not in OPEN:
        raise Conflict(f"This commitment is {commitment.state} already.", choices=[commitment.events[-1].actor_key])
    return commitment


def _check_owner(session: Session, actor: Actor, owner_key: str, *, kind: str, kinds: CommitmentKinds | None) -> None:
    definition = (kinds or shipped_kinds()).kind(kind)
    owner = actor if owner_key == actor.key else people.actor_by_key(session, owner_key)
    if not definition.may_own(owner):
        roles = " or ".join(str(role) for role in definition.owners)
        raise UsageError(
            f"A {definition.title.lower()} is owned by a {roles}.", next_step="Name somebody who has that role."
        )


def _check_due(due: dt.date, today: dt.date) -> None:
    if due < today:
        raise UsageError(f"{due:%d %b %Y} has passed.", next_step="Give a date from today on.")


def _move(
    unit: Unit, actor: Actor, commitment: Commitment, to_state: str, *, note: AnonymizedText | None = None
) -> Commitment:
    before, commitment.state = commitment.state, to_state
    record_event(unit, actor, commitment, to_state, from_state=before, note=note)
    return commitment


def record_event(
    unit: Unit,
    actor: Actor,
    commitment: Commitment,
    event: str,
    *,
    from_state: str,
    note: AnonymizedText | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one row of the commitment's history and its audit entry, which holds no words of people."""
    commitment.events.append(
        CommitmentEvent(
            at=unit.now,
            actor_key=actor.key,
            event=event,
            from_state=from_state,
            to_state=commitment.state,
            note=note,
            detail=dict(detail or {}),
        )
    )
    unit.session.flush()
    audit.record(
        unit,
        actor,
        f"commitment.{_ACTIONS[event]}",
        resource=f"commitment:{commitment.commitment_id}",
        detail={"kind": commitment.kind, "owner": commitment.owner_key, "due": commitment.due.isoformat()},
    )


_ACTIONS = {
    "created": "create",
    "accepted": "accept",
    "done": "done",
    "dropped": "drop",
    "assigned": "assign",
    "moved": "move",
    "blocked": "block",
    "unblocked": "unblock",
    "reopened": "reopen",
    "linked": "link",
}
