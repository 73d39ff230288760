"""What is said while texts are still on their way into the corpus: never that there is nothing."""

from __future__ import annotations

from frontline.core.reply import Outcome, Reply
from frontline.store import text_intakes
from handlers.desk import Work

AGAIN = "Ask again in a minute or two."


def in_words(work: Work) -> str:
    """Return how far the texts are that are still on their way, in a sentence; "" where none are."""
    coming = text_intakes.under_way(work.session, work.now)
    return coming.in_words() if coming is not None else ""


def while_coming(work: Work, reply: Reply) -> Reply:
    """Return a reply out of texts as it stands while none are on their way.

    Otherwise one that found nothing says so instead, and one that found something says that there may be more.
    """
    said = in_words(work)
    if not said:
        return reply
    work.audit["texts_coming"] = True
    if reply.outcome is Outcome.ANSWERED:
        return reply.with_(context=f"{said} There may be more in a minute or two. {reply.context}".strip())
    return reply.with_(headline=said, context=AGAIN)
