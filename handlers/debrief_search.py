"""Have we seen this before? Answered from published debriefs with their own words, each with its source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from frontline.core.actor import SYSTEM
from frontline.core.errors import EngineError, UsageError
from frontline.core.reply import Button, Item, Outcome, Paragraph, Part, Quote, Reply
from frontline.core.text import AnonymizedText, QuestionText
from frontline.governance import commitments, debriefs
from frontline.store.models.governance import Commitment
from handlers.assistant.citing import Source, with_cited_words
from handlers.coming import in_words, while_coming
from handlers.commitment_lines import handle_of
from handlers.debrief_lint import rules_of
from handlers.debrief_text import sections_of
from handlers.desk import Work
from handlers.registry import Arguments

if TYPE_CHECKING:
    from retrieval.hits import Hit

MOST = 3
# Beneath this cosine nothing is alike, whatever is nearest.
LEAST = 0.25
# Beside the nearest one only what is about as near is shown.
BESIDE = 0.6
ALL_STATES = ("proposed", "accepted", "done", "dropped")


class FindArguments(Arguments):
    """What is looked for among the debriefs."""

    query: QuestionText | None = None


def find(work: Work, arguments: FindArguments) -> Reply:
    """Find debriefs that tell of something like this."""
    if arguments.query is None or not arguments.query:
        raise UsageError("What should the debriefs be about?", next_step="`/ops debrief find router upgrade outage`")
    return answer(work, arguments.query)


def answer(work: Work, query: QuestionText) -> Reply:
    """Return headline, conditions and lessons of the debriefs nearest to ``query``, in their own words.

    Raises:
        NotPermitted: the actor may not read debriefs before this audience.
    """
    work.desk.policy.authorize(work.actor, "debrief.read", audience=work.audience)
    hits = _near(work, query, least=LEAST)
    work.audit |= {"kind": "debrief", "hits": len(hits)}
    if not hits:
        nothing = Reply(
            "No debrief tells of anything like that.",
            context='When it happened: `/ops debrief open "what happened"`.',
            outcome=Outcome.ABSTAINED,
            answer={"intent": "debriefs", "rows": []},
        )
        return while_coming(work, nothing)
    parts: list[Part] = []
    for number, hit in enumerate(hits, start=1):
        parts += _told(work, hit, number)
    count = len(hits)
    reply = Reply(
        f"{count} earlier debrief{'s are' if count > 1 else ' is'} like that, the nearest first.",
        context="Their own words, each with its source. Nothing is added to them.",
        parts=parts,
        outcome=Outcome.ANSWERED,
        answer={
            "intent": "debriefs",
            "columns": ["id", "score", "text"],
            "rows": [[hit.id, round(hit.score, 4), hit.text.show()] for hit in hits],
        },
    )
    # What was loaded from elsewhere passed the gate alone; nobody here decided to publish it.
    sources = [
        Source(hit.id, hit.text.show(), number)
        for number, hit in enumerate(hits, start=1)
        if debriefs.of_document(work.session, hit.id) is not None
    ]
    return with_cited_words(work, while_coming(work, reply), sources)


def seen_before(work: Work, title: AnonymizedText) -> list[Part]:
    """Return the debriefs that are like a new one, for the card with which it opens; nothing where none is near."""
    try:
        hits = _near(work, title, least=rules_of(work).alike)
    except EngineError:
        return [Paragraph("_The index of earlier debriefs cannot be read right now; `/ops debrief find` later._")]
    if not hits and (said := in_words(work)):
        return [Paragraph(f"_{said} `/ops debrief find` in a minute or two says whether it was seen before._")]
    parts: list[Part] = [Paragraph("*Seen before*")] if hits else []
    for number, hit in enumerate(hits[:2], start=1):
        parts += _told(work, hit, number)
    return parts


def show_published(work: Work, doc_id: str) -> Reply:
    """Show the document of a published debrief."""
    row = debriefs.access_published(work.session, work.actor, doc_id, policy=work.desk.policy)
    assert row.text is not None
    caption = " · ".join(filter(None, (row.doc_id, row.category, row.region, (row.received_at or "")[:10])))
    parts: list[Part] = [Quote(row.text, caption=caption), *_promises(work, row.doc_id)]
    return Reply("The debrief as it was published.", parts=parts, outcome=Outcome.ANSWERED)


def lesson_commitment(work: Work, entry_id: str) -> Commitment | None:
    """Return the commitment that a lesson became; the SYSTEM looks, for it may be somebody else's."""
    found = commitments.list_for(
        work.session, SYSTEM, states=ALL_STATES, kind="lesson", source_key=entry_id, policy=work.desk.policy
    )
    return found[-1] if found else None


def standing(work: Work, row: Commitment) -> str:
    """Say how a lesson stands: whose it is, until when, or what became of it."""
    owner = handle_of(work, row.owner_key)
    if row.state == "done":
        return f"verified · @{owner} · {row.commitment_id}"
    if row.state == "dropped":
        return f"given up · @{owner} · {row.commitment_id}"
    late = " · overdue" if row.due < work.today else ""
    return f"@{owner} · to be verified by {row.due:%-d %b}{late} · {row.commitment_id}"


def _near(work: Work, query: QuestionText | AnonymizedText, *, least: float) -> Sequence[Hit]:
    """Search as the SYSTEM: the caller has authorized the reading of debriefs, which more may do than search.

    A debrief that is found was published by a person, or loaded by a steward, and is read in private alone.
    """
    corpus = work.desk.corpus()
    corpus.index_pending()
    hits = corpus.search(SYSTEM, query, k=MOST, kind=debriefs.KIND, collapse=True)
    # The ranking also counts words and categories; whether anything is alike at all is told by the cosine.
    floor = max([least, *(hit.similarity * BESIDE for hit in hits[:1])])
    return [hit for hit in hits if hit.similarity >= floor]


def _told(work: Work, hit: Hit, number: int) -> list[Part]:
    headline, sections = sections_of(hit.text)
    details = [
        f"[{number}]",
        hit.id,
        (hit.received or "")[:10],
        hit.category,
        hit.region,
        f"similarity {hit.similarity:.2f}",
        f"{hit.duplicates} more like it" if hit.duplicates else "",
    ]
    parts: list[Part] = [
        Item(
            headline,
            detail=" · ".join(detail for detail in details if detail),
            buttons=[Button("Show", "debrief.show", hit.id)],
        )
    ]
    for key, caption in (("conditions", "Conditions"), ("lessons", "Lessons")):
        if key in sections:
            parts.append(Quote(sections[key], caption=f"{caption} [{number}] {hit.id}"))
    if not sections:
        parts.append(Quote(hit.text, caption=f"[{number}] {hit.id}"))
    return parts + _promises(work, hit.id, number)


def _promises(work: Work, doc_id: str, number: int = 0) -> list[Part]:
    """Return a line per lesson that became a commitment."""
    row = debriefs.of_document(work.session, doc_id)
    if row is None:
        return []
    source = f"[{number}] · " if number else ""
    parts: list[Part] = []
    for entry in debriefs.entries_of(work.session, row):
        if not entry.is_left_out and (promise := lesson_commitment(work, entry.entry_id)) is not None:
            parts.append(Item(promise.title, detail=source + standing(work, promise)))
    return parts
