"""route -> plan -> execute -> word, as langchain Runnables.

The rules are the planner. A model, when one is configured, is a planner of the same signature put before them with
``with_fallbacks``: it may fill the same typed query, never compute a number or decide a permission.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

from frontline.core.reply import Reply
from frontline.core.traces import trace_of
from handlers.assistant.execute import execute
from handlers.assistant.model import ModelUnavailable, quiet_tracing
from handlers.assistant.narration import narrate
from handlers.assistant.plan import plan
from handlers.assistant.planner import propose
from handlers.assistant.turn import Turn
from handlers.assistant.wording import word

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

log = logging.getLogger(__name__)


@cache
def build_chain(*, with_model: bool = False) -> Runnable[Any, Any]:
    """Return the composed assistant. langchain is imported here, on the first question, not at start."""
    quiet_tracing()
    from langchain_core.runnables import RunnableLambda

    rules: Runnable[Turn, Turn] = RunnableLambda(plan).with_config(run_name="plan by rules")
    planner = rules
    if with_model:
        llm_planner: Runnable[Turn, Turn] = RunnableLambda(_plan_by_model).with_config(run_name="plan by a model")
        planner = llm_planner.with_fallbacks([rules])
    by_rules: Runnable[Turn, Reply] = RunnableLambda(word).with_config(run_name="word")
    wording = by_rules
    if with_model:
        by_model: Runnable[Turn, Reply] = RunnableLambda(_word_by_model).with_config(run_name="word by a model")
        wording = by_model.with_fallbacks([by_rules])
    return planner | RunnableLambda(execute).with_config(run_name="execute") | wording


def answer(turn: Turn) -> Reply:
    """Run one turn through the chain."""
    reply = build_chain(with_model=turn.work.desk.model() is not None).invoke(turn)
    if not isinstance(reply, Reply):
        raise TypeError("the chain has to end in a reply")
    return reply


def _word_by_model(turn: Turn) -> Reply:
    """Word, with a sentence of the model under it; whatever goes wrong leaves the rules' words."""
    try:
        return narrate(turn)
    except ModelUnavailable:
        raise
    except Exception as error:
        log.error("the wording by a model failed: %s", trace_of(error))
        raise


def _plan_by_model(turn: Turn) -> Turn:
    """Propose; note why there is no proposal, for the audit entry and the log, and let the rules go on."""
    try:
        return propose(turn)
    except ModelUnavailable as error:
        turn.model_outcome = error.reason
        raise
    except Exception as error:
        turn.model_outcome, turn.proposal = "failed", None
        log.error("the planner before the rules failed: %s", trace_of(error))
        raise
