"""The optional wording: a model puts computed figures into a sentence beside the card, which stays as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from frontline.core.reply import Outcome, Paragraph, Reply
from frontline.metrics.policy import person_dimensions
from handlers.assistant.facts import facts_of, lines_of
from handlers.assistant.grounding import PLAIN, Ungrounded, ground
from handlers.assistant.model import ModelUnavailable
from handlers.assistant.planner import permitted_of
from handlers.assistant.wording import word
from prompts.library import read_prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from handlers.assistant.turn import Turn

# One figure stands in the headline already.
FEWEST_FACTS = 2


def narrate(turn: Turn) -> Reply:
    """Return the reply of the rules with a checked sentence of the model under it.

    Raises:
        ModelUnavailable: there is none worth showing; the rules' reply is complete without it.
    """
    reply, model, work = word(turn), turn.work.desk.model(), turn.work
    if model is None or not model.may("word"):
        return reply
    if reply.outcome is not Outcome.ANSWERED or not turn.results:
        return reply
    result, catalog = turn.results[0], work.desk.catalog
    facts = facts_of(result, catalog)
    if person_dimensions(catalog, result.query) or len(facts) < FEWEST_FACTS:
        return reply
    if not permitted_of(work).allows(result.query):
        # A filter may hold a value that only a file names: anything, a person's name included.
        raise ModelUnavailable("private", "a value that the catalog does not list")
    values = {"words": ", ".join(sorted(PLAIN)), "facts": lines_of(facts)}

    async def make(client: BaseChatModel) -> Any:
        return await (read_prompt("word").template | client).ainvoke(values)

    answer = model.call(make, now=work.now)
    content = getattr(answer, "content", "")
    try:
        said, _ = ground(content if isinstance(content, str) else "", facts)
    except Ungrounded as fault:
        raise model.reject(work.now, fault.why) from None
    model.accept(work.now)
    text = re.sub(r" \[\d+\]", "", said)
    added = Paragraph(f"{text}\n_Worded by the model {model.name}; every figure is one of this answer._")
    return reply.with_(parts=[added, *reply.parts])
