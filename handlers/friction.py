"""Where effort hides: cells of two dimensions that are harder than their row and their column would make them.

Surveys of single cells are few, so the model sees daily sums below the floor of n, as routines do; what is said of a
cell is what may be shown: its own figures where they are shown anyway, else rounded ones.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from frontline.catalog.schema_models import UNKNOWN
from frontline.core.actor import SYSTEM
from frontline.metrics.extracts import Extract, ExtractSpec
from frontline.metrics.query import PeriodSpec
from handlers.desk import Work
from handlers.survey_words import Figure, figures, last_months, run

if TYPE_CHECKING:
    from frontline.analysis.additive import CellGap, Place, Tally

# A cell of few answers is named with a warning; so many cells with more make six months enough, else it is eight.
FEW_ANSWERS, ENOUGH_CELLS = 20, 24
SHORT, LONG = 6, 8
LEAST_EVENTS = 20
# What matters in practice: half a point of ease; five points of a share.
SMALLEST_EASE, SMALLEST_SHARE = 0.5, 0.05
# Repeats of one cause reach several cells; a routine of its own watches the rise of recontact.
SILENT = ("transfer_rate", "channel_switch_rate")


@dataclass(frozen=True)
class HardCell:
    """A cell of channel x topic with more effort than expected. ``is_exact``: its figures are shown as they are;
    ``is_hidden_elsewhere``: neither satisfaction nor handle time shows it."""

    gap: CellGap
    is_exact: bool
    csat: Figure
    is_hidden_elsewhere: bool


@dataclass(frozen=True)
class Search:
    """What was looked at and what was found, the worst first. ``next`` is the worst that chance explains, each with
    whether its figures are shown as they are."""

    period: PeriodSpec
    answers: int
    judged: int
    found: tuple[HardCell, ...]
    next: tuple[tuple[CellGap, bool], ...]


def hard_cells(work: Work, *, end: PeriodSpec | None = None) -> Search:
    """Return the cells of channel x topic that are harder than expected, over the last six or twelve months."""
    from frontline.analysis.additive import cell_gaps  # loads numpy

    until = end.end if end else None
    period = last_months(work, SHORT, end=until)
    cells = _ease(work, period)
    if sum(cell.n >= FEW_ANSWERS for cell in cells.values()) < ENOUGH_CELLS:
        period = last_months(work, LONG, end=until)
        cells = _ease(work, period)
    gaps = cell_gaps(cells, low_is_bad=True, least=least_answers(work), smallest_gap=SMALLEST_EASE)
    named = [gap for gap in gaps if gap.is_found]
    noise = [gap for gap in gaps if not gap.is_found and gap.gap < 0][:2] if not named else []
    shown = _shown(work, period) if named or noise else frozenset()
    found = _beside_others(work, period, named, shown) if named else []
    return Search(
        period,
        round(sum(cell.n for cell in cells.values())),
        len(gaps),
        tuple(found),
        tuple((gap, gap.place in shown) for gap in noise),
    )


def least_answers(work: Work) -> int:
    """Return how many answers a cell needs to be judged: as many as the catalog wants behind a shown figure."""
    return max(2, work.desk.catalog.metrics["ces_mean"].min_n.group)


def silent_cells(work: Work, metric: str, by: tuple[str, str], period: PeriodSpec) -> list[CellGap]:
    """Return the cells in which a share is worse than its row and its column would make it, whatever surveys say."""
    from frontline.analysis.additive import cell_gaps, share_tally

    found = figures(run(work, (metric,), period=period, by=by))
    cells = {
        (key[0], key[1]): share_tally(cells[metric].events, cells[metric].n or 1)
        for key, cells in found.items()
        if cells[metric].value is not None and (cells[metric].n or 0) > 0 and UNKNOWN not in key
    }
    gaps = cell_gaps(cells, low_is_bad=False, least=LEAST_EVENTS, smallest_gap=SMALLEST_SHARE)
    return [gap for gap in gaps if gap.is_found]


def tallies(extract: Extract) -> dict[Place, Tally]:
    """Return the cells of an extract by two dimensions. A day's k answers count as k of their mean, spread as single
    ones are: the mean of k scatters by the root of k less."""
    days: dict[Place, list[tuple[int, float]]] = defaultdict(list)
    for _, one, two, num, den, _ in extract.rows:
        count = round(den or 0)
        if count > 0 and UNKNOWN not in (one, two):
            days[one, two].append((count, float(num) / count))
    return {place: _tally(found) for place, found in days.items()}


def _tally(days: Sequence[tuple[int, float]]) -> Tally:
    from frontline.analysis.additive import Tally

    total = sum(count for count, _ in days)
    mean = sum(count * value for count, value in days) / total
    values = [mean + (value - mean) * math.sqrt(count) for count, value in days for _ in range(count)]
    return Tally(total, mean, tuple(values))


def _ease(work: Work, period: PeriodSpec) -> dict[Place, Tally]:
    spec = ExtractSpec("ces_mean", period.period, ("channel", "topic"))
    return tallies(work.desk.engine.extract(SYSTEM, spec))


def _shown(work: Work, period: PeriodSpec) -> frozenset[tuple[str, ...]]:
    """Return the cells whose mean ease this person is shown anyway."""
    found = figures(run(work, ("ces_mean",), period=period, by=("channel", "topic")))
    return frozenset(place for place, cells in found.items() if cells["ces_mean"].value is not None)


def _beside_others(
    work: Work, period: PeriodSpec, gaps: Sequence[CellGap], exact: Collection[tuple[str, ...]]
) -> list[HardCell]:
    """Look at what else is known of the cells: whether satisfaction or handle time would have shown the effort."""
    by = ("channel", "topic")
    csat = figures(run(work, ("csat",), period=period, by=by))
    handled = figures(run(work, ("aht",), period=period, by=by))
    expected_csat, expected_aht = _expected(csat, "csat"), _expected(handled, "aht")
    found = []
    for gap in gaps:
        is_exact = gap.place in exact
        rating = csat.get(gap.place, {}).get("csat", Figure(None, None, True))
        is_low = (
            rating.interval is not None
            and gap.place in expected_csat
            and expected_csat[gap.place] > rating.interval.high
        )
        seconds = handled.get(gap.place, {}).get("aht")
        is_long = (
            seconds is not None
            and seconds.value is not None
            and gap.place in expected_aht
            and seconds.value > 1.15 * expected_aht[gap.place]
        )
        kept = gap if is_exact else replace(gap, n=5 * round(gap.n / 5), mean=round(gap.mean * 2) / 2)
        found.append(HardCell(kept, is_exact, rating, not is_low and not is_long))
    return found


def _expected(found: Mapping[tuple[str, ...], Mapping[str, Figure]], metric: str) -> dict[Place, float]:
    """Return what row and column make of every cell, for a figure whose own scatter is not known."""
    from frontline.analysis.additive import Tally, cell_gaps

    cells = {
        (key[0], key[1]): Tally(cells[metric].n or 0, cells[metric].value or 0.0, None, 1.0)
        for key, cells in found.items()
        if cells[metric].value is not None and cells[metric].n and UNKNOWN not in key
    }
    return {gap.place: gap.expected for gap in cell_gaps(cells, low_is_bad=True, least=2, smallest_gap=0)}
