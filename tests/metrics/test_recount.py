"""Random questions to the demo company have the figures that plain Python counts from the generator's rows."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import MetricKind, MinN
from frontline.core.actor import SYSTEM
from frontline.core.clock import UTC, FrozenClock
from frontline.core.errors import NotFound
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, MetricQuery, PeriodSpec
from tests.metrics.recount import TABLE_OF, Recount, Row, Rows, read_company
from tests.metrics.statements import Watch
from tests.metrics.world import NOW, ZONE, OpenDoor, SmallFacts, write_facts

START = dt.date(2026, 1, 26)
TODAY = dt.date(2026, 6, 17)
NOW_ONLY = ("contacts_waiting", "longest_wait", "agents_available")
# The ledger is written at the end of a month.
MONEY = ("total_cost", "cost_per_case")
ADDS_UP = ("case_volume", "contact_volume", "tag_volume", "backlog", "total_cost")
METRICS = sorted(TABLE_OF)
# Metrics that this file does not count again, and why.
NOT_HERE = {
    "fcr_rate_marked": "needs a column that the demo company does not have",
    "ces_mean": "counted in test_effort_and_ledger.py",
    "ces_hard": "counted in test_effort_and_ledger.py",
    "channel_switch_rate": "counted in test_effort_and_ledger.py",
    "ledger_total": "counted in test_effort_and_ledger.py",
    "recontact_rate_late": "counted in test_late_recontacts.py",
}

GRAINS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True)
class Bench:
    """A company, its engine with every cell shown and as shipped, and the recount."""

    catalog: Catalog
    engine: MetricEngine
    shipped: MetricEngine
    recount: Recount


def bench_of(catalog: Catalog, facts: Any, rows: Rows) -> Bench:
    nothing = MinN(group=0, person=0)
    metrics = {key: metric.model_copy(update={"min_n": nothing}) for key, metric in catalog.metrics.items()}
    clock = FrozenClock(NOW)
    return Bench(
        catalog,
        MetricEngine(replace(catalog, metrics=metrics), facts, clock, OpenDoor()),
        MetricEngine(catalog, facts, clock, OpenDoor()),
        Recount(rows, now=NOW.replace(tzinfo=None), zone=ZONE),
    )


@pytest.fixture(scope="module")
def bench(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    from frontline.sandbox.company.generator import generate

    folder = tmp_path_factory.mktemp("harbor")
    generate(folder, seed=11, scale=0.04, start=START)
    rows = read_company(folder)
    spans = {name: [(START, TODAY + dt.timedelta(days=1))] for name in rows}
    return bench_of(catalog, SmallFacts(write_facts(folder / "facts.duckdb", rows, spans=spans)), rows)


def random_query(dice: random.Random, catalog: Catalog, metric: str, *, first: dt.date) -> MetricQuery:
    """Return a question: breakdown, filters, period and grain by the dice."""
    dims = [dim for dim in catalog.allowed_dimensions(metric) if dim != "agent"]
    by = tuple(dice.sample(dims, min(len(dims), dice.choice([0, 1, 1, 2]))))
    filters = []
    for dim in dice.sample(dims, min(len(dims), dice.choice([0, 1, 1, 2]))):
        values = [*catalog.values(dim), "unknown"]
        chosen = tuple(dice.sample(values, dice.randint(1, min(3, len(values)))))
        filters.append(Filter(dim=dim, op=dice.choice(["in", "not_in"]), values=chosen))
    if metric in NOW_ONLY:
        return MetricQuery(
            metrics=(metric,), by=by, filters=tuple(filters), period=PeriodSpec(start=TODAY, end=_next(TODAY))
        )
    last = dt.date(2026, 5, 31) if metric in MONEY else TODAY
    start = first + dt.timedelta(days=dice.randrange((last - first).days))
    end = min(last, start + dt.timedelta(days=dice.choice([0, 6, 13, 30, 60, 150])))
    by_hour = "hour" if end - start < dt.timedelta(days=8) and len(by) < 2 else None
    grain = dice.choice([None, None, None, *GRAINS, by_hour])
    period = PeriodSpec(start=start, end=_next(end), grain=grain)
    return MetricQuery(metrics=(metric,), by=by, filters=tuple(filters), period=period)


def expected(bench: Bench, query: MetricQuery) -> dict[tuple[str, ...], tuple[float | None, int]]:
    """Return every cell by plain Python: labels of the breakdown, then the unit of the series."""
    (metric,), recount = query.metrics, bench.recount
    table = TABLE_OF[metric]

    def labels(table: str, row: Row) -> tuple[str, ...] | None:
        for item in query.filters:
            if (recount.label(table, row, item.dim) in map(str.lower, item.values)) != (item.op == "in"):
                return None
        return tuple(recount.label(table, row, dim) for dim in query.by)

    tables = [table, "cases"] if metric == "cost_per_case" else [table]
    parts: dict[str, dict[tuple[str, ...], list[Row]]] = {}
    for name in tables:
        parts[name] = found = {}
        for row in recount.rows[name]:
            if (group := labels(name, row)) is not None:
                found.setdefault(group, []).append(row)
    cells = {}
    for group in {group for found in parts.values() for group in found}:
        rows = parts[table].get(group, [])
        for unit, start, end in _units(query, recount):
            if metric == "cost_per_case":
                cells[(*group, *unit)] = recount.cost_per_case(start, end, rows, parts["cases"].get(group, []))
            else:
                cells[(*group, *unit)] = recount.figure(metric, start, end, rows)
    return cells


def _key(row: Sequence[Any], query: MetricQuery) -> tuple[str, ...]:
    """Labels in small letters; the unit of a series as it is written."""
    return (*(str(word).lower() for word in row[: len(query.by)]), *row[len(query.by) : -2])


def _units(query: MetricQuery, recount: Recount) -> Sequence[tuple[tuple[str, ...], dt.datetime, dt.datetime]]:
    period, now = query.period, recount.now
    start, end = _utc(period.start), min(_utc(period.end), now)
    if period.grain is None:
        return [((), start, end)]
    found = []
    if period.grain == "hour":
        at = start
        while at < end:
            found.append(((recount.local(at).isoformat(timespec="minutes"),), at, min(at + dt.timedelta(hours=1), end)))
            at += dt.timedelta(hours=1)
        return found
    day = _floor(period.start, period.grain)
    while _utc(day) < end:
        longest = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[period.grain]
        following = _floor(day + dt.timedelta(days=longest), period.grain)
        found.append(((day.isoformat(),), max(_utc(day), start), min(_utc(following), end)))
        day = following
    return found


def _floor(day: dt.date, grain: str) -> dt.date:
    if grain == "week":
        return day - dt.timedelta(days=day.weekday())
    if grain == "day":
        return day
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1}.get(grain, 1)
    return day.replace(month=month, day=1)


def _utc(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=ZONE).astimezone(UTC).replace(tzinfo=None)


def _next(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)


def check(bench: Bench, query: MetricQuery) -> int:
    """Compare every cell; return how many had rows behind them."""
    (metric,) = query.metrics
    unit = bench.catalog.metrics[metric].unit
    # Money is rounded to the cent; an instant in seconds since 1970 is good to some 0.2 microseconds.
    close = {"abs": {"money": 0.011, "seconds": 1e-6}.get(unit, 1e-9), "rel": 1e-9}
    want = expected(bench, query)
    try:
        result = bench.engine.run(SYSTEM, query)
    except NotFound:
        assert metric in NOW_ONLY
        assert not any(n for _, n in want.values())
        return 0
    got = {_key(row, query): row[-2:] for row in result.rows}
    asked = query.model_dump_json()
    for key, (value, n) in want.items():
        assert key in got or n == 0, f"{key} is missing of {asked}"
        if key in got:
            assert got[key][1] == n, f"n of {key} is {got[key][1]}, counted {n}: {asked}"
            if n:
                assert got[key][0] == pytest.approx(value, **close), f"{key}: {asked}"
    for key, (value, n) in got.items():
        assert key in want or not n, f"{key} has {n} of nothing: {asked}"
        assert n or not value, f"{key} is {value} of no rows: {asked}"
    shown = bench.shipped.run(SYSTEM, query)
    hidden = {row for row, _ in shown.suppressed}
    for at, row in enumerate(shown.rows):
        key = _key(row, query)
        if at in hidden:
            assert row[-2:] == (None, None)
        elif "other" not in key and key in want and want[key][1]:
            assert row[-1] == want[key][1]
            assert row[-2] == pytest.approx(want[key][0], **close)
            assert row[-1] >= bench.catalog.metrics[metric].min_n.group
    return sum(1 for _, n in want.values() if n)


@pytest.mark.parametrize("metric", METRICS)
def test_a_random_question_has_the_figures_of_a_recount(bench: Bench, metric: str) -> None:
    dice = random.Random(metric)
    seen = [check(bench, random_query(dice, bench.catalog, metric, first=START)) for _ in range(2)]
    if not any(seen):  # a filter that nothing passes proves little
        whole = PeriodSpec(start=TODAY if metric in NOW_ONLY else dt.date(2026, 3, 1), end=_next(TODAY))
        whole = whole.model_copy(update={"end": dt.date(2026, 6, 1)}) if metric in MONEY else whole
        assert check(bench, MetricQuery(metrics=(metric,), period=whole))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_hundred_questions_to_the_whole_demo_company(catalog: Catalog, tmp_path: Path, watch: Watch) -> None:
    """The company of ``frontline demo``, loaded by the real intake: keys hashed, words checked, durations judged."""
    from frontline.app.demo_home import Wanted, prepare
    from tests.scenarios.conftest import open_house

    home = tmp_path / "home"
    house = open_house(home)
    prepare(house, Wanted(seed=1), fresh=True)
    house.store.close()
    whole = bench_of(catalog, house.facts, read_company(home / "demo"))
    watch.take()  # preparing a home writes
    dice = random.Random(200)
    asked = [random_query(dice, catalog, metric, first=dt.date(2025, 1, 8)) for metric in METRICS * 5][:200]
    seen = sum(check(whole, query) for query in asked)
    assert seen > 2000


def test_the_metrics_that_people_script_against_are_all_counted_again(catalog: Catalog) -> None:
    assert set(catalog.metrics) - set(METRICS) == set(NOT_HERE)
    assert set(METRICS) <= set(catalog.metrics)


@pytest.mark.parametrize("metric", ADDS_UP)
def test_what_adds_up_gives_the_whole_in_any_breakdown(bench: Bench, metric: str) -> None:
    period = PeriodSpec(start=dt.date(2026, 3, 1), end=dt.date(2026, 6, 1))
    (whole,) = bench.engine.run(SYSTEM, MetricQuery(metrics=(metric,), period=period)).rows
    dims = [dim for dim in bench.catalog.allowed_dimensions(metric) if dim != "agent"]
    grained = [] if bench.catalog.metrics[metric].kind is MetricKind.SNAPSHOT else ["week", "month"]
    parts = [MetricQuery(metrics=(metric,), by=(dim,), period=period) for dim in dims]
    parts += [MetricQuery(metrics=(metric,), by=tuple(dims[:2]), period=period)]
    parts += [
        MetricQuery(metrics=(metric,), period=PeriodSpec(start=period.start, end=period.end, grain=grain))
        for grain in grained
    ]
    for query in parts:
        rows = bench.engine.run(SYSTEM, query).rows
        assert sum(row[-1] or 0 for row in rows) == whole[-1]
        cents = 0.005 * (len(rows) + 1) if metric == "total_cost" else 0
        assert sum(row[-2] or 0 for row in rows) == pytest.approx(whole[-2], abs=cents + 1e-9)
