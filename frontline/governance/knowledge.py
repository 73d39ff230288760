"""Knowledge: which articles may be shown, in which order, and the log from which every list can be made again."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontline.catalog.knowledge import KnowledgeRules, Weights
from frontline.core.actor import PRIVATE, Actor, Audience
from frontline.core.errors import NotFound
from frontline.core.ids import new_id
from frontline.core.text import AnonymizedText
from frontline.governance import audit
from frontline.governance.policy import Policy
from frontline.store.models.corpus import Document
from frontline.store.models.knowledge import Article, ArticleVerdict, Recommendation
from frontline.store.work import Unit

SOLVED, TRIED, FLAGGED = "solved", "tried", "flagged"
LIVE, RETIRED = "live", "retired"
KIND = "article"
# Digits of a score: ranking the logged features again may not hang on the last bit of a float.
DIGITS = 6
# The words of an article that somebody may be told.
_SHOWN = (Document.state.in_(("inside", "released")), Document.text.is_not(None))


@dataclass(frozen=True)
class Need:
    """What a case is about; "" where it is not known."""

    case_key: str = ""
    topic: str = ""
    product: str = ""
    segment: str = ""


@dataclass(frozen=True)
class Candidate:
    """One article with the features of its score. ``text``: 0 to 1; ``solved``: cases; the rest: 0 or 1."""

    id: str
    version: str
    text: float
    topic: float = 0.0
    product: float = 0.0
    solved: float = 0.0
    tried: float = 0.0


@dataclass(frozen=True)
class Gap:
    """A topic in which cases found no article. ``examples``: some of the cases."""

    topic: str
    cases: int
    examples: tuple[str, ...]


def score(candidate: Candidate, weights: Weights) -> float:
    """Return the score: a weighted sum of the features, solved cases by their logarithm."""
    total = (
        weights.text * candidate.text
        + weights.topic * candidate.topic
        + weights.product * candidate.product
        + weights.solved * math.log1p(candidate.solved)
        + weights.tried * candidate.tried
    )
    return round(total, DIGITS)


def rank(candidates: Sequence[Candidate], weights: Weights) -> list[Candidate]:
    """Return the candidates, best first; equal ones in the order of their ids."""
    return sorted(candidates, key=lambda each: (-score(each, weights), each.id))


def list_articles(
    session: Session, actor: Actor, need: Need, *, today: dt.date, policy: Policy, audience: Audience = PRIVATE
) -> list[tuple[Document, Article | None]]:
    """Return the articles that this actor may see and tell: neither expired nor retired, nor for others.

    Raises:
        NotPermitted: the actor may see none before this audience.
    """
    policy.authorize(actor, "kb.suggest", audience=audience)
    query = (
        select(Document, Article)
        .outerjoin(Article, Article.doc_id == Document.doc_id)
        .where(Document.kind == KIND, *_SHOWN)
        .order_by(Document.doc_id)
    )
    rows = session.execute(query).tuples().all()
    return [(row, facts) for row, facts in rows if facts is None or _may_be_told(facts, actor, need, today)]


def hidden_from(session: Session, actor: Actor, *, today: dt.date) -> list[str]:
    """Return the articles that this actor may not read today, wherever they come upon them: over, retired, for others.

    Whom an article may be told to (its segments) is no matter here: a search is about no customer. An actor is asked
    for nothing more; who calls has authorized.
    """
    return [facts.doc_id for facts in session.scalars(select(Article)) if not _may_be_read(facts, actor, today)]


def counts_of(session: Session, need: Need) -> tuple[Mapping[str, int], frozenset[str]]:
    """Return article -> cases of the need's topic that it solved, and the articles that did not help in this case."""
    count = func.count(ArticleVerdict.case_key.distinct())
    query = select(ArticleVerdict.doc_id, count).where(ArticleVerdict.verdict == SOLVED)
    solved = query.where(ArticleVerdict.topic == need.topic).group_by(ArticleVerdict.doc_id)
    tried = select(ArticleVerdict.doc_id).where(
        ArticleVerdict.verdict == TRIED, ArticleVerdict.case_key == need.case_key
    )
    found = dict(session.execute(solved).tuples().all()) if need.topic else {}
    return found, frozenset(session.scalars(tried)) if need.case_key else frozenset()


def log(
    unit: Unit, actor: Actor, need: Need, ranked: Sequence[Candidate], *, rules: KnowledgeRules, rec_id: str
) -> Recommendation:
    """Write a list down as it was shown, with the features and the weights that made it."""
    row = Recommendation(
        rec_id=rec_id,
        case_key=need.case_key,
        topic=need.topic,
        at=unit.now,
        actor_key=actor.key,
        policy_id=rules.policy_id,
        weights=rules.weights.model_dump(),
        candidates=[{**asdict(each), "score": score(each, rules.weights)} for each in ranked[: rules.logged]],
        shown=min(rules.shown, sum(score(each, rules.weights) >= rules.least for each in ranked)),
        best=score(ranked[0], rules.weights) if ranked else 0.0,
    )
    unit.session.add(row)
    unit.session.flush()
    return row


def list_log(session: Session, actor: Actor, case_key: str, *, policy: Policy) -> list[Recommendation]:
    """Return what was recommended in a case, newest first.

    Raises:
        NotPermitted: the actor may not read the log.
        NotFound: nothing was recommended.
    """
    policy.authorize(actor, "kb.log")
    query = select(Recommendation).where(Recommendation.case_key == case_key).order_by(Recommendation.at.desc())
    rows = list(session.scalars(query))
    if not rows:
        raise NotFound("Nothing was recommended in that case.", next_step="`/ops kb suggest CASE` does.")
    return rows


def replay(row: Recommendation) -> list[str]:
    """Rank the logged features again under the logged weights; return the ids in their order."""
    weights = Weights.model_validate(row.weights)
    candidates = [Candidate(**{name: each[name] for name in each if name != "score"}) for each in row.candidates]
    return [each.id for each in rank(candidates, weights)]


def judge(
    unit: Unit,
    actor: Actor,
    need: Need,
    doc_id: str,
    *,
    verdict: str,
    policy: Policy,
    note: AnonymizedText | None = None,
) -> ArticleVerdict:
    """Keep what somebody says of an article in a case; the same again by the same person is the same.

    Raises:
        NotPermitted: the actor may not.
        NotFound: there is no such article.
    """
    policy.authorize(actor, "kb.judge")
    document = unit.session.get(Document, doc_id)
    if document is None or document.kind != KIND:
        raise NotFound("There is no such article.", next_step="`/ops kb suggest CASE` lists those that fit.")
    query = select(ArticleVerdict).where(
        ArticleVerdict.case_key == need.case_key,
        ArticleVerdict.doc_id == doc_id,
        ArticleVerdict.verdict == verdict,
        ArticleVerdict.actor_key == actor.key,
    )
    row = unit.session.scalar(query)
    version = version_of(document, unit.session.get(Article, doc_id))
    if row is None:
        row = ArticleVerdict(
            verdict_id=new_id("ver"),
            case_key=need.case_key,
            topic=need.topic,
            doc_id=doc_id,
            version=version,
            verdict=verdict,
            actor_key=actor.key,
            at=unit.now,
        )
        unit.session.add(row)
    if note is not None:
        # What is wrong now is said of the article as it is now.
        row.note, row.version, row.at = note, version, unit.now
    unit.session.flush()
    audit.record(unit, actor, "kb.judge", resource=f"article:{doc_id}", detail={"verdict": verdict})
    return row


def take_back(unit: Unit, actor: Actor, verdict_id: str, *, policy: Policy) -> ArticleVerdict:
    """Forget what one said of an article.

    Raises:
        NotPermitted: the actor may not.
        NotFound: there is none with this id, or it is somebody else's.
    """
    policy.authorize(actor, "kb.judge")
    row = unit.session.get(ArticleVerdict, verdict_id)
    if row is None or row.actor_key != actor.key:
        raise NotFound("There is nothing of yours to take back.", next_step="Whoever said it takes it back.")
    unit.session.delete(row)
    audit.record(unit, actor, "kb.unjudge", resource=f"article:{row.doc_id}", detail={"verdict": row.verdict})
    return row


def list_flagged(session: Session, actor: Actor, *, policy: Policy) -> list[ArticleVerdict]:
    """Return what people said is wrong with articles, newest first: of the words and the version that are shown now.

    Raises:
        NotPermitted: the actor may not see it.
    """
    policy.authorize(actor, "kb.gaps")
    query = (
        select(ArticleVerdict, Document, Article)
        .join(Document, Document.doc_id == ArticleVerdict.doc_id)
        .outerjoin(Article, Article.doc_id == ArticleVerdict.doc_id)
        .where(ArticleVerdict.verdict == FLAGGED, ArticleVerdict.at >= Document.changed_at, *_SHOWN)
        .order_by(ArticleVerdict.at.desc())
    )
    rows = session.execute(query).tuples()
    standing = [row for row, document, facts in rows if _is_of(row, document, facts)]
    return standing[:50]


def list_gaps(session: Session, actor: Actor, *, now: dt.datetime, rules: KnowledgeRules, policy: Policy) -> list[Gap]:
    """Return the topics in which enough cases found no article lately, the most first.

    Raises:
        NotPermitted: the actor may not see them.
    """
    policy.authorize(actor, "kb.gaps")
    since = now - dt.timedelta(days=rules.gap_days)
    query = select(Recommendation.topic, Recommendation.case_key).where(
        Recommendation.at >= since, Recommendation.best < rules.least, Recommendation.case_key != ""
    )
    cases = dict.fromkeys(session.execute(query.order_by(Recommendation.at.desc())).tuples())
    count = Counter(topic for topic, _ in cases)
    return [
        Gap(topic, number, tuple(case for other, case in cases if other == topic)[:3])
        for topic, number in count.most_common()
        if number >= rules.gap_cases
    ]


def put_article(unit: Unit, actor: Actor, facts: Article, *, policy: Policy) -> None:
    """Say what an article is for; what was said before is replaced.

    Raises:
        NotPermitted: the actor may not.
    """
    policy.authorize(actor, "kb.publish")
    facts.changed_at = unit.now
    unit.session.merge(facts)
    unit.session.flush()
    detail = {"version": facts.version, "state": facts.state}
    audit.record(unit, actor, "kb.publish", resource=f"article:{facts.doc_id}", detail=detail)


def version_of(document: Document, facts: Article | None) -> str:
    """Return the version of an article; of one that says none, the first characters of what identifies its words."""
    return facts.version if facts is not None else document.content_key[:8]


def _is_of(row: ArticleVerdict, document: Document, facts: Article | None) -> bool:
    """Whether what was said is about the article as it stands."""
    return (facts is None or facts.state == LIVE) and row.version == version_of(document, facts)


def _may_be_read(facts: Article, actor: Actor, today: dt.date) -> bool:
    is_valid = facts.state == LIVE and (facts.valid_from is None or facts.valid_from <= today)
    is_current = facts.valid_until is None or today < facts.valid_until
    return is_valid and is_current and (not facts.audience or any(role.value in facts.audience for role in actor.roles))


def _may_be_told(facts: Article, actor: Actor, need: Need, today: dt.date) -> bool:
    # Of a customer whom nobody knows it is not known that they are entitled.
    may_hear = not facts.segments or need.segment in facts.segments
    fits = not facts.products or not need.product or need.product in facts.products
    return _may_be_read(facts, actor, today) and may_hear and fits
