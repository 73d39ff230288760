"""The registry's reading entries as langchain's StructuredTools, bound to one person's policy.

A tool takes the same typed query as a button does, checked in the same way, and gives facts back: shown figures of
groups, never a row, a text or a name.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from frontline.core.errors import FrontlineError, UserError
from frontline.metrics.permitted import Permitted
from frontline.metrics.query import Kind, MetricQuery
from handlers.assistant.execute import computable
from handlers.assistant.facts import Fact, Source, driver_facts, facts_of, lines_of, source_of_result
from handlers.assistant.proposal import Unfit, read_proposal, schema_of
from handlers.registry import Tool

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

    from handlers.desk import Work

log = logging.getLogger(__name__)

LONGEST_RESULT = 4000
REFUSED = "refused: use only what the catalog above lists, dates of the past, and order and limit only in a ranking"
UNAVAILABLE = "not available now"


@dataclass
class Notebook:
    """What an investigation has looked up so far; a source is numbered from 1 in the order of the look-ups."""

    sources: list[Source] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    def take(self, source: Source, facts: list[Fact]) -> None:
        """Add what one look-up gave."""
        self.sources.append(source)
        self.facts += facts


@dataclass(frozen=True)
class Lookup:
    """What one tool call gave."""

    source: Source
    facts: list[Fact]


def compute(work: Work, query: MetricQuery, number: int) -> Lookup:
    """Run a query under the speaker's own policy; its facts carry ``number`` as their source."""
    result = work.run(computable(query))
    catalog = work.desk.catalog
    return Lookup(source_of_result(result, catalog), facts_of(result, catalog, source=number))


def split(work: Work, query: MetricQuery, number: int) -> Lookup:
    """Split the change of one metric over the groups that carry it."""
    why = query.model_copy(
        update={"kind": Kind.WHY, "by": (), "order": None, "limit": None, "metrics": query.metrics[:1]}
    )
    result = work.run(computable(why))
    catalog = work.desk.catalog
    facts = facts_of(result, catalog, source=number) + driver_facts(work, result, source=number)
    return Lookup(source_of_result(result, catalog), facts)


COMPUTE = Tool("compute", "Compute a metric: a figure, a breakdown, a comparison, a series or a ranking.", compute)
SPLIT = Tool("split_change", "Split the change of one metric against an earlier period over its groups.", split)


def structured_tools(work: Work, permitted: Permitted, notebook: Notebook) -> list[StructuredTool]:
    """Return the tools that this person may use before this audience; each look-up is written into ``notebook``."""
    from langchain_core.tools import StructuredTool

    schema = query_schema(permitted)
    allowed = work.desk.policy.allowed_actions(work.actor, work.audience)
    return [
        StructuredTool(
            name=entry.tool.name,
            description=entry.tool.description,
            args_schema={**schema, "title": entry.tool.name, "description": entry.tool.description},
            func=_caller(entry.tool, work, permitted, notebook),
        )
        for entry in work.desk.registry.tools()
        if entry.tool is not None and entry.permission in allowed
    ]


def query_schema(permitted: Permitted) -> dict[str, Any]:
    """Return the JSON schema of a typed query within what is permitted."""
    planned = schema_of(permitted)["properties"]["query"]["anyOf"][0]
    return dict(planned)


def _caller(tool: Tool, work: Work, permitted: Permitted, notebook: Notebook) -> Any:
    def call(**given: Any) -> str:
        return run_tool(tool, given, work, permitted, notebook)

    return call


def run_tool(tool: Tool, given: Mapping[str, Any], work: Work, permitted: Permitted, notebook: Notebook) -> str:
    """Return what the model is told: facts, or a sentence of ours why there are none."""
    try:
        query = read_proposal(given, work, permitted)
    except Unfit:
        return REFUSED
    number = len(notebook.sources) + 1
    try:
        found: Lookup = tool.run(work, query, number)
    except UserError:
        # Its sentence may name what this person may not see; the model needs to know only that there is nothing.
        return "there is no such figure"
    except FrontlineError as error:
        # A look-up that breaks must not take the finding of the rules with it; its message may quote a cell.
        log.warning("tool %s: %s", tool.name, type(error).__name__)
        return UNAVAILABLE
    notebook.take(found.source, found.facts)
    if not found.facts:
        return "no figure that may be shown"
    return _as_json(number, found)


def _as_json(number: int, found: Lookup) -> str:
    """Return a look-up as the model reads it; the last facts of a long one are left out, never half of a figure."""
    facts = list(found.facts)
    while len(said := _packed(number, found, facts)) > LONGEST_RESULT and facts:
        facts.pop()
    return said


def _packed(number: int, found: Lookup, facts: Sequence[Fact]) -> str:
    return json.dumps({"source": number, "query": found.source.label, "facts": lines_of(facts)})
