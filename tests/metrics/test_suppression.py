"""What is hidden stays hidden: totals less siblings reveal nothing."""

from __future__ import annotations

import datetime as dt
from itertools import product

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from frontline.metrics.suppression import TOTAL, Key, Line, determined_cells, hidden_cells, judge

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


def levels(counts: dict[Key, int]) -> dict[Key, int]:
    """Every cell and every total."""
    found: dict[Key, int] = {}
    for key, count in counts.items():
        for gone in product((False, True), repeat=len(key)):
            at = tuple(TOTAL if out else word for out, word in zip(gone, key, strict=True))
            found[at] = found.get(at, 0) + count
    return found


@settings(max_examples=200, deadline=dt.timedelta(seconds=4))
@given(tables().filter(bool))
@example({("a", "x"): 3, ("a", "y"): 50, ("b", "x"): 40, ("b", "y"): 60})
@example({("a", "x"): 3, ("a", "y"): 40, ("b", "x"): 20})  # only a hidden zero keeps the three from being worked out
def test_no_hidden_cell_or_total_follows_from_the_shown_ones(counts: dict[Key, int]) -> None:
    judged = judge(counts, min_n=MIN_N, axes=range(len(next(iter(counts)))))

    known = levels(counts)
    assert all(judged.is_hidden(key) for key, count in known.items() if 0 < count < MIN_N)
    order = sorted(counts)
    # Every cell and total is a sum of cells; a cell that is not there is a zero to everybody, unless it is hidden.
    zeros = {key for key in judged.hidden if TOTAL not in key} - set(counts)
    unknowns = [*order, *sorted(zeros)]
    sums = {key: [float(_covers(key, cell)) for cell in unknowns] for key in known}
    shown = [row for key, row in sums.items() if not judged.is_hidden(key)]
    hidden = [row for key, row in sums.items() if judged.is_hidden(key) and known[key]]
    assert not _solvable(shown, hidden)


@settings(max_examples=100, deadline=dt.timedelta(seconds=4))
@given(tables().filter(bool))
def test_what_a_total_shows_stays_the_same_in_a_finer_table(counts: dict[Key, int]) -> None:
    fine = judge(counts, min_n=MIN_N, axes=range(len(next(iter(counts)))))
    coarse: dict[Key, int] = {}
    for key, count in counts.items():
        coarse[key[:-1]] = coarse.get(key[:-1], 0) + count
    alone = judge(coarse, min_n=MIN_N, axes=range(len(next(iter(coarse)))))

    assert all(alone.is_hidden(key) == fine.is_hidden((*key, TOTAL)) for key in levels(coarse))


def _covers(total: Key, cell: Key) -> bool:
    return all(word in (TOTAL, own) for word, own in zip(total, cell, strict=True))


def _solvable(shown: list[list[float]], hidden: list[list[float]]) -> list[list[float]]:
    """Return what an attacker can solve for: added to the equations, it leaves their rank as it was."""
    rank = np.linalg.matrix_rank(np.array(shown)) if shown else 0
    return [row for row in hidden if np.linalg.matrix_rank(np.array([*shown, row])) == rank]


def test_a_bridge_between_two_squares_is_found() -> None:
    # Every line has two hidden cells, and yet the one in the middle follows from the totals.
    square_one = [("a", "p"), ("a", "q"), ("b", "p"), ("b", "q")]
    square_two = [("c", "r"), ("c", "s"), ("d", "r"), ("d", "s")]
    bridge = ("b", "r")
    hidden = {*square_one, *square_two, bridge}
    rows = {letter: [key for key in hidden if key[0] == letter] for letter in "abcd"}
    columns = {letter: [key for key in hidden if key[1] == letter] for letter in "pqrs"}

    lines = [Line((TOTAL, TOTAL), tuple(line)) for line in (*rows.values(), *columns.values())]
    assert determined_cells(lines, hidden) == {bridge}


def test_a_line_whose_total_is_itself_too_small_needs_no_second_cell() -> None:
    assert hidden_cells({("a",): 3, ("b",): 0}, min_n=MIN_N, axes=[0]) == {("a",)}


def test_without_axes_only_the_small_ones_are_hidden() -> None:
    assert hidden_cells({("a",): 3, ("b",): 50}, min_n=MIN_N, axes=[]) == {("a",)}
