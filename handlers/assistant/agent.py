"""The investigating agent: a model that may only look figures up, in few steps, and whose every figure is checked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from frontline.core.text import QuestionText
from frontline.metrics.policy import person_dimensions
from handlers.assistant.grounding import PLAIN, Ungrounded, ground
from handlers.assistant.model import Model, ModelUnavailable
from handlers.assistant.outgoing import words_for_model
from handlers.assistant.planner import catalog_values, permitted_of
from handlers.assistant.tools import Notebook, structured_tools
from prompts.library import read_prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.tools import StructuredTool

    from frontline.metrics.permitted import Permitted
    from frontline.metrics.query import MetricQuery
    from handlers.assistant.facts import Source
    from handlers.desk import Work

MOST_STEPS = 6
MOST_CALLS = 8
SECONDS = 20.0
LONGEST_ANSWER = 4000


@dataclass(frozen=True)
class Finding:
    """A text whose figures are all looked up, with ``[n]`` behind each, and the sources by their number."""

    text: str
    sources: Sequence[tuple[int, Source]]
    by: str


def look_into(work: Work, query: MetricQuery, question: QuestionText, notebook: Notebook, *, model: Model) -> Finding:
    """Return the finding of the agent about ``query``; ``notebook`` holds what is known already and is filled on.

    Raises:
        ModelUnavailable: there is none, ``query`` names what may not go to a provider, or the answer holds a figure
            that no tool gave.
    """
    if not model.may("investigate"):
        raise ModelUnavailable("off")
    if person_dimensions(work.desk.catalog, query):
        raise ModelUnavailable("private", "a figure about one agent")
    permitted = permitted_of(work)
    if not permitted.allows(query):
        # A value that only a file names may be anything, a person's name included.
        raise ModelUnavailable("private", "a value that the catalog does not list")
    text = _talk(work, permitted, question, notebook, model=model)
    try:
        said, cited = ground(text, notebook.facts)
    except Ungrounded as fault:
        raise model.reject(work.now, fault.why) from None
    model.accept(work.now)
    return Finding(said, [(number, notebook.sources[number - 1]) for number in cited], model.name)


def _talk(work: Work, permitted: Permitted, question: QuestionText, notebook: Notebook, *, model: Model) -> str:
    tools = structured_tools(work, permitted, notebook)
    said = words_for_model(question, gate=work.desk.gate, catalog=work.desk.catalog) if question else "none"
    messages: list[BaseMessage] = read_prompt("investigate").template.format_messages(
        **catalog_values(work, permitted),
        words=", ".join(sorted(PLAIN)),
        calls=MOST_CALLS,
        question=said,
        reading=notebook.sources[0].label,
        facts="\n".join(fact.line() for fact in notebook.facts),
    )
    until, calls = time.monotonic() + SECONDS, 0
    for _ in range(MOST_STEPS):
        left = min(until - time.monotonic(), model.settings.timeout_s)
        if left <= 0:
            raise ModelUnavailable("late")
        answer = _step(model, tools, messages, work, left)
        asked = [*(getattr(answer, "tool_calls", None) or ()), *(getattr(answer, "invalid_tool_calls", None) or ())]
        if not asked:
            return _text(answer, model, work)
        calls += len(asked)
        if calls > MOST_CALLS:
            raise model.reject(work.now, "too many calls of tools")
        messages += [answer, *_results(asked, tools)]
    raise model.reject(work.now, "too many steps")


def _step(
    model: Model, tools: Sequence[StructuredTool], messages: Sequence[BaseMessage], work: Work, seconds: float
) -> Any:
    async def make(client: BaseChatModel) -> Any:
        return await client.bind_tools(list(tools)).ainvoke(list(messages))

    return model.call(make, now=work.now, seconds=seconds)


def _results(asked: Sequence[Any], tools: Sequence[StructuredTool]) -> list[BaseMessage]:
    """Answer every call, a malformed one and one of a tool that does not exist too."""
    from langchain_core.messages import ToolMessage

    named = {tool.name: tool for tool in tools}
    results: list[BaseMessage] = []
    for call in asked:
        tool, given = named.get(str(call.get("name"))), call.get("args")
        if tool is None or not isinstance(given, dict) or tool.func is None:
            said = "refused: there is no such tool, or its arguments are no object"
        else:
            # Past langchain's own check of the arguments: ours is the one that counts, and it never raises.
            said = tool.func(**{str(key): value for key, value in given.items()})
        results.append(ToolMessage(said, tool_call_id=str(call.get("id") or "none")))
    return results


def _text(answer: Any, model: Model, work: Work) -> str:
    content = getattr(answer, "content", "")
    if not isinstance(content, str) or not content.strip() or len(content) > LONGEST_ANSWER:
        raise model.reject(work.now, "no text, or too long")
    return content
