"""The allow and the deny list of the gate: words with a reason and an end, kept as keyed hashes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from anonymization.findings import LABELS
from anonymization.word_lists import LONGEST, ListedWord, WordLists, read_entry
from frontline.core.actor import Actor
from frontline.core.errors import Conflict, NotFound, UsageError
from frontline.core.ids import new_id
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance import audit
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.quarantine import GateWord
from frontline.store.work import Unit

LISTS = ("allow", "deny")
ACTION = "privacy.words"


def add(
    unit: Unit,
    actor: Actor,
    words: QuestionText,
    *,
    list_name: str,
    key: bytes,
    label: str,
    reason: AnonymizedText,
    until: dt.datetime,
    policy: Policy | None = None,
) -> GateWord:
    """Put words on a list until an instant.

    Raises:
        NotPermitted: the actor may not.
        UsageError: there are no words or too many, no reason, no such label, or the end has passed; the words
            themselves are not repeated.
        Conflict: they stand on that list already, or on the other one.
    """
    (policy or shipped_policy()).authorize(actor, ACTION)
    digest, count = read_entry(key, words.reveal())
    if not count or count > LONGEST:
        raise UsageError(
            f"An entry has one to {LONGEST} words.",
            next_step='For example: /ops privacy allow "Fiber Max" because product',
        )
    if label not in LABELS:
        raise UsageError("There is no such label.", next_step=f"Labels: {', '.join(LABELS)}.")
    if not reason:
        raise UsageError("An entry needs a reason.", next_step="Add it after the words: because ...")
    if until <= unit.now:
        raise UsageError("The end of an entry lies ahead.", next_step="For example: --until 2027-01-31")
    for other in _live(unit.session, unit.now):
        if other.digest == digest:
            raise Conflict(
                f"These words stand on the {other.list_name} list already ({other.word_id}).",
                next_step="Remove that entry first: /ops privacy list",
            )
    row = GateWord(
        word_id=new_id("wrd"), list_name=list_name, digest=digest, count=count, label=label, reason=reason,
        added_by=actor.key, added_at=unit.now, expires_at=until, removed_at=None,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    _note(unit, actor, row, list_name)
    return row


def remove(unit: Unit, actor: Actor, word_id: str, *, policy: Policy | None = None) -> GateWord:
    """Take an entry off its list.

    Raises:
        NotPermitted: the actor may not.
        NotFound: no such entry stands.
    """
    (policy or shipped_policy()).authorize(actor, ACTION, f"word:{word_id}")
    row = unit.session.get(GateWord, word_id.strip())
    if row is None or row.removed_at is not None:
        raise NotFound("No such entry stands.", next_step="/ops privacy list shows them.")
    row.removed_at = unit.now
    _note(unit, actor, row, "remove")
    return row


def remove_standing(unit: Unit, actor: Actor, word_ids: Sequence[str], *, policy: Policy | None = None) -> None:
    """Take those of the entries off their lists that still stand.

    Raises:
        NotPermitted: the actor may not.
    """
    standing = {row.word_id for row in list_words(unit.session, actor, at=unit.now, policy=policy)}
    for word_id in word_ids:
        if word_id in standing:
            remove(unit, actor, word_id, policy=policy)


def restore(unit: Unit, actor: Actor, word_id: str, *, policy: Policy | None = None) -> GateWord:
    """Put a removed entry back.

    Raises:
        NotPermitted: the actor may not.
        NotFound: there is none.
        Conflict: it was not removed, or has expired.
    """
    (policy or shipped_policy()).authorize(actor, ACTION, f"word:{word_id}")
    row = unit.session.get(GateWord, word_id.strip())
    if row is None:
        raise NotFound("There is no such entry.", next_step="/ops privacy list shows them.")
    if row.removed_at is None or row.expires_at <= unit.now:
        raise Conflict("It stands already, or has expired.")
    row.removed_at = None
    _note(unit, actor, row, "restore")
    return row


def list_words(session: Session, actor: Actor, *, at: dt.datetime, policy: Policy | None = None) -> Sequence[GateWord]:
    """Return the entries that stand, the ones that expire first first. The words themselves are not kept.

    Raises:
        NotPermitted: the actor may not.
    """
    (policy or shipped_policy()).authorize(actor, ACTION)
    return _live(session, at)


def read_lists(session: Session, key: bytes, *, at: dt.datetime) -> WordLists:
    """Return what the gate works with. Holds keyed hashes only, so no actor is asked for."""
    rows = _live(session, at)
    return WordLists(key, [ListedWord(row.digest, row.count, row.label, row.list_name == "deny") for row in rows])


def _live(session: Session, at: dt.datetime) -> list[GateWord]:
    query = select(GateWord).where(GateWord.removed_at.is_(None), GateWord.expires_at > at)
    return list(session.scalars(query.order_by(GateWord.expires_at, GateWord.word_id)))


def _note(unit: Unit, actor: Actor, row: GateWord, change: str) -> None:
    detail = {"list": row.list_name, "label": row.label, "until": row.expires_at.date().isoformat()}
    audit.record(unit, actor, f"privacy.words.{change}", resource=f"word:{row.word_id}", detail=detail)
