"""``/ops example find``: anonymized complaints for those who train, in private views only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from frontline.core.errors import UsageError
from frontline.core.reply import Button, Outcome, Quote, Reply
from frontline.core.text import QuestionText
from frontline.governance import releases
from frontline.governance.listed_words import find_listed
from frontline.governance.text_rights import INSIDE
from handlers.assistant.citing import Source, with_cited_words
from handlers.coming import while_coming
from handlers.desk import Work
from handlers.registry import Arguments
from handlers.release_cards import CHANNEL

if TYPE_CHECKING:
    from frontline.governance.releases import ReleasedQuote
    from retrieval.hits import Hit

MOST = 20
# A tone is looked for among so many times more hits than are wanted.
AMONG = 8


class FindArguments(Arguments):
    """What ``/ops example find`` takes."""

    query: QuestionText | None = None
    count: int = Field(default=5, ge=1, le=MOST)
    kind: str = "complaint"
    tone: str = ""
    purpose: str = "search"


def find(work: Work, arguments: FindArguments) -> Reply:
    """Search the index; what the gate alone let through is shown to this person only."""
    if arguments.query is None or not arguments.query:
        raise UsageError(
            "What should the examples be about?", next_step='For example: /ops example find "double charged" -n 5'
        )
    return show(
        work,
        arguments.query,
        count=arguments.count,
        kind=arguments.kind,
        tone=arguments.tone.lower(),
        purpose=arguments.purpose.lower(),
        is_varied=True,
    )


def show(
    work: Work,
    query: QuestionText,
    *,
    count: int,
    kind: str,
    tone: str = "",
    purpose: str = "search",
    is_varied: bool = False,
) -> Reply:
    """Return the hits as quotes, best first; with a tone only those that are written like that.

    ``is_varied``: rather examples that differ than the same one often.
    """
    listed = _words_of(work, tone)
    wanted = count * AMONG if tone else count
    # With a tone far more hits are read than shown, and their order among each other is left to the search.
    varied = is_varied and not tone
    hits = work.desk.corpus().search(
        work.actor, query, k=wanted, kind=kind, collapse=True, purpose=purpose, is_varied=varied
    )
    hits = [hit for hit in hits if not tone or find_listed(hit.text.show(), listed)][:count]
    work.audit |= {"kind": kind, "hits": len(hits)} | _purpose(work, purpose)
    if not hits:
        nothing = Reply(
            f"No {kind} like that{f' sounds {tone}' if tone else ' is in the index'}.",
            context="Try other words, or ask a steward which documents are loaded.",
            outcome=Outcome.ABSTAINED,
            answer={"intent": "examples", "rows": []},
        )
        return while_coming(work, nothing)
    released = _released(work, hits)
    parts = []
    for hit in hits:
        details = [hit.id, hit.category, (hit.received or "")[:10], f"similarity {hit.similarity:.2f}"]
        if hit.duplicates:
            details.append(f"{hit.duplicates} more like it")
        if hit.id in released:
            details.append("released")
        caption = " · ".join(str(detail) for detail in details if detail)
        parts.append(Quote(hit.text, caption=caption, buttons=_buttons(work, hit, _release_of(released, hit))))
    reply = Reply(
        f"{len(hits)} anonymized {kind}{'s' if len(hits) != 1 else ''}, best first.",
        context="Only you see these. A reviewer has to release one before it may be quoted to others.",
        parts=parts,
        outcome=Outcome.ANSWERED,
        answer={
            "intent": "examples" if kind != "debrief" else "debriefs",
            "columns": ["id", "score", "text"],
            "rows": [[hit.id, round(hit.score, 4), hit.text.show()] for hit in hits],
        },
    )
    sources = [Source(key, quote.text.show()) for key, quote in released.items()]
    return with_cited_words(work, while_coming(work, reply), sources)


def _purpose(work: Work, purpose: str) -> dict[str, str]:
    """What the trail keeps: a word of the policy, never whatever somebody typed."""
    inside = work.desk.policy.texts.policy(INSIDE)
    return {"purpose": purpose} if inside is not None and purpose in inside.purposes else {}


def _words_of(work: Work, tone: str) -> Sequence[str]:
    tones = work.desk.catalog.releases.tones
    if tone and tone not in tones:
        raise UsageError("I do not know that tone.", next_step=f"Tones: {', '.join(sorted(tones))}.")
    return tones.get(tone, ())


def _release_of(released: Mapping[str, ReleasedQuote], hit: Hit) -> str | None:
    return released[hit.id].release_id if hit.id in released else None


def _released(work: Work, hits: Sequence[Hit]) -> dict[str, ReleasedQuote]:
    """Return document -> quote, in the words that were released, of those hits that a person released."""
    if not work.desk.policy.is_allowed(work.actor, "example.list"):
        return {}
    ids = [hit.id for hit in hits]
    quotes = releases.released_quotes(work.session, work.actor, ids, at=work.now, policy=work.desk.policy)
    return {quote.doc_id: quote for quote in quotes}


def _buttons(work: Work, hit: Hit, release_id: str | None) -> list[Button]:
    policy = work.desk.policy
    if release_id is not None:
        may_share = policy.is_allowed(work.actor, "share.channel", audience=CHANNEL)
        return [Button("Share to channel", "example.share", release_id)] if may_share else []
    if hit.kind in work.desk.catalog.releases.kinds and policy.is_allowed(work.actor, "example.request"):
        return [Button("Request release", "example.request", hit.id)]
    return []
