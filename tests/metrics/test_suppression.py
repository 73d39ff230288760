"""What is hidden stays hidden: totals less siblings reveal nothing."""

from __future__ import annotations

import datetime as dt
from itertools import product

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from frontline.metrics.suppression import Key, determined_cells, hidden_cells

MIN_N = 10


def tables() -> st.SearchStrategy[dict[Key, int]]:
    """One to three axes of up to four values, some cells absent."""
    shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3)

    def cells(shape: list[int]) -> st.SearchStrategy[dict[Key, int]]:
        keys = [tuple(f"{axis}{at}" for axis, at in enumerate(place)) for place in product(*map(range, shape))]
        counts = st.one_of(st.integers(0, 12), st.integers(0, 500))
        return st.lists(st.one_of(st.none(), counts), min_size=len(keys), max_size=len(keys)).map(
            lambda found: {key: count for key, count in zip(keys, found, strict=True) if count is not None}
        )

    return shapes.flatmap(cells)


def lines_with_known_totals(counts: dict[Key, int]) -> list[list[Key]]:
    axes = len(next(iter(counts)))
    found: dict[tuple[int, Key], list[Key]] = {}
    for key in counts:
        for axis in range(axes):
            found.setdefault((axis, key[:axis] + key[axis + 1 :]), []).append(key)
    return [line for line in found.values() if sum(counts[key] for key in line) >= MIN_N]


@settings(max_examples=200, deadline=dt.timedelta(seconds=2))
@given(tables().filter(bool))
@example({("a", "x"): 3, ("a", "y"): 50, ("b", "x"): 40, ("b", "y"): 60})
def test_no_hidden_cell_follows_from_the_totals(counts: dict[Key, int]) -> None:
    axes = range(len(next(iter(counts))))
    hidden = hidden_cells(counts, min_n=MIN_N, axes=axes)

    assert {key for key, count in counts.items() if 0 < count < MIN_N} <= hidden
    assert all(counts[key] > 0 for key in hidden)
    lines = lines_with_known_totals(counts)
    for line in lines:
        inside = [counts[key] for key in line if key in hidden]
        shown = [key for key in line if key not in hidden and counts[key] > 0]
        # The total less what is shown is the sum of the hidden: it must itself be large enough, or all is hidden.
        assert not inside or not shown or (len(inside) >= 2 and sum(inside) >= MIN_N)
    for key in _solvable(lines, hidden):
        # Nothing beside it is left to hide: its totals are small tables of their own, guarded where they are asked.
        assert not [other for line in lines if key in line for other in line if other not in hidden and counts[other]]


def _solvable(lines: list[list[Key]], hidden: set[Key]) -> set[Key]:
    """Return what an attacker can solve for: add a cell's unit vector to the equations, and the rank stays."""
    order = sorted(hidden)
    rows = [[float(key in line) for key in order] for line in lines]
    rows = [row for row in rows if any(row)]
    if not rows:
        return set()
    rank = np.linalg.matrix_rank(np.array(rows))
    return {
        key
        for at, key in enumerate(order)
        if np.linalg.matrix_rank(np.array([*rows, [float(at == other) for other in range(len(order))]])) == rank
    }


def test_a_bridge_between_two_squares_is_found() -> None:
    # Every line has two hidden cells, and yet the one in the middle follows from the totals.
    square_one = [("a", "p"), ("a", "q"), ("b", "p"), ("b", "q")]
    square_two = [("c", "r"), ("c", "s"), ("d", "r"), ("d", "s")]
    bridge = ("b", "r")
    hidden = {*square_one, *square_two, bridge}
    rows = {letter: [key for key in hidden if key[0] == letter] for letter in "abcd"}
    columns = {letter: [key for key in hidden if key[1] == letter] for letter in "pqrs"}

    assert determined_cells([*rows.values(), *columns.values()], hidden) == {bridge}


def test_a_line_whose_total_is_itself_too_small_needs_no_second_cell() -> None:
    assert hidden_cells({("a",): 3, ("b",): 0}, min_n=MIN_N, axes=[0]) == {("a",)}


def test_without_axes_only_the_small_ones_are_hidden() -> None:
    assert hidden_cells({("a",): 3, ("b",): 50}, min_n=MIN_N, axes=[]) == {("a",)}
