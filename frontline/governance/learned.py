"""Words that people use and nobody had taught: proposed by a click, decided by the owner, taken back at any time.

Only words that the gate found nothing personal in come here. A word that nobody could answer to is kept as a gap, and
shown once two people have used it: what only one person says may be a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_models import fold
from frontline.core.actor import Actor, Role
from frontline.core.errors import Conflict, NotFound, NotPermitted
from frontline.core.ids import content_hash, new_id
from frontline.core.text import AnonymizedText
from frontline.governance import audit
from frontline.governance.policy import Policy, shipped_policy
from frontline.store.models.definitions import LearnedWord, QuestionGap
from frontline.store.work import Unit

SHOWN_FROM = 2  # so many people
MOST_ASKERS = 20
IN_FORCE = "approved"


def word_key(word: AnonymizedText) -> str:
    """Return under what a word is found again, however it is spelled in capitals and blanks."""
    return content_hash(fold(word.show()))


def propose_word(unit: Unit, actor: Actor, word: AnonymizedText, metric: str) -> tuple[LearnedWord, bool]:
    """Note that somebody took ``word`` for ``metric``; return the row and whether its owner has to be asked now.

    What was rejected stays rejected; what was taken back may be proposed again.
    """
    query = select(LearnedWord).where(LearnedWord.word_key == word_key(word), LearnedWord.metric == metric)
    row = unit.session.scalar(query)
    if row is None:
        row = LearnedWord(
            word_id=new_id("word"),
            word_key=word_key(word),
            word=word,
            metric=metric,
            state="proposed",
            times=1,
            proposed_by=actor.key,
            proposed_at=unit.now,
        )
        unit.session.add(row)
        unit.session.flush()
        audit.record(unit, actor, "word.propose", resource=row.word_id, detail={"metric": metric})
        return row, True
    row.times += 1
    is_asked = row.state == "dropped"
    if is_asked:
        row.state, row.proposed_by, row.proposed_at = "proposed", actor.key, unit.now
        audit.record(unit, actor, "word.propose", resource=row.word_id, detail={"metric": metric})
    unit.session.flush()
    return row, is_asked


def decide(
    unit: Unit, actor: Actor, word_id: str, *, approve: bool, catalog: Catalog, policy: Policy | None = None
) -> LearnedWord:
    """Approve or reject a word: the role that owns the metric, a steward or an admin.

    Raises:
        NotPermitted: the actor neither owns the metric nor keeps the words.
        Conflict: it is decided, or the word means something else by now.
    """
    row = _existing(unit.session, actor, word_id, catalog, policy)
    if row.state != "proposed":
        raise Conflict(f"That word is {row.state} already.", next_step="/ops words list shows them.")
    if approve and row.metric not in catalog.metrics:
        raise Conflict(f"{row.metric} is no longer defined.", next_step="Reject the word.")
    other = claimed_by(catalog, row.word.show()) or _learned_for(unit.session, row)
    if approve and other not in ("", row.metric):
        raise Conflict(
            f"That word means {other} already.", next_step="Reject it, or take the other meaning away first."
        )
    row.state, row.decided_by, row.decided_at = IN_FORCE if approve else "rejected", actor.key, unit.now
    unit.session.flush()
    audit.record(unit, actor, "word.decide", resource=row.word_id, detail={"metric": row.metric, "state": row.state})
    return row


def drop(unit: Unit, actor: Actor, word_id: str, *, catalog: Catalog, policy: Policy | None = None) -> LearnedWord:
    """Take an approved word back: it is not understood any more.

    Raises:
        NotPermitted: as for ``decide``.
        Conflict: it is not approved.
    """
    row = _existing(unit.session, actor, word_id, catalog, policy)
    if row.state != IN_FORCE:
        raise Conflict(f"That word is {row.state}, not approved.", next_step="/ops words list shows them.")
    row.state, row.decided_by, row.decided_at = "dropped", actor.key, unit.now
    unit.session.flush()
    audit.record(unit, actor, "word.drop", resource=row.word_id, detail={"metric": row.metric})
    return row


def list_words(
    session: Session, actor: Actor, *, states: Sequence[str] = ("proposed", IN_FORCE), policy: Policy | None = None
) -> list[LearnedWord]:
    """Return learned words, those that wait first.

    Raises:
        NotPermitted: the actor may not see them.
    """
    (policy or shipped_policy()).authorize(actor, "word.list")
    query = select(LearnedWord).where(LearnedWord.state.in_(states))
    return list(session.scalars(query.order_by(LearnedWord.state.desc(), LearnedWord.proposed_at.desc())))


def approved(session: Session) -> list[tuple[str, str]]:
    """Return (word, metric) of the words in force, for the lexicon."""
    query = (
        select(LearnedWord).where(LearnedWord.state == IN_FORCE).order_by(LearnedWord.decided_at, LearnedWord.word_id)
    )
    return [(row.word.show(), row.metric) for row in session.scalars(query)]


def with_learned(catalog: Catalog, words: Iterable[tuple[str, str]]) -> Catalog:
    """Return the catalog whose lexicon also knows the approved words; one that means something else stays out."""
    known = getattr(catalog.lexicon, "metrics", None)
    if known is None:
        return catalog
    more: dict[str, list[str]] = {}
    for word, metric in words:
        if metric in catalog.metrics and claimed_by(catalog, word) in ("", metric):
            more.setdefault(metric, []).append(fold(word))
    if not more:
        return catalog
    metrics = {key: (*known.get(key, ()), *more.get(key, ())) for key in (*known, *more)}
    return replace(catalog, lexicon=catalog.lexicon.model_copy(update={"metrics": metrics}))


def claimed_by(catalog: Catalog, word: str) -> str:
    """Return the metric that ``word`` names already; "" when none does."""
    said = fold(word)
    for key, metric in catalog.metrics.items():
        if said in (fold(key), fold(metric.title)):
            return key
    lexicon: Mapping[str, Sequence[str]] = getattr(catalog.lexicon, "metrics", {})
    return next((key for key, words in lexicon.items() if said in {fold(item) for item in words}), "")


def _learned_for(session: Session, row: LearnedWord) -> str:
    """Return the metric that the word was learned for; this catalog need not know of it yet."""
    query = select(LearnedWord.metric).where(
        LearnedWord.word_key == row.word_key, LearnedWord.state == IN_FORCE, LearnedWord.metric != row.metric
    )
    return session.scalar(query.limit(1)) or ""


def note_gap(unit: Unit, actor: Actor, word: AnonymizedText, nearest: Sequence[str]) -> None:
    """Count a word that nobody could answer to."""
    row = unit.session.get(QuestionGap, word_key(word))
    if row is None:
        row = QuestionGap(
            word_key=word_key(word), word=word, nearest=[], times=0, asked_by=[], first_at=unit.now, last_at=unit.now
        )
        unit.session.add(row)
    row.times += 1
    row.last_at, row.nearest = unit.now, list(nearest)
    if actor.key not in row.asked_by and len(row.asked_by) < MOST_ASKERS:
        row.asked_by = [*row.asked_by, actor.key]
    unit.session.flush()


def list_gaps(
    session: Session, actor: Actor, *, limit: int = 30, policy: Policy | None = None
) -> tuple[list[QuestionGap], int]:
    """Return the gaps that at least two people met, the most frequent first, and how many only one person met.

    Raises:
        NotPermitted: the actor may not see them.
    """
    (policy or shipped_policy()).authorize(actor, "question.gaps")
    rows = list(session.scalars(select(QuestionGap).order_by(QuestionGap.times.desc(), QuestionGap.last_at.desc())))
    shown = [row for row in rows if len(row.asked_by) >= SHOWN_FROM]
    return shown[:limit], len(rows) - len(shown)


def _existing(session: Session, actor: Actor, word_id: str, catalog: Catalog, policy: Policy | None) -> LearnedWord:
    (policy or shipped_policy()).authorize(actor, "word.decide", word_id)
    row: Any = session.get(LearnedWord, word_id.strip().lower())
    if row is None:
        raise NotFound("There is no such word.", next_step="/ops words list shows them.")
    metric = catalog.metrics.get(row.metric)
    owners = {Role.STEWARD, Role.ADMIN, *([metric.owner] if metric is not None else [])}
    if not actor.has(*owners):
        needs = tuple(sorted(role.value for role in owners))
        raise NotPermitted("Its metric is somebody else's.", policy_id="word.owner", needs=needs)
    found: LearnedWord = row
    return found
