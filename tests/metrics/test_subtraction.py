"""Questions that differ in one filter, subtracted from each other: nothing hidden comes back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from frontline.catalog.loader import Catalog
from frontline.core.actor import SYSTEM
from frontline.core.clock import FrozenClock
from frontline.core.periods import Grain
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, MetricQuery, MetricResult, PeriodSpec
from tests.metrics.world import NOW, OpenDoor, SmallFacts, write_facts

MAY = PeriodSpec(start=dt.date(2026, 5, 4), end=dt.date(2026, 5, 7))
DAILY = MAY.model_copy(update={"grain": Grain.DAY})
REGIONS = ("north", "south", "west")
SEGMENTS = ("consumer", "smb", "enterprise")
DAYS = ("2026-05-04", "2026-05-05", "2026-05-06")

MIN_N = 5  # of case_volume in the shipped catalog

Counts = dict[tuple[str, str, str], int]  # region, segment, day


def counts() -> st.SearchStrategy[Counts]:
    sizes = st.one_of(st.just(0), st.integers(1, 6), st.integers(5, 30))
    keys = list(product(REGIONS, SEGMENTS, DAYS))
    return st.lists(sizes, min_size=len(keys), max_size=len(keys)).map(
        lambda found: dict(zip(keys, found, strict=True))
    )


def one_day(table: dict[tuple[str, str], int]) -> Counts:
    return {(*key, DAYS[0]): count for key, count in table.items()}


def engine_of(catalog: Catalog, folder: Path, sizes: Counts) -> MetricEngine:
    rows = [
        {
            "case_id": f"{key}{n}",
            "opened_at": dt.datetime.fromisoformat(key[2]) + dt.timedelta(hours=9),
            "region": key[0],
            "segment": key[1],
        }
        for key, count in sizes.items()
        for n in range(count)
    ]
    facts = SmallFacts(write_facts(folder / f"{uuid.uuid4().hex}.duckdb", {"cases": rows}))
    return MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())


def ask(engine: MetricEngine, **rest: object) -> MetricResult:
    query = {"metrics": ("case_volume",), "period": MAY, **rest}
    return engine.run(SYSTEM, MetricQuery.model_validate(query))


class Attacker:
    """Writes down what every answer says about the sums of (region, segment, day), and solves."""

    def __init__(self, sizes: Counts) -> None:
        self.cells = list(product(REGIONS, SEGMENTS, DAYS))
        self.sizes = sizes
        self.known: list[list[float]] = []
        self.hidden: list[list[float]] = []

    def hear(self, result: MetricResult, places: tuple[int, ...], taken: set[str]) -> None:
        """Note one answer; a group that it does not name has no rows. ``places``: what it is broken down by."""
        said = {}
        for at, row in enumerate(result.rows):
            said[tuple(row[: len(places)])] = None if (at, len(places) + 1) in result.suppressed else row[-1]
        for key in product(*((REGIONS, SEGMENTS, DAYS)[place] for place in places)):
            inside = [
                cell
                for cell in self.cells
                if cell[1] in taken and all(cell[p] == k for p, k in zip(places, key, strict=True))
            ]
            row = [float(cell in inside) for cell in self.cells]
            count = sum(self.sizes.get(cell, 0) for cell in inside)
            if said.get(key, 0) is not None:
                assert said.get(key, 0) == count
                self.known.append(row)
            elif 0 < count < MIN_N or (count and len(taken) != 2):
                # Two of three values together may follow when they are many: that tells of neither.
                self.hidden.append(row)
        stamp = result.stamps[0].n
        if stamp is not None:
            assert stamp == sum(self.sizes.get(cell, 0) for cell in self.cells if cell[1] in taken)
            self.known.append([float(cell[1] in taken) for cell in self.cells])

    def recovered(self) -> int:
        """Return how many hidden numbers follow from the known ones."""
        matrix = np.array(self.known) if self.known else np.zeros((1, len(self.cells)))
        rank = np.linalg.matrix_rank(matrix)
        rows = {tuple(row) for row in self.hidden}
        return sum(int(np.linalg.matrix_rank(np.vstack([matrix, row])) == rank) for row in rows)


@pytest.fixture(scope="module")
def attack(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Counts], int]:
    """Ask everything with and without a filter on the segment; return how many hidden numbers come back."""
    folder = tmp_path_factory.mktemp("worlds")

    def run(sizes: Counts) -> int:
        engine, attacker = engine_of(catalog, folder, sizes), Attacker(sizes)
        breakdowns: list[tuple[tuple[str, ...], PeriodSpec, tuple[int, ...]]] = [
            ((), MAY, ()),
            (("region",), MAY, (0,)),
            (("segment",), MAY, (1,)),
            (("region", "segment"), MAY, (0, 1)),
            ((), DAILY, (2,)),
            (("region",), DAILY, (0, 2)),
        ]
        for by, period, places in breakdowns:
            attacker.hear(ask(engine, by=by, period=period), places, set(SEGMENTS))
            for value in SEGMENTS:
                for op, taken in (("in", {value}), ("not_in", set(SEGMENTS) - {value})):
                    only = (Filter.model_validate({"dim": "segment", "op": op, "values": (value,)}),)
                    attacker.hear(ask(engine, by=by, period=period, filters=only), places, taken)
        return attacker.recovered()

    return run


@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.generate])  # an engine is slow to shrink
@given(counts().filter(lambda sizes: any(sizes.values())))
@example(one_day({("north", "enterprise"): 3, ("north", "smb"): 40, ("south", "enterprise"): 20, ("south", "smb"): 9}))
@example(one_day({("north", "enterprise"): 3, ("north", "smb"): 40, ("south", "enterprise"): 20}))
@example(one_day({(region, segment): 20 for region in REGIONS for segment in SEGMENTS} | {("west", "smb"): 2}))
def test_no_hidden_number_follows_from_the_other_answers(attack: Callable[[Counts], int], sizes: Counts) -> None:
    assert attack(sizes) == 0


def test_a_region_hidden_for_one_segment_is_hidden_for_all_the_others(catalog: Catalog, tmp_path: Path) -> None:
    sizes = one_day({(region, segment): 20 for region in REGIONS for segment in SEGMENTS} | {("west", "smb"): 2})
    engine = engine_of(catalog, tmp_path, sizes)
    smb = {op: (Filter.model_validate({"dim": "segment", "op": op, "values": ("smb",)}),) for op in ("in", "not_in")}

    whole = ask(engine, by=("region",)).rows
    inside, outside = (ask(engine, by=("region",), filters=smb[op]) for op in ("in", "not_in"))

    assert whole == (("north", 60, 60), ("south", 60, 60), ("west", 42, 42))
    for result in (inside, outside):  # the west, and the one that keeps it company in both
        assert [row[1] is None for row in result.rows] == [True, False, True]
    for rest in ({"period": DAILY}, {"by": ("region",), "order": "desc", "limit": 3, "kind": "ranking"}):
        shown = [
            {row[0]: row[-1] for row in ask(engine, filters=smb[op], **rest).rows if row[-1]} for op in ("in", "not_in")
        ]
        assert all("west" not in rows for rows in shown)
    assert (inside.stamps[0].n, outside.stamps[0].n) == (42, 120)


def test_a_filter_without_small_groups_hides_nothing(catalog: Catalog, tmp_path: Path) -> None:
    sizes = one_day({(region, segment): 20 for region in REGIONS for segment in SEGMENTS})
    engine = engine_of(catalog, tmp_path, sizes)
    for values in (("smb",), ("smb", "consumer")):
        only = (Filter(dim="segment", values=values),)
        result = ask(engine, by=("region",), filters=only)
        assert [row[1] for row in result.rows] == [20 * len(values)] * 3
