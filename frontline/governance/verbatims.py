"""Words of surveys and the agent whom they are about: shown to that agent's supervisor alone, never one by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.core.actor import Actor
from frontline.core.text import AnonymizedText
from frontline.governance.policy import Policy, shipped_policy
from frontline.governance.text_rights import needs_consent
from frontline.store.models.corpus import Document
from frontline.store.work import Unit

KIND = "verbatim"
_PREFIX = "verbatim-"
_SHOWN = ("inside", "released")
AgentsOf = Callable[[Collection[str]], Mapping[str, str]]


@dataclass(frozen=True)
class AboutAgent:
    """What customers wrote about one agent in a period. ``customers``: how many different ones wrote."""

    texts: tuple[AnonymizedText, ...] = ()
    customers: int = 0


def survey_of(doc_id: str) -> str:
    """Return the id of the survey that a verbatim was answered in: verbatim-S0000123 is S0000123's."""
    return doc_id.removeprefix(_PREFIX)


def link_agents(unit: Unit, agents_of: AgentsOf) -> int:
    """Fill the agent of verbatims that came before the facts of their survey; return how many were filled."""
    query = select(Document).where(Document.kind == KIND, Document.agent_id.is_(None))
    rows = list(unit.session.scalars(query))
    found = agents_of([survey_of(row.doc_id) for row in rows]) if rows else {}
    linked = [row for row in rows if survey_of(row.doc_id) in found]
    for row in linked:
        row.agent_id = found[survey_of(row.doc_id)]
    unit.session.flush()
    return len(linked)


def list_about_agent(
    session: Session,
    actor: Actor,
    agent_ids: Sequence[str],
    *,
    start: dt.date,
    end: dt.date,
    policy: Policy | None = None,
) -> AboutAgent:
    """Return what customers wrote about an agent from ``start`` until before ``end`` (by the date they came with).

    The order says nothing of when they were written. Whose supervisor the actor is, the figures of the agent decide:
    the caller has asked the engine for those before.

    Raises:
        NotPermitted: the actor sees no single agents, or the policy of private views lists no ``quality``.
    """
    rules = policy or shipped_policy()
    rules.authorize(actor, "voice.agents")
    rules.authorize(actor, "corpus.inside")
    inside = rules.texts.admit_inside(actor, "quality")
    if inside is None:
        return AboutAgent()
    query = select(Document).where(
        Document.kind == KIND,
        Document.agent_id.in_(list(agent_ids)),
        Document.state.in_(_SHOWN),
        Document.text.is_not(None),
        Document.received_at >= start.isoformat(),
        Document.received_at < end.isoformat(),
    )
    if needs_consent(inside):
        query = query.where(Document.consent.is_(True))
    # A keyed hash of the content: the same order every time, and no order of time.
    rows = list(session.scalars(query.order_by(Document.content_key)))
    customers = {row.customer_key or row.doc_id for row in rows}
    return AboutAgent(tuple(row.text for row in rows if row.text is not None), len(customers))
