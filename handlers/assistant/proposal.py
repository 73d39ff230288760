"""What a model proposes: a typed query, checked as one of the rules' own, offered in words, computed after a click."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from frontline.core.errors import FrontlineError, UsageError
from frontline.core.reply import Button, Outcome, Paragraph, Reply, Tone
from frontline.core.text import QuestionText
from frontline.metrics.checks import canonical_key, check_query
from frontline.metrics.permitted import Permitted
from frontline.metrics.query import Kind, MetricQuery
from frontline.metrics.questions.restate import restate
from handlers.desk import Work

# A button carries 2,000 characters at most.
MOST_CHARACTERS = 1800
MOST_METRICS = 2
MOST_DIMENSIONS = 2
MOST_ROWS = 50
FIRST_DAY = dt.date(2000, 1, 1)
FAR = dt.timedelta(days=400)
LONGEST = dt.timedelta(days=366 * 10)
_NAME = re.compile(r"[A-Za-z0-9][\w.:/-]{0,80}")


@dataclass(frozen=True)
class Proposal:
    """A query that nobody has confirmed yet. ``label`` is our restatement: no word of the model is shown."""

    query: MetricQuery
    label: str
    by: str  # the model's configured name


class Confirmed(BaseModel):
    """What travels in the button."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    query: MetricQuery
    by: str


class Unfit(Exception):
    """The proposal is none. ``why`` is ours: it names no word of the model."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def read_proposal(payload: object, work: Work, permitted: Permitted) -> MetricQuery:
    """Return the query that ``payload`` (a model's structured output) holds.

    It has to be one that the rules could have made: its restatement, typed in, gives the same query.

    Raises:
        Unfit: it is malformed, not permitted, out of bounds, or cannot be said in words that the rules understand.
    """
    if not isinstance(payload, Mapping):
        raise Unfit("no object")
    try:
        query = MetricQuery.model_validate(dict(payload))
    except ValidationError:
        raise Unfit("not of the schema") from None
    _check_bounds(query, work.today)
    try:
        query = check_query(work.desk.catalog, query)
    except FrontlineError:
        raise Unfit("no such combination") from None
    if not permitted.allows(query):
        raise Unfit("not permitted")
    if len(json.dumps(query.as_json(), separators=(",", ":"))) > MOST_CHARACTERS:
        raise Unfit("too large")
    _check_words(query, work)
    return query


def offer(proposal: Proposal, *, said: str) -> Reply:
    """Return the question back: the reading in words and a button; no figure stands in it."""
    value = Confirmed(query=proposal.query, by=proposal.by).model_dump_json()
    return Reply(
        "My own rules did not understand that. Do you mean this?",
        context=f"Suggested by the model {proposal.by}, not computed yet: I only compute it when you say so.",
        parts=[Paragraph(f"• {proposal.label}"), *([Paragraph(f"_By my own rules: {said}_")] if said else [])],
        buttons=[Button("Yes, that", "metric.confirm", value, Tone.PRIMARY), Button("Help", "help.show")],
        outcome=Outcome.CLARIFY,
        answer={"intent": "metric", "readings": [proposal.query.as_json()]},
    )


def read_confirmed(value: str) -> Confirmed:
    """Return what was confirmed.

    Raises:
        UsageError: it is no value of such a button.
    """
    try:
        found = Confirmed.model_validate_json(value)
    except ValidationError:
        found = None
    if found is None or not _NAME.fullmatch(found.by):
        raise UsageError("That button is from an older version.", next_step="Ask the question again.")
    return found


def _check_bounds(query: MetricQuery, today: dt.date) -> None:
    spans = [query.period, *([query.compare] if isinstance(query.compare, BaseModel) else [])]
    for span in spans:
        if span.start < FIRST_DAY or span.end > today + FAR or span.end - span.start > LONGEST:
            raise Unfit("a period out of bounds")
    if query.period.start > today and query.kind is not Kind.FORECAST:
        raise Unfit("a period that has not begun")
    if len(query.metrics) > MOST_METRICS or len(query.by) > MOST_DIMENSIONS:
        raise Unfit("too many metrics or dimensions")
    if len(set(query.metrics)) != len(query.metrics) or len(set(query.by)) != len(query.by):
        raise Unfit("something twice")
    if query.limit is not None and not 1 <= query.limit <= MOST_ROWS:
        raise Unfit("a limit out of bounds")
    is_ranking = query.kind is Kind.RANKING
    if is_ranking != (query.limit is not None) or is_ranking != (query.order is not None):
        raise Unfit("order and limit belong to a ranking")


def _check_words(query: MetricQuery, work: Work) -> None:
    words = restate(query, work.desk.catalog)
    again = work.desk.parser().parse(QuestionText(words), now=work.now)
    if again.outcome is not Outcome.ANSWERED or again.query is None:
        raise Unfit("cannot be said in words")
    if canonical_key(_unordered(again.query)) != canonical_key(_unordered(query)):
        raise Unfit("means something else in words")


def _unordered(query: MetricQuery) -> MetricQuery:
    """The order of what is named never matters."""
    return query.model_copy(update={"metrics": tuple(sorted(query.metrics)), "by": tuple(sorted(query.by))})


def schema_of(permitted: Permitted) -> dict[str, Any]:
    """Return the JSON schema of the structured output: enums of what the viewer may ask, and no free text."""
    day = {"type": "string", "description": "ISO date, YYYY-MM-DD"}
    ends: dict[str, Any] = {"start": day, "end": day}
    span = {"type": "object", "properties": ends, "required": ["start", "end"]}
    dims = list(permitted.values) or ["none"]
    words = list(dict.fromkeys(word for values in permitted.values.values() for word in values)) or ["none"]
    one_filter = {
        "type": "object",
        "properties": {
            "dim": {"type": "string", "enum": dims},
            "op": {"type": "string", "enum": ["in", "not_in"]},
            "values": {"type": "array", "items": {"type": "string", "enum": words}},
        },
        "required": ["dim", "op", "values"],
    }
    grain = {"type": ["string", "null"], "enum": ["hour", "day", "week", "month", "quarter", "year", None]}
    query = {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": [kind.value for kind in Kind]},
            "metrics": {"type": "array", "items": {"type": "string", "enum": list(permitted.metrics)}},
            "by": {"type": "array", "items": {"type": "string", "enum": dims}},
            "filters": {"type": "array", "items": one_filter},
            "period": {"type": "object", "properties": {**ends, "grain": grain}, "required": ["start", "end"]},
            "compare": {"anyOf": [{"type": "string", "enum": ["previous", "last_year"]}, span, {"type": "null"}]},
            "order": {"type": ["string", "null"], "enum": ["desc", "asc", None]},
            "limit": {"type": ["integer", "null"]},
        },
        "required": ["kind", "metrics", "by", "filters", "period", "compare", "order", "limit"],
    }
    return {
        "title": "planned_question",
        "description": "The typed query that the question means, or understood = false.",
        "type": "object",
        "properties": {"understood": {"type": "boolean"}, "query": {"anyOf": [query, {"type": "null"}]}},
        "required": ["understood", "query"],
    }
