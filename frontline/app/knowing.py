"""Articles from a file or the demo company: their words into the corpus, what they are for beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from frontline.core.actor import SYSTEM, Actor, Role
from frontline.core.errors import UsageError
from frontline.governance import knowledge
from frontline.governance.knowledge import Need
from frontline.store.models.corpus import Document
from frontline.store.models.knowledge import Article
from retrieval.rows import LONGEST_ID

if TYPE_CHECKING:
    from frontline.app.wiring import House

LISTS = ("products", "audience", "segments")
MOST_ASKED = 300


@dataclass(frozen=True)
class Evaluation:
    """How often the linked article is found. ``n``: cases asked about."""

    n: int
    hit_at_3: float
    mrr: float


def put_articles(house: House, actor: Actor, rows: Iterable[Mapping[str, Any]]) -> int:
    """Say what articles are for; return how many. Words are added by ``corpus add``.

    Raises:
        NotPermitted: the actor may not.
        UsageError: a date, a role or a state is none.
    """
    count = 0
    with house.store.unit() as unit:
        for row in rows:
            knowledge.put_article(unit, actor, read_article(row), policy=house.policy)
            count += 1
        unit.commit()
    return count


def read_article(row: Mapping[str, Any]) -> Article:
    """Return what a row says an article is for.

    Raises:
        UsageError: a date, a role or a state is none, or the id is too long.
    """
    known = {role.value for role in Role}
    if len(str(row["id"])) > LONGEST_ID:
        raise UsageError(f"The id is longer than {LONGEST_ID} characters.", next_step="Give it a shorter one.")
    lists = {name: [str(each).lower() for each in row.get(name) or []] for name in LISTS}
    if wrong := [role for role in lists["audience"] if role not in known]:
        raise UsageError(f"There is no role {wrong[0][:40]}.", next_step=f"Roles: {', '.join(sorted(known))}.")
    state = str(row.get("state") or knowledge.LIVE)
    if state not in (knowledge.LIVE, knowledge.RETIRED):
        raise UsageError("The state of an article is none that there is.", next_step="States: live, retired.")
    return Article(
        doc_id=str(row["id"]),
        version=str(row.get("version") or "1")[:20],
        valid_from=_date(row.get("valid_from")),
        valid_until=_date(row.get("valid_until")),
        state=state,
        **lists,
    )


def evaluate(house: House, links: Sequence[tuple[str, str]]) -> Evaluation:
    """Ask for each (words that passed the gate are looked up by document id, article) by the words alone.

    The features of the case are left out: where a link was made by the topic, they would give the answer away.
    """
    from retrieval.articles import candidates_of

    rules, today = house.catalog.knowledge, house.clock.now().date()
    ranks: list[int] = []
    with house.store.read() as session:
        allowed = knowledge.list_articles(session, _reader(), Need(), today=today, policy=house.policy)
        for doc_id, article in links:
            row = session.get(Document, doc_id)
            if row is None or row.text is None:
                continue
            found = candidates_of(session, house.corpus, row.text, allowed, need=Need(), rules=rules)
            order = [each.id for each in knowledge.rank(found, rules.weights)]
            ranks.append(order.index(article) + 1 if article in order else 0)
    count = len(ranks) or 1
    hits = sum(0 < rank <= 3 for rank in ranks) / count
    return Evaluation(len(ranks), hits, sum(1 / rank for rank in ranks if rank) / count)


def links_by_verdict(house: House) -> list[tuple[str, str]]:
    """Return (document of a case, article) where somebody said that the article solved the case."""
    from sqlalchemy import select

    from frontline.store.models.knowledge import ArticleVerdict

    query = select(ArticleVerdict.case_key, ArticleVerdict.doc_id).distinct()
    with house.store.read() as session:
        rows = session.execute(query.where(ArticleVerdict.verdict == knowledge.SOLVED)).tuples().all()
    return [(f"complaint-{case}", article) for case, article in rows if case]


def links_by_topic(house: House) -> list[tuple[str, str]]:
    """Return (complaint, article) where only one article is about the complaint's topic; English ones, the newest."""
    from sqlalchemy import select

    with house.store.read() as session:
        articles = knowledge.list_articles(
            session, _reader(), Need(), today=house.clock.now().date(), policy=house.policy
        )
        topics: dict[str, list[str]] = {}
        for row, _ in articles:
            topics.setdefault(row.category or "", []).append(row.doc_id)
        only = {topic: ids[0] for topic, ids in topics.items() if topic and len(ids) == 1}
        query = (
            select(Document.doc_id, Document.category)
            .where(
                Document.kind == "complaint",
                Document.category.in_(list(only)),
                Document.language == "english",
                Document.state.in_(("inside", "released")),
            )
            .order_by(Document.received_at.desc(), Document.doc_id)
            .limit(MOST_ASKED)
        )
        rows = session.execute(query).tuples().all()
    return [(doc_id, only[str(topic)]) for doc_id, topic in rows]


def seed_articles(house: House) -> int:
    """Say what the demo company's articles are for, once; return how many. What people changed since stays."""
    from sqlalchemy import select

    from frontline.sandbox.company.texts.debriefs import house_articles
    from frontline.store.models.knowledge import Article

    with house.store.read() as session:
        if session.scalar(select(Article.doc_id).limit(1)) is not None:
            return 0
    return put_articles(house, SYSTEM, house_articles())


def _reader() -> Actor:
    """An agent, as whom the figures are taken: what only others may read would flatter them."""
    return Actor(key="evaluation", handle="evaluation", roles=frozenset({Role.AGENT}))


def _date(said: Any) -> dt.date | None:
    if said in (None, ""):
        return None
    try:
        return dt.date.fromisoformat(str(said))
    except ValueError:
        raise UsageError(f"{str(said)[:20]} is no date.", next_step="Write 2026-12-31.") from None
