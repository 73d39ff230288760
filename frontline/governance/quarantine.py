"""What the gate held back, reviewed by a steward: opened one by one under audit, decided, looked at again, undone.

open -> inside (the gate let the chosen text through) | kept (it did not) | dropped (the whole text goes).
Undo, as long as the vault still has the original: back to open.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.core.actor import Actor
from frontline.core.errors import Conflict, NotFound
from frontline.core.ports import Choice, Known, Verdict
from frontline.core.text import RawText
from frontline.governance import audit, people
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.case_books import book_of_document, keep_books
from frontline.store.models.corpus import CorpusIndex, Document
from frontline.store.models.people import VaultItem
from frontline.store.models.quarantine import QuarantineReview
from frontline.store.vault import Vault
from frontline.store.work import Unit

ACTION = "privacy.review"
# In the vault, under document:ID.
TEXT_KIND, KNOWN_KIND = "document", "document-known"
PURPOSE = "review of what the gate held back"
# Who opened a text has it to themselves for so long.
CLAIM = dt.timedelta(minutes=15)
DROPPED = "dropped: A steward dropped the whole text."
_AGES = (("today", 1), ("this week", 7), ("this month", 30))


@dataclass(frozen=True)
class Held:
    """One document that the gate held back, without a word of it."""

    doc_id: str
    kind: str
    codes: tuple[str, ...]
    days: int
    language: str | None
    opened_by: str | None


@dataclass(frozen=True)
class Opened:
    """A text in a steward's hands. ``holder``: the handle of another steward who opened it before, and when."""

    document: Document
    text: RawText
    known: Known | None
    holder: tuple[str, dt.datetime] | None


def list_held(session: Session, actor: Actor, *, at: dt.datetime, policy: Policy | None = None) -> list[Held]:
    """Return what waits for a review, the oldest first.

    Raises:
        NotPermitted: the actor does not review.
    """
    (policy or shipped_policy()).authorize(actor, ACTION)
    query = (
        select(Document, QuarantineReview)
        .outerjoin(QuarantineReview, QuarantineReview.doc_id == Document.doc_id)
        .where(Document.state == "quarantined")
        .order_by(Document.added_at, Document.doc_id)
    )
    return [_held(document, review, at) for document, review in session.execute(query).tuples()]


def count_held(held: Sequence[Held]) -> dict[str, Counter[str]]:
    """Return counts by reason, kind and age."""
    counts: dict[str, Counter[str]] = {"reason": Counter(), "kind": Counter(), "age": Counter()}
    for row in held:
        counts["reason"].update(row.codes)
        counts["kind"][row.kind] += 1
        counts["age"][next((name for name, days in _AGES if row.days < days), "older")] += 1
    return counts


def open_text(
    unit: Unit, actor: Actor, doc_id: str, *, vault: Vault, take_over: bool = False, policy: Policy | None = None
) -> Opened:
    """Open one text from the vault for ``actor``, which is written down, and note that the actor has it.

    Somebody else's claim stands until it is old or taken over: then there is a holder, and no text is opened.

    Raises:
        NotPermitted: the actor does not review.
        NotFound: there is no such document, or its text is not in the vault any more.
        Conflict: it does not wait any more.
    """
    document = _waiting(unit.session, actor, doc_id, policy=policy)
    review = unit.session.get(QuarantineReview, doc_id)
    if review is not None and review.content_key == document.content_key and not take_over:
        is_taken = review.opened_by != actor.key and not review.decision and unit.now < review.opened_at + CLAIM
        if is_taken:
            handle = people.handles(unit.session, [review.opened_by]).get(review.opened_by, "another steward")
            return Opened(document, RawText(""), None, (handle, review.opened_at))
    text = read_text(unit, actor, document, vault=vault)
    known = _known_of(unit, actor, document, vault=vault)
    if review is None:
        review = QuarantineReview(doc_id=doc_id)
        unit.session.add(review)
    review.content_key, review.opened_by, review.opened_at = document.content_key, actor.key, unit.now
    review.decision, review.decided_by, review.decided_at = "", None, None
    review.choices, review.before, review.words = [], {}, []
    unit.session.flush()
    return Opened(document, text, known, None)


def access_opened(
    unit: Unit, actor: Actor, doc_id: str, content_key: str, *, vault: Vault, policy: Policy | None = None
) -> Opened:
    """Return the text that the actor has open, to decide on it.

    Raises:
        NotPermitted: the actor does not review.
        NotFound: there is no such document, or its text is not in the vault any more.
        Conflict: somebody else has it or has decided, or its content was replaced.
    """
    document = _claimed(unit, actor, doc_id, content_key, policy=policy)
    text = read_text(unit, actor, document, vault=vault)
    return Opened(document, text, _known_of(unit, actor, document, vault=vault), None)


def decide(
    unit: Unit,
    actor: Actor,
    opened: Opened,
    verdict: Verdict,
    *,
    choices: Sequence[Choice],
    language: str,
    undo_window: dt.timedelta,
    words: Sequence[str] = (),
    policy: Policy | None = None,
    vault: Vault | None = None,
) -> str:
    """Keep what came of the second look: the text goes inside, or stays held back with today's reasons.

    With the ``vault`` the book of its case is kept as well.

    Returns ``inside`` or ``kept``. The original stays in the vault for the undo, then it goes.

    Raises:
        NotPermitted, NotFound, Conflict: as ``access_opened``; the look itself took its time.
    """
    decision = "inside" if verdict.text is not None else "kept"
    document = _claimed(unit, actor, opened.document.doc_id, opened.document.content_key, policy=policy)
    review = _remember(unit, actor, document, choices=choices, words=words, decision=decision)
    document.reasons, document.language = list(verdict.reasons), language or document.language
    if verdict.text is not None:
        document.text, document.state = verdict.text, "inside"
        document.policy = verdict.text.provenance.policy
        _let_go(unit, document, unit.now + undo_window)
        if vault is not None and verdict.case is not None:
            found = book_of_document(unit.session, vault, document.doc_id)
            keep_books(unit, vault, {found[0]: verdict.case} if found is not None else {})
    _follow(unit, document)
    _note(unit, actor, review, choices)
    return decision


def drop(unit: Unit, actor: Actor, opened: Opened, *, undo_window: dt.timedelta, policy: Policy | None = None) -> None:
    """Give a whole text up: nobody sees it again, and the original goes when the undo is over.

    Raises:
        NotPermitted, NotFound, Conflict: as ``access_opened``.
    """
    document = _claimed(unit, actor, opened.document.doc_id, opened.document.content_key, policy=policy)
    review = _remember(unit, actor, document, choices=(), words=(), decision="dropped")
    document.state, document.reasons = "dropped", [DROPPED]
    _let_go(unit, document, unit.now + undo_window)
    _follow(unit, document)
    _note(unit, actor, review, ())


def undo(unit: Unit, actor: Actor, doc_id: str, *, policy: Policy | None = None) -> QuarantineReview:
    """Take a decision back: the text waits again.

    Raises:
        NotPermitted: the actor does not review.
        NotFound: nothing was decided.
        Conflict: the original is gone by now, the text was replaced, or somebody asked for its release.
    """
    from frontline.governance.release_rows import live_release

    (policy or shipped_policy()).authorize(actor, ACTION, f"document:{doc_id}")
    review, document = unit.session.get(QuarantineReview, doc_id), unit.session.get(Document, doc_id)
    if review is None or document is None or not review.decision:
        raise NotFound("Nothing was decided about this text.", next_step="/ops privacy queue shows what waits.")
    item = unit.session.get(VaultItem, str(review.before.get("vault_id") or ""))
    is_gone = item is None or (item.expires_at is not None and item.expires_at <= unit.now)
    if is_gone or document.content_key != review.content_key:
        raise Conflict("The original is gone by now.", next_step="Load the document once more to review it again.")
    if live_release(unit.session, doc_id) is not None:
        raise Conflict("Its release was asked for.", next_step="Withdraw that first: /ops example list requested")
    _let_go(unit, document, None)
    document.state, document.text = "quarantined", None
    document.reasons, document.language = list(review.before["reasons"]), review.before.get("language")
    _follow(unit, document)
    review.decision, review.decided_by, review.decided_at = "", None, None
    audit.record(unit, actor, "privacy.review.undo", resource=f"document:{doc_id}")
    return review


def read_text(unit: Unit, actor: Actor, document: Document, *, vault: Vault) -> RawText:
    """Return the original; the opening is written down with who and what for. The caller has authorized the actor.

    Raises:
        NotFound: it is not in the vault any more.
    """
    if not document.vault_id:
        raise NotFound("Its text is not in the vault any more.", next_step="Load the document once more.")
    return RawText(vault.get(unit, actor, document.vault_id, purpose=PURPOSE).decode("utf-8", "replace"))


def forget_original(unit: Unit, vault: Vault, doc_id: str) -> None:
    """Take a document's raw text, and what was known beside it, out of the vault."""
    for kind in (TEXT_KIND, KNOWN_KIND):
        vault.drop(unit, f"document:{doc_id}", kind=kind)


def known_to_json(known: Known) -> bytes:
    """Return known identities as they are put away beside a text."""
    fields = ("names", "emails", "phones", "addresses", "ids", "agents")
    return json.dumps({name: list(getattr(known, name)) for name in fields}).encode()


def _known_of(unit: Unit, actor: Actor, document: Document, *, vault: Vault) -> Known | None:
    """Return the identities that were known at intake: without them the second look would be a weaker one."""
    found = book_of_document(unit.session, vault, document.doc_id)
    book = found[1] if found is not None else None
    item = unit.session.get(VaultItem, document.vault_id or "")
    if item is None:
        return None
    query = select(VaultItem.vault_id).where(VaultItem.subject == item.subject, VaultItem.kind == KNOWN_KIND)
    vault_id = unit.session.scalar(query.order_by(VaultItem.created_at.desc()).limit(1))
    if vault_id is None:
        return Known(case=book) if book is not None else None
    stored: Mapping[str, Sequence[str]] = json.loads(vault.get(unit, actor, vault_id, purpose=PURPOSE))
    return Known(**{name: tuple(values) for name, values in stored.items()}, case=book)


def _waiting(session: Session, actor: Actor, doc_id: str, *, policy: Policy | None) -> Document:
    (policy or shipped_policy()).authorize(actor, ACTION, f"document:{doc_id}")
    document = session.get(Document, doc_id)
    if document is None:
        raise NotFound("There is no such document.", next_step="/ops privacy queue shows what waits.")
    if document.state != "quarantined":
        review = session.get(QuarantineReview, doc_id)
        decider = review.decided_by if review is not None else None
        who = people.handles(session, [decider]).get(decider) if decider else None
        said = f"@{who} was faster: it is {document.state} now." if who and decider != actor.key else ""
        raise Conflict(said or f"It is {document.state} now.", next_step="/ops privacy queue shows what waits.")
    return document


def _claimed(unit: Unit, actor: Actor, doc_id: str, content_key: str, *, policy: Policy | None) -> Document:
    """Return the waiting document that the actor has open, as it was opened."""
    document = _waiting(unit.session, actor, doc_id, policy=policy)
    review = unit.session.get(QuarantineReview, doc_id)
    if review is None or not document.content_key.startswith(content_key):
        raise Conflict("Its text was replaced meanwhile.", next_step="Open it anew: /ops privacy queue")
    if review.opened_by != actor.key:
        handle = people.handles(unit.session, [review.opened_by]).get(review.opened_by, "another steward")
        raise Conflict(f"@{handle} took it over.", next_step="Nothing of yours was kept; ask before you open it again.")
    return document


def _remember(
    unit: Unit, actor: Actor, document: Document, *, choices: Sequence[Choice], words: Sequence[str], decision: str
) -> QuarantineReview:
    review = unit.session.get_one(QuarantineReview, document.doc_id)
    review.before = {"reasons": list(document.reasons), "language": document.language, "vault_id": document.vault_id}
    review.choices = [[choice.start, choice.end, choice.label, choice.action] for choice in choices]
    review.words, review.decision = list(words), decision
    review.decided_by, review.decided_at = actor.key, unit.now
    return review


def _let_go(unit: Unit, document: Document, at: dt.datetime | None) -> None:
    """Set when the original, and what was known beside it, leaves the vault; None keeps it."""
    item = unit.session.get(VaultItem, document.vault_id or "")
    if item is None:
        return
    query = select(VaultItem).where(VaultItem.subject == item.subject, VaultItem.kind == KNOWN_KIND)
    for each in (item, *unit.session.scalars(query)):
        each.expires_at = at


def _follow(unit: Unit, document: Document) -> None:
    document.changed_at = unit.now
    if document.text is not None:
        document.indexed_in = None
    index = unit.session.get(CorpusIndex, "live")
    if index is not None:
        index.version += 1
    unit.session.flush()


def _note(unit: Unit, actor: Actor, review: QuarantineReview, choices: Sequence[Choice]) -> None:
    counts = Counter(f"{choice.action} {choice.label}" for choice in choices)
    detail = {"decision": review.decision, "choices": dict(sorted(counts.items()))}
    audit.record(unit, actor, ACTION, resource=f"document:{review.doc_id}", detail=detail)


def _held(document: Document, review: QuarantineReview | None, at: dt.datetime) -> Held:
    is_open = review is not None and not review.decision and at < review.opened_at + CLAIM
    return Held(
        doc_id=document.doc_id,
        kind=document.kind,
        codes=tuple(str(reason).partition(":")[0] for reason in document.reasons),
        days=max(0, (at - document.added_at).days),
        language=document.language,
        opened_by=review.opened_by if review is not None and is_open else None,
    )
