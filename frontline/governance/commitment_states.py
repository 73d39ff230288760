"""What else can happen to a commitment: blocked and unblocked, taken back after closing, tracked elsewhere.

A blocked commitment stays open and stays its owner's; the reminders say that it waits, and for what.
"""

from __future__ import annotations

import datetime as dt

from frontline.catalog.permissions import Scope
from frontline.core.actor import Actor
from frontline.core.errors import Conflict, NotPermitted
from frontline.core.text import AnonymizedText
from frontline.governance.commitments import access_commitment, record_event, require_open
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.governance import Commitment, CommitmentEvent
from frontline.store.work import Unit

CLOSED = ("done", "dropped")
# So long whoever closed a commitment can take it back.
UNDO = dt.timedelta(hours=24)


def block(
    unit: Unit, actor: Actor, commitment_id: str, *, reason: AnonymizedText, policy: Policy | None = None
) -> Commitment:
    """Say that an open commitment cannot move on, and why. Blocking it again changes the reason.

    Raises:
        NotPermitted, NotFound: the actor is neither its owner nor may close all.
        Conflict: it is closed.
    """
    commitment = _own_open(unit, actor, commitment_id, policy=policy)
    commitment.blocked_at = commitment.blocked_at or unit.now
    record_event(unit, actor, commitment, "blocked", from_state=commitment.state, note=reason)
    return commitment


def unblock(unit: Unit, actor: Actor, commitment_id: str, *, policy: Policy | None = None) -> Commitment:
    """Say that it can move on again.

    Raises:
        NotPermitted, NotFound: as for ``block``.
        Conflict: it is closed, or not blocked.
    """
    commitment = _own_open(unit, actor, commitment_id, policy=policy)
    if commitment.blocked_at is None:
        raise Conflict("This commitment is not blocked.")
    commitment.blocked_at = None
    record_event(unit, actor, commitment, "unblocked", from_state=commitment.state)
    return commitment


def reopen(
    unit: Unit,
    actor: Actor,
    commitment_id: str,
    *,
    reason: AnonymizedText | None = None,
    policy: Policy | None = None,
) -> Commitment:
    """Take a closing back: the commitment is what it was before. Owner, date and history stay.

    Whoever closed it can within 24 hours; who may reopen all (and the system, when a theme comes back) can any time.

    Raises:
        NotPermitted, NotFound: somebody else closed it, or its day has passed.
        Conflict: it is open.
    """
    grant = (policy or shipped_policy()).authorize(actor, "commitment.reopen", f"commitment:{commitment_id}")
    commitment = access_commitment(unit.session, actor, commitment_id, policy=policy)
    closing = closing_of(commitment)
    if closing is None:
        raise Conflict(f"This commitment is {commitment.state}: there is nothing to take back.")
    if grant.scope is not Scope.ALL:
        if closing.actor_key != actor.key:
            raise NotPermitted("Only who closed it can take that back.", policy_id=grant.policy_id, needs=("leader",))
        if unit.now - closing.at > UNDO:
            raise NotPermitted(
                "It was closed more than a day ago.", policy_id=grant.policy_id, next_step="Make a new one: /own add."
            )
    before, commitment.state = commitment.state, closing.from_state
    commitment.closed_at = None
    commitment.evidence = {key: value for key, value in commitment.evidence.items() if key != "now"}
    record_event(unit, actor, commitment, "reopened", from_state=before, note=reason)
    return commitment


def attach_link(unit: Unit, actor: Actor, commitment_id: str, *, link: str, policy: Policy | None = None) -> Commitment:
    """Say where the work itself is tracked ("" takes it away). The caller has checked the address.

    Raises:
        NotPermitted, NotFound, Conflict: as for ``block``.
    """
    commitment = _own_open(unit, actor, commitment_id, policy=policy)
    commitment.link = link
    record_event(unit, actor, commitment, "linked", from_state=commitment.state, detail={"is_set": bool(link)})
    return commitment


def closing_of(commitment: Commitment) -> CommitmentEvent | None:
    """Return the event that closed a commitment; None while it is open."""
    if commitment.state not in CLOSED:
        return None
    return next(event for event in reversed(commitment.events) if event.event in CLOSED)


def block_of(commitment: Commitment) -> CommitmentEvent | None:
    """Return the event that says why a commitment is blocked; None when it is not."""
    if commitment.blocked_at is None:
        return None
    return next((event for event in reversed(commitment.events) if event.event == "blocked"), None)


def _own_open(unit: Unit, actor: Actor, commitment_id: str, *, policy: Policy | None) -> Commitment:
    grant = (policy or shipped_policy()).authorize(actor, "commitment.done", f"commitment:{commitment_id}")
    commitment = require_open(access_commitment(unit.session, actor, commitment_id, policy=policy))
    if grant.scope is not Scope.ALL and commitment.owner_key != actor.key:
        raise NotPermitted(
            "Only its owner can say that.", policy_id=grant.policy_id, next_step="Ask its owner.", needs=("leader",)
        )
    return commitment
