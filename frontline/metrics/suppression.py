"""Hides cells with too few behind them, and as many more as it takes that no hidden one can be worked out.

A cell of a table is also a total of finer tables and a part of coarser ones, and each can be asked for by itself. So a
table is judged together with all its totals, coarsest first: what a coarse table hides or shows is settled before a
finer one is looked at, and comes out the same whichever question is asked. In every line (cells that add up to a
total) a hidden cell has company: another hidden one or a hidden total, and where the total is shown, the hidden
together reach ``min_n``. And no hidden cell may be determined by all equations taken together, which is a question of
linear algebra (Kelly, Golden, Assad 1992: the cell suppression problem): a cell is determined exactly when it is zero
in the whole null space of the equations. A zero is hidden only where nothing else is left to keep company.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations, product
from math import prod

Key = tuple[str, ...]

TOTAL = "\0"  # stands in a key for all values of an axis; no label of the facts holds it

# Beyond this many hidden cells a table is cut too finely to show anything of it.
MOST_HIDDEN = 500
# Beyond this many cells zeros are not written out, and cannot keep hidden cells company.
MOST_CELLS = 2000

NO_PLAY = 1e-6


@dataclass(frozen=True)
class Line:
    """Cells that add up to ``total``."""

    total: Key
    members: tuple[Key, ...]


@dataclass(frozen=True)
class Judged:
    """A table with its totals: which are hidden. ``only`` names the single value of an axis that has but one."""

    hidden: frozenset[Key]
    only: Mapping[int, str]

    def is_hidden(self, key: Key) -> bool:
        """Whether the cell, or the total (``TOTAL`` in some places of ``key``), is hidden."""
        return _spelled(key, self.only) in self.hidden


def judge(counts: Mapping[Key, int], *, min_n: int, axes: Sequence[int], also: Iterable[Key] = frozenset()) -> Judged:
    """Return which cells and totals to hide.

    ``counts`` holds the n of every cell; ``axes`` are the positions of the key over which cells add up to a total that
    can be asked for; ``also`` are totals that are hidden anyway.
    """
    labels = {axis: sorted({key[axis] for key in counts}) for axis in axes}
    only = {axis: found[0] for axis, found in labels.items() if len(found) == 1}
    wide = tuple(axis for axis in axes if len(labels[axis]) > 1)
    hidden = {_spelled(key, only) for key in also}
    # A total is never smaller than its cells, so that without a small cell nothing is small.
    if not hidden and not any(0 < count < min_n for count in counts.values()):
        return Judged(frozenset(), only)
    lines: dict[tuple[int, ...], list[Line]] = {}
    sizes: dict[Key, int] = {}
    for size in range(len(wide) + 1):
        for kept in combinations(wide, size):
            level = _level(counts, wide, kept, labels)
            lines[kept] = _lines(level, kept)
            below = [line for inner, found in lines.items() if set(inner) <= set(kept) for line in found]
            sizes |= level
            _hide_level(level, lines[kept], below, sizes, hidden, min_n)
    return Judged(frozenset(hidden), only)


def hidden_cells(counts: Mapping[Key, int], *, min_n: int, axes: Sequence[int]) -> set[Key]:
    """Return the keys of single cells to hide (see ``judge``)."""
    return {key for key in judge(counts, min_n=min_n, axes=axes).hidden if TOTAL not in key}


def determined_cells(lines: Sequence[Line], hidden: Set[Key]) -> set[Key]:
    """Return the hidden cells whose value follows from the shown ones and the equations of ``lines``."""
    return {key for key, (one, two) in _play(lines, hidden).items() if abs(one) + abs(two) < NO_PLAY}


def determined_rests(lines: Sequence[Line], hidden: Set[Key]) -> list[tuple[Line, Key]]:
    """Return the lines with a hidden total less one hidden cell where that difference follows, though neither does."""
    play = _play(lines, hidden)
    return [
        (line, key)
        for line in lines
        if line.total in play
        for key in line.members
        if key in play and sum(abs(a - b) for a, b in zip(play[line.total], play[key], strict=True)) < NO_PLAY
    ]


def _play(lines: Sequence[Line], hidden: Set[Key]) -> dict[Key, tuple[float, float]]:
    """Return two random ways in which the hidden cells can move together without breaking an equation.

    A random vector less its projection onto the row space lies in the null space, where a determined cell is zero for
    every vector and any other cell for hardly one. Two vectors make "hardly" impossible in practice.
    """
    # Only answers with hidden cells pay for these imports.
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import lsqr

    order: dict[Key, int] = {}
    rows, columns, signs = [], [], []
    for at, line in enumerate(lines):
        for key, sign in [(line.total, -1.0), *((key, 1.0) for key in line.members)]:
            if key in hidden:
                rows.append(at)
                columns.append(order.setdefault(key, len(order)))
                signs.append(sign)
    if not rows:
        return {}
    matrix = csr_array((np.array(signs), (rows, columns)), shape=(len(lines), len(order)))
    ways = []
    for vector in np.random.default_rng(0).standard_normal((2, len(order))):
        projected = lsqr(matrix, matrix @ vector, atol=1e-13, btol=1e-13, iter_lim=20 * len(order))[0]
        ways.append(vector - projected)
    return {key: (float(ways[0][at]), float(ways[1][at])) for key, at in order.items()}


def _spelled(key: Key, only: Mapping[int, str]) -> Key:
    """Return ``key`` with the single value in the place of a total over it: they are the same cell."""
    return tuple(only.get(at, TOTAL) if word == TOTAL else word for at, word in enumerate(key))


def _totals(counts: Mapping[Key, int], gone: Sequence[int]) -> dict[Key, int]:
    """Return the sums of ``counts`` over the axes of ``gone``."""
    found: dict[Key, int] = defaultdict(int)
    for key, count in counts.items():
        found[tuple(TOTAL if at in gone else word for at, word in enumerate(key))] += count
    return dict(found)


def _level(
    counts: Mapping[Key, int], wide: Sequence[int], kept: Sequence[int], labels: Mapping[int, Sequence[str]]
) -> dict[Key, int]:
    """Return the table with totals over all axes but ``kept``, zeros included where they are few enough."""
    level = _totals(counts, [axis for axis in wide if axis not in kept])
    fixed = {tuple("" if at in kept else word for at, word in enumerate(key)) for key in level}
    if len(fixed) * prod(len(labels[axis]) for axis in kept) > MOST_CELLS:
        return level
    full: dict[Key, int] = {}
    for base in sorted(fixed):
        for words in product(*(labels[axis] for axis in kept)):
            chosen = dict(zip(kept, words, strict=True))
            key = tuple(chosen.get(at, word) for at, word in enumerate(base))
            full[key] = level.get(key, 0)
    return full


def _lines(level: Mapping[Key, int], kept: Sequence[int]) -> list[Line]:
    found: list[Line] = []
    for axis in kept:
        groups: dict[Key, list[Key]] = defaultdict(list)
        for key in level:
            groups[(*key[:axis], TOTAL, *key[axis + 1 :])].append(key)
        found += [Line(total, tuple(members)) for total, members in groups.items()]
    return found


def _hide_level(
    level: Mapping[Key, int],
    lines: Sequence[Line],
    below: Sequence[Line],
    sizes: Mapping[Key, int],
    hidden: set[Key],
    min_n: int,
) -> None:
    """Hide cells of one table, the totals being settled.

    ``below`` are the lines of it and of all coarser ones, ``sizes`` the n of all their cells.
    """
    hidden |= {key for key, count in level.items() if 0 < count < min_n}
    for line in lines:
        # What adds up to a hidden total must not be shown whole.
        if line.total in hidden and not any(key in hidden for key in line.members):
            _hide_smallest(level, line, hidden)
    while True:
        _complete_lines(level, lines, hidden, min_n)
        if sum(key in hidden for key in level) > MOST_HIDDEN:
            hidden |= {key for key, count in level.items() if count > 0}
            return
        if not any(key in hidden for line in lines for key in (line.total, *line.members)):
            return
        exposed = determined_cells(below, hidden)
        for line, key in determined_rests(below, hidden):
            if 0 < sizes[line.total] - sizes[key] < min_n:
                exposed |= {other for other in line.members if other != key and other in hidden}
        covers = [_cover(level, lines, hidden, key) for key in sorted(exposed)]
        if exposed and not any(covers) and not _hide_more(level, hidden):
            return
        if not exposed:
            return


def _complete_lines(level: Mapping[Key, int], lines: Sequence[Line], hidden: set[Key], min_n: int) -> None:
    changed = True
    while changed:
        changed = False
        for line in lines:
            has_company = line.total in hidden
            inside = [key for key in line.members if key in hidden]
            while inside and (
                (len(inside) < 2 and not has_company)
                or (sum(level[key] for key in inside) < min_n and _has_more(level, line, hidden))
            ):
                added = _hide_smallest(level, line, hidden)
                if added is None:
                    break
                inside.append(added)
                changed = True


def _cover(level: Mapping[Key, int], lines: Sequence[Line], hidden: set[Key], exposed: Key) -> bool:
    """Hide one more cell beside ``exposed``; False when there is none left."""
    beside = [line for line in lines if exposed == line.total or exposed in line.members]
    choices = [key for line in beside for key in line.members if key not in hidden]
    if not choices:
        return False
    hidden.add(min(choices, key=lambda key: (level[key] == 0, level[key], key)))
    return True


def _hide_more(level: Mapping[Key, int], hidden: set[Key]) -> bool:
    """Hide the smaller half of what is left, for nothing beside an exposed cell is; False when nothing is left."""
    shown = sorted((key for key in level if key not in hidden), key=lambda key: (level[key] == 0, level[key], key))
    hidden |= set(shown[: (len(shown) + 1) // 2])
    return bool(shown)


def _has_more(level: Mapping[Key, int], line: Line, hidden: set[Key]) -> bool:
    return any(level[key] and key not in hidden for key in line.members)


def _hide_smallest(level: Mapping[Key, int], line: Line, hidden: set[Key]) -> Key | None:
    """Hide the smallest shown cell of the line, a zero last of all."""
    shown = [key for key in line.members if key not in hidden]
    if not shown:
        return None
    smallest = min(shown, key=lambda key: (level[key] == 0, level[key], key))
    hidden.add(smallest)
    return smallest
