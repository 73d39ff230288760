"""The optional planner before the rules: asked only where they did not understand, believed only after checks.

Whatever goes wrong raises ``ModelUnavailable``; the chain then goes on with the rules' own answer.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta

from frontline.core.reply import Outcome
from frontline.metrics.permitted import Permitted, permitted_to
from frontline.metrics.query import MetricQuery
from frontline.metrics.questions.restate import restate
from handlers.assistant.model import Model, ModelUnavailable
from handlers.assistant.outgoing import words_for_model
from handlers.assistant.plan import plan
from handlers.assistant.proposal import Proposal, Unfit, read_proposal, schema_of
from handlers.assistant.turn import Turn
from prompts.library import read_prompt

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from frontline.catalog.loader import Catalog
    from frontline.core.actor import Actor, Audience
    from frontline.governance.policy import Policy
    from handlers.desk import Work

# A thanks or a greeting is not worth a call.
FEWEST_WORDS = 3
LONGEST_ANSWER = 4000


def propose(turn: Turn) -> Turn:
    """Fill ``turn.parsed`` by the rules and, where they did not understand, ``turn.proposal`` by the model.

    Raises:
        ModelUnavailable: there is no proposal; the rules' answer stands in ``turn.parsed``.
    """
    if turn.parsed is None:
        plan(turn)
    model = turn.work.desk.model()
    if model is None or not is_open_to_a_model(turn):
        return turn
    if not model.may("plan"):
        raise ModelUnavailable("off")
    work = turn.work
    permitted = permitted_of(work)
    if not permitted.metrics:
        raise ModelUnavailable("private", "there is nothing this person may ask")
    said = words_for_model(turn.question, gate=work.desk.gate, catalog=work.desk.catalog)
    payload = _ask(model, turn, permitted, said)
    if payload.get("understood") is not True:
        model.accept(work.now)
        raise ModelUnavailable("unsure")
    try:
        query = read_proposal(payload.get("query"), work, permitted)
    except Unfit as fault:
        raise model.reject(work.now, fault.why) from None
    model.accept(work.now)
    turn.proposal = Proposal(query, restate(query, work.desk.catalog), model.name)
    return turn


@dataclass(frozen=True)
class _Viewer:
    """Who asks before whom: what is permitted does not change between two questions."""

    actor: Actor
    audience: Audience
    policy: Policy
    catalog_hash: str
    catalog: Catalog = field(compare=False)


def permitted_of(work: Work) -> Permitted:
    """Return what the speaker may ask about before this audience."""
    return _permitted(_Viewer(work.actor, work.audience, work.desk.policy, work.desk.catalog.hash, work.desk.catalog))


@functools.lru_cache(maxsize=64)
def _permitted(viewer: _Viewer) -> Permitted:
    return permitted_to(viewer.catalog, viewer.policy, viewer.actor, viewer.audience)


def is_open_to_a_model(turn: Turn) -> bool:
    """Whether the rules abstained, or asked back which figure is meant.

    What they refused, took for a command or could read in several ways stays theirs.
    """
    parsed = turn.plan
    if parsed.intent not in ("metric", "none") or len(turn.question.reveal().split()) < FEWEST_WORDS:
        return False
    if parsed.outcome is Outcome.ABSTAINED:
        return True
    return parsed.outcome is Outcome.CLARIFY and (bool(parsed.nearest) or not parsed.readings)


def _ask(model: Model, turn: Turn, permitted: Permitted, said: str) -> Mapping[str, Any]:
    template, schema, values = read_prompt("plan").template, schema_of(permitted), _values(turn, permitted, said)

    async def make(client: BaseChatModel) -> Any:
        return await (template | client.with_structured_output(schema, include_raw=True)).ainvoke(values)

    answer = model.call(make, now=turn.work.now)
    if not isinstance(answer, Mapping) or answer.get("parsing_error") is not None:
        raise model.reject(turn.work.now, "not of the schema")
    raw, payload = answer.get("raw"), answer.get("parsed")
    if len(str(getattr(raw, "content", ""))) > LONGEST_ANSWER:
        raise model.reject(turn.work.now, "too long")
    if not isinstance(payload, Mapping):
        raise model.reject(turn.work.now, "no object")
    return payload


def _values(turn: Turn, permitted: Permitted, said: str) -> dict[str, str]:
    """Return everything that is sent. docs/operations.md lists these fields: keep the two together."""
    previous = turn.previous
    return {
        **catalog_values(turn.work, permitted),
        "previous": _typed(previous) if previous is not None and permitted.allows(previous) else "none",
        "question": said,
    }


def catalog_values(work: Work, permitted: Permitted) -> dict[str, str]:
    """Return today and the permitted catalog as the prompts show them."""
    catalog, today = work.desk.catalog, work.today
    last_month = today.replace(day=1) - relativedelta(months=1)
    return {
        "today": today.isoformat(),
        "weekday": f"{today:%A}",
        "last_month": f"{last_month:%B %Y}",
        "metrics": "\n".join(
            f"{key}: {catalog.metrics[key].title} | {', '.join(dims)}" for key, dims in permitted.metrics.items()
        ),
        "values": "\n".join(f"{dim}: {', '.join(words)}" for dim, words in permitted.values.items()),
    }


def _typed(query: MetricQuery) -> str:
    return json.dumps(query.as_json(), separators=(",", ":"))
