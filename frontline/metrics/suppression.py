"""Hides cells with too few behind them, and as many more as it takes that no hidden one can be worked out.

A single hidden cell is the total minus its shown siblings. So every line whose total can be asked keeps at least two
hidden cells that together reach ``min_n``; and no hidden cell may be determined by all the totals taken together,
which is a question of linear algebra (Kelly, Golden, Assad 1992: the cell suppression problem): a cell is determined
exactly when it is zero in the whole null space of the equations. Where every cell beside a determined one is hidden
already, only another table (the totals themselves) could tell; those tables are guarded by their own small cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

Key = tuple[str, ...]

# Beyond this many hidden cells the table is cut too finely to show anything of it.
MOST_HIDDEN = 500


def hidden_cells(counts: Mapping[Key, int], *, min_n: int, axes: Sequence[int]) -> set[Key]:
    """Return the keys to hide.

    ``counts`` holds the n of every cell; a cell with 0 behind it hides nobody and stays. ``axes`` are the positions of
    the key over which cells add up to a total that can be asked for.
    """
    hidden = {key for key, count in counts.items() if 0 < count < min_n}
    if not hidden or not axes:
        return hidden
    lines = _lines(counts, axes, min_n)
    while True:
        _complete_lines(counts, lines, hidden, min_n)
        if len(hidden) > MOST_HIDDEN:
            return {key for key, count in counts.items() if count > 0}
        exposed = determined_cells(lines, hidden)
        if not [key for key in sorted(exposed) if _cover(counts, lines, hidden, key)]:
            return hidden


def determined_cells(lines: Sequence[Sequence[Key]], hidden: set[Key]) -> set[Key]:
    """Return the hidden cells whose value follows from the totals of ``lines`` and the shown cells."""
    # Only answers with hidden cells pay for these imports.
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import lsqr

    order = {key: at for at, key in enumerate(sorted(hidden))}
    places = [(at, order[key]) for at, line in enumerate(lines) for key in line if key in order]
    if not places:
        return set()
    rows, columns = zip(*places, strict=True)
    matrix = csr_array((np.ones(len(places)), (rows, columns)), shape=(len(lines), len(order)))
    # A random vector less its projection onto the row space lies in the null space, where a determined cell is zero
    # for every vector and any other cell for hardly one. Two vectors make "hardly" impossible in practice.
    free = np.zeros(len(order))
    for vector in np.random.default_rng(0).standard_normal((2, len(order))):
        projected = lsqr(matrix, matrix @ vector, atol=1e-13, btol=1e-13, iter_lim=20 * len(order))[0]
        free += np.abs(vector - projected)
    return {key for key, at in order.items() if free[at] < 1e-6}


def _lines(counts: Mapping[Key, int], axes: Sequence[int], min_n: int) -> list[list[Key]]:
    """Return every line along an axis whose total can be known, because it is large enough to be shown."""
    found: list[list[Key]] = []
    for axis in axes:
        groups: dict[Key, list[Key]] = defaultdict(list)
        for key in counts:
            groups[key[:axis] + key[axis + 1 :]].append(key)
        found += [line for line in groups.values() if sum(counts[key] for key in line) >= min_n]
    return found


def _complete_lines(counts: Mapping[Key, int], lines: Sequence[Sequence[Key]], hidden: set[Key], min_n: int) -> None:
    changed = True
    while changed:
        changed = False
        for line in lines:
            inside = [key for key in line if key in hidden]
            while inside and (len(inside) < 2 or sum(counts[key] for key in inside) < min_n):
                smallest = _smallest_shown(counts, line, hidden)
                if smallest is None:
                    break
                hidden.add(smallest)
                inside.append(smallest)
                changed = True


def _cover(counts: Mapping[Key, int], lines: Sequence[Sequence[Key]], hidden: set[Key], exposed: Key) -> bool:
    """Hide one more cell beside ``exposed``; False when there is none left."""
    shown = [_smallest_shown(counts, line, hidden) for line in lines if exposed in line]
    choices = [key for key in shown if key is not None]
    if not choices:
        return False
    hidden.add(min(choices, key=lambda key: (counts[key], key)))
    return True


def _smallest_shown(counts: Mapping[Key, int], line: Sequence[Key], hidden: set[Key]) -> Key | None:
    shown = [key for key in line if key not in hidden and counts[key] > 0]
    return min(shown, key=lambda key: (counts[key], key)) if shown else None
