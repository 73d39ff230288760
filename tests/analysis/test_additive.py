"""Cells that are worse than their row and column would make them, and silence where none is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from frontline.analysis.additive import Place, Tally, cell_gaps, share_tally, tally

ROWS = ("phone", "chat", "email", "portal")
COLUMNS = tuple(f"topic {letter}" for letter in "abcdefgh")


def world(seed: int, *, n: int = 30, planted: Place | None = None, shift: float = 0.0) -> dict[Place, Tally]:
    """Ratings 1-7 with effects of row and column, and one cell shifted beside them."""
    rng = np.random.default_rng(seed)
    row_effect = dict(zip(ROWS, rng.normal(0, 0.4, len(ROWS)), strict=True))
    column_effect = dict(zip(COLUMNS, rng.normal(0, 0.4, len(COLUMNS)), strict=True))
    cells = {}
    for row in ROWS:
        for column in COLUMNS:
            centre = 5 + row_effect[row] + column_effect[column] + (shift if (row, column) == planted else 0.0)
            cells[row, column] = tally(np.clip(np.rint(rng.normal(centre, 1.5, n)), 1, 7).tolist())
    return cells


def found(cells: dict[Place, Tally], *, low_is_bad: bool = True) -> list[Place]:
    return [gap.place for gap in cell_gaps(cells, low_is_bad=low_is_bad, least=10, smallest_gap=0.5) if gap.is_found]


def test_the_planted_cell_is_found_and_its_row_is_not() -> None:
    place = ("chat", "topic d")
    hits = [found(world(seed, planted=place, shift=-1.8)) for seed in range(5)]
    assert all(place in hit for hit in hits)
    # At most a tenth of those named are false in the long run: far fewer than there are cells in its row and column.
    assert sum(len(set(hit) - {place}) for hit in hits) <= 3


def test_nothing_is_found_where_only_rows_and_columns_differ_and_chances_are_what_they_say() -> None:
    judged = [cell_gaps(world(seed + 100), low_is_bad=True, least=10, smallest_gap=0.5) for seed in range(6)]
    assert sum(any(gap.is_found for gap in gaps) for gaps in judged) <= 1
    chances = [gap.p_value for gaps in judged for gap in gaps]
    assert 0.02 < sum(chance < 0.05 for chance in chances) / len(chances) < 0.09


def test_the_expectation_is_that_of_least_squares_over_all_other_cells() -> None:
    means = {("a", "x"): 4.0, ("a", "y"): 5.0, ("b", "x"): 3.0, ("b", "y"): 9.0, ("c", "x"): 2.0, ("c", "y"): 3.0}
    cells = {place: Tally(50, mean, None, 1.0) for place, mean in means.items()}
    gap = next(one for one in cell_gaps(cells, low_is_bad=False, least=10, smallest_gap=0.5) if one.place == ("b", "y"))
    # Without (b, y) row b has one cell left: 3 in column x, and column y lies 1 above x in the rows a and c.
    assert gap.expected == pytest.approx(4.0)
    assert gap.gap == pytest.approx(5.0)


def test_a_share_that_scatters_more_than_its_counts_is_held_to_its_own_scatter() -> None:
    rng = np.random.default_rng(3)
    noisy, steady = {}, {}
    for row in ROWS:
        for column in COLUMNS:
            noisy[row, column] = share_tally(round(2000 * float(np.clip(rng.normal(0.2, 0.03), 0, 1))), 2000)
            steady[row, column] = share_tally(int(rng.binomial(2000, 0.2)), 2000)
    assert not [gap for gap in cell_gaps(noisy, low_is_bad=False, least=50, smallest_gap=0.02) if gap.is_found]
    steady["chat", "topic d"] = share_tally(560, 2000)
    named = [gap.place for gap in cell_gaps(steady, low_is_bad=False, least=50, smallest_gap=0.02) if gap.is_found]
    assert named == [("chat", "topic d")]


def test_a_small_share_is_judged_by_the_exact_binomial_tail() -> None:
    cells = {(row, column): share_tally(2_000_000, 10_000_000) for row in ROWS for column in COLUMNS}
    cells["chat", "topic d"] = share_tally(12, 25)
    gaps = cell_gaps(cells, low_is_bad=False, least=20, smallest_gap=0.05)
    gap = next(one for one in gaps if one.place == ("chat", "topic d"))
    assert gap.is_found
    assert gap.p_value == pytest.approx(binom.sf(11, 25, 0.2), rel=0.01)


def test_small_cells_are_not_judged_and_a_lonely_row_has_nothing_beside_it() -> None:
    cells = world(1)
    cells["chat", "topic a"] = tally([1.0] * 9)
    cells["fax", "topic a"] = tally([1.0] * 40)
    judged = {gap.place for gap in cell_gaps(cells, low_is_bad=True, least=10, smallest_gap=0.5)}
    assert ("chat", "topic a") not in judged
    assert ("fax", "topic a") not in judged


def test_a_certain_but_tiny_gap_is_not_found() -> None:
    cells = {(row, column): Tally(100_000, 5.0, None, 1.0) for row in ROWS for column in COLUMNS}
    cells["chat", "topic d"] = Tally(100_000, 4.8, None, 1.0)
    assert not found(cells)
    with pytest.raises(ValueError, match="least"):
        cell_gaps(cells, low_is_bad=True, least=1, smallest_gap=0.5)
