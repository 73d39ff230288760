"""The plainest ways to ask, for every metric of the catalog by its own name: each is read as what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from frontline.catalog.loader import Catalog, load_catalog
from frontline.metrics.query import Kind, MetricQuery
from tests.questions.conftest import Ask

Check = Callable[[MetricQuery], bool]
FLOOR = ("contacts_waiting", "longest_wait", "agents_available")  # known for now alone
DIMENSIONS = ("channel", "queue", "team", "topic", "segment", "region", "tier", "priority", "site", "product")
PLURALS = {dim: "priorities" if dim == "priority" else f"{dim}s" for dim in DIMENSIONS}


def is_split(query: MetricQuery, dim: str, *, order: str | None = None, limit: int | None = None) -> bool:
    """Whether it is broken down by ``dim`` alone, in that order."""
    fits = query.by == (dim,) and not query.filters and query.order == order
    return fits and (limit is None or query.limit == limit)


def by_dimension(name: str, dim: str, when: str) -> Iterator[tuple[str, Check]]:
    plural = PLURALS[dim]
    yield f"{name} by {dim} {when}", lambda query: is_split(query, dim)
    yield f"show me {name} for each {dim} {when}", lambda query: is_split(query, dim)
    yield f"top 3 {plural} by {name} {when}", lambda query: is_split(query, dim, order="desc", limit=3)
    yield f"bottom 5 {plural} for {name} {when}", lambda query: is_split(query, dim, order="asc", limit=5)
    yield f"which {dim} had the highest {name} {when}?", lambda query: is_split(query, dim, order="desc")
    yield f"{plural} ranked by {name} {when}", lambda query: query.by == (dim,) and not query.filters


def over_time(name: str) -> Iterator[tuple[str, Check]]:
    def series(grain: str) -> Check:
        return lambda query: query.period.grain is not None and query.period.grain.value == grain and not query.by

    def of_kind(kind: Kind) -> Check:
        return lambda query: query.kind is kind and not query.by

    yield f"what was the {name} last month?", lambda query: not (query.by or query.filters or query.compare)
    yield f"{name} per week in May", series("week")
    yield f"daily {name} for the past 2 weeks", series("day")
    yield f"monthly trend of {name} since January", series("month")
    yield f"{name} May vs April", lambda query: query.compare is not None
    yield f"why did {name} change in May?", of_kind(Kind.WHY)
    yield f"forecast {name} for the next 4 weeks", of_kind(Kind.FORECAST)
    yield f"are we on target for {name} this month?", of_kind(Kind.TARGET)


def between_places(name: str, direction: str) -> Iterator[tuple[str, Check]]:
    def compares(query: MetricQuery) -> bool:
        return query.by == ("channel",) and {*query.filters[0].values} == {"phone", "chat"}

    yield f"compare phone and chat on {name} last month", compares
    yield f"{name} by team and channel last month", lambda query: {*query.by} == {"team", "channel"}
    yield f"{name} by week and team in May", lambda query: query.by == ("team",) and query.period.grain is not None
    yield f"what is the {name} of team Coral on chat in May?", lambda query: len(query.filters) == 2 and not query.by
    worst = {"higher": "asc", "lower": "desc"}.get(direction)
    yield f"who are the worst 3 teams for {name} in May?", lambda query: is_split(query, "team", order=worst, limit=3)


def plain_questions(catalog: Catalog, key: str) -> Iterator[tuple[str, Check]]:
    """Every form for one metric, with every third of the dimensions that it has."""
    name, known = catalog.metrics[key].title.lower(), catalog.allowed_dimensions(key)
    when = "now" if key in FLOOR else "last month"
    for dim in [dim for dim in PLURALS if dim in known][len(key) % 3 :: 3]:
        yield from by_dimension(name, dim, when)
    if key not in FLOOR:
        yield from over_time(name)
        if {"team", "channel"} <= set(known):
            yield from between_places(name, catalog.metrics[key].direction)


@pytest.mark.parametrize("key", sorted(load_catalog().metrics))
def test_a_plain_question_is_read_as_what_it_says(catalog: Catalog, ask: Ask, key: str) -> None:
    faults, answered, asked = [], 0, 0
    for text, fits in plain_questions(catalog, key):
        asked += 1
        query = ask(text).query
        answered += query is not None
        if query is not None and not (query.metrics == (key,) and fits(query)):
            faults.append(f"{text}: {query}")
    assert faults == []
    # The rest is asked back: "worst 3 teams" where neither high nor low is better.
    assert answered >= 0.9 * asked
