"""route -> plan -> execute -> word, as langchain Runnables.

The rules are the planner. A model, when one is configured, is a planner of the same signature put before them with
``with_fallbacks``: it may fill the same typed query, never compute a number or decide a permission.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from frontline.core.reply import Reply
from handlers.assistant.execute import execute
from handlers.assistant.plan import plan
from handlers.assistant.turn import Turn
from handlers.assistant.wording import word

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable


@cache
def build_chain() -> Runnable[Any, Any]:
    """Return the composed assistant. langchain is imported here, on the first question, not at start."""
    from langchain_core.runnables import RunnableLambda

    planner: Runnable[Turn, Turn] = RunnableLambda(plan).with_config(run_name="plan by rules")
    return (
        planner
        | RunnableLambda(execute).with_config(run_name="execute")
        | RunnableLambda(word).with_config(run_name="word")
    )


def answer(turn: Turn) -> Reply:
    """Run one turn through the chain."""
    reply = build_chain().invoke(turn)
    if not isinstance(reply, Reply):
        raise TypeError("the chain has to end in a reply")
    return reply
