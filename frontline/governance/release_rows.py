"""Rows of releases, for the modules beside this one: look one up, move it, and let its document follow."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.core.actor import Actor
from frontline.core.errors import NotFound, NotPermitted
from frontline.core.text import AnonymizedText
from frontline.governance import audit
from frontline.governance.policy import Policy
from frontline.store.models.corpus import CorpusIndex, Document
from frontline.store.models.releases import Release, ReleaseEvent
from frontline.store.work import Unit

LIVE = ("requested", "released")
_INDEX = "live"


def live_release(session: Session, doc_id: str) -> Release | None:
    """Return the release of a document that waits or stands. The caller has authorized the document."""
    return session.scalar(select(Release).where(Release.doc_id == doc_id, Release.state.in_(LIVE)))


def has_any(session: Session) -> bool:
    """Whether anything was ever asked for. Names nothing."""
    return session.scalar(select(Release.release_id).limit(1)) is not None


def existing(session: Session, release_id: str) -> Release:
    """Return a release. The caller has authorized the actor.

    Raises:
        NotFound: there is none with this id.
    """
    row = session.get(Release, release_id)
    if row is None:
        raise NotFound("There is no such release.", next_step="`/ops example list` shows them.")
    return row


def as_reviewer(rules: Policy, actor: Actor, row: Release) -> None:
    """Make sure that the actor may decide on this one.

    Raises:
        NotPermitted: the actor does not review, or asked for it herself.
    """
    rules.authorize(actor, "example.release", f"release:{row.release_id}")
    if row.requested_by == actor.key:
        raise NotPermitted(
            "Whoever asks for a release does not review it.",
            policy_id="example.two_people",
            next_step="Another reviewer has to look at it.",
        )


def set_document(unit: Unit, document: Document, state: str) -> None:
    """Let the document follow its release, in the same commit."""
    if document.state == "withdrawn":
        # Its vector was taken out of the index.
        document.indexed_in = None
    document.state, document.changed_at = state, unit.now
    tell_readers(unit)


def tell_readers(unit: Unit) -> None:
    """Readers keep states and consent beside the vectors: another version makes them look again."""
    index = unit.session.get(CorpusIndex, _INDEX)
    if index is not None:
        index.version += 1


def move(
    unit: Unit, actor: Actor, row: Release, event: str, *, to_state: str, note: AnonymizedText | None = None
) -> Release:
    """Bring a release into another state, with its event and its audit entry."""
    before, row.state = row.state, to_state
    log_event(unit, actor, row, event, from_state=before, note=note)
    return row


def log_event(
    unit: Unit, actor: Actor, row: Release, event: str, *, from_state: str, note: AnonymizedText | None = None
) -> None:
    """Write down what happened to a release."""
    row.events.append(
        ReleaseEvent(
            at=unit.now, actor_key=actor.key, event=event, from_state=from_state, to_state=row.state, note=note
        )
    )
    unit.session.flush()
    detail = {"document": row.doc_id, "from": from_state, "to": row.state}
    audit.record(unit, actor, f"example.{event}", resource=f"release:{row.release_id}", detail=detail)
