"""Who looked at the figures of a single agent: each look is in the audit trail, and the agent may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from frontline.governance import audit, people
from frontline.metrics.policy import person_dimensions
from frontline.metrics.query import MetricResult
from frontline.store.work import Unit
from handlers.assistant.numbers import show_instant
from handlers.desk import Work

LOOKED = "metric.person_level"
SHOWN = 3


def note_looks(work: Work, result: MetricResult) -> None:
    """Write down, together with the answer, whose figures somebody else was shown; hidden ones were not."""
    query, catalog = result.query, work.desk.catalog
    persons = person_dimensions(catalog, query)
    if not persons:
        return
    names = {name for item in query.filters if item.dim in persons and item.op == "in" for name in item.values}
    hidden = _hidden_rows(result)
    for dim in persons:
        if dim in query.by:
            at = query.by.index(dim)
            names |= {str(row[at]) for place, row in enumerate(result.rows) if place not in hidden and row[at]}
    own = {_resource(name) for name in (work.actor.handle, work.actor.agent_id) if name}
    seen = sorted({_resource(name.removeprefix("@")) for name in names} - own)
    if seen:
        purpose = catalog.policies.person_level.purpose
        work.effects.append(lambda unit: _record(unit, work, seen, purpose))


def viewers_line(work: Work, names: Collection[str]) -> str:
    """Say who looked at this agent's figures lately."""
    found = list_looks(work, names)
    if not found:
        return "Nobody else looked at your figures"
    said = ", ".join(f"@{name} on {when}" for name, when in found)
    return f"Who looked at your figures: {said}"


def list_looks(work: Work, names: Collection[str]) -> list[tuple[str, str]]:
    """Return who looked at the actor's own figures and when, newest first: everybody may know that of themselves.

    ``names`` are the handles under which the actor stands in the facts.
    """
    work.desk.policy.authorize(work.actor, LOOKED)
    mine = {_resource(name) for name in (*names, work.actor.handle, work.actor.agent_id) if name}
    rows = [
        row
        for resource in sorted(mine)
        for row in audit.entries(work.session, limit=SHOWN, action=LOOKED, resource=resource)
    ]
    rows = sorted(rows, key=lambda row: -row.seq)[:SHOWN]
    known = people.handles(work.session, [row.actor_key for row in rows])
    zone = work.desk.zone
    return [
        (known.get(row.actor_key, "somebody"), show_instant(dt.datetime.fromisoformat(row.at), zone)) for row in rows
    ]


def _hidden_rows(result: MetricResult) -> set[int]:
    """Return the rows of which no figure was shown: where one is hidden, another may stand beside it."""
    hidden = set(result.suppressed)
    places = [result.columns.index(metric) for metric in result.query.metrics]
    return {row for row in range(len(result.rows)) if all((row, place) in hidden for place in places)}


def _record(unit: Unit, work: Work, resources: Collection[str], purpose: str) -> None:
    for resource in resources:
        audit.record(unit, work.actor, LOOKED, resource=resource, detail={"purpose": purpose})


def _resource(handle: str) -> str:
    return f"agent:{handle.casefold()}"
