"""What comes hour by hour: the median of the same hour of the week, which no fancier method beat on real half-hours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from frontline.analysis.forecast import LEAST_STARTS, Backtest, Projection, ends_of
from frontline.analysis.limits import Floats


def project_hours(
    labels: Sequence[int], values: Floats, wanted: Sequence[int], *, weeks: int = 6
) -> tuple[list[Projection], Backtest] | None:
    """Forecast counts hour by hour: the median of the same hour of the week over the last ``weeks`` weeks.

    ``labels``: hours since some Monday midnight in wall time, ascending; ``values``: their counts, NaN where hidden;
    ``wanted``: hours to come. That beat every fancier method on real half-hours. None for too short a history.
    """
    week = 7 * 24
    known = dict(zip(labels, values.tolist(), strict=True))

    def middle(hour: int) -> float:
        """The median of the hours that are known, the hour's own week left out."""
        found = [known.get(hour - week * back, np.nan) for back in range(1, weeks + 1)]
        shown = [value for value in found if not np.isnan(value)]
        return float(np.median(shown)) if len(shown) >= weeks - 2 else float("nan")

    newest = labels[-1]
    first_week = -(-(max(wanted) - newest) // week)  # weeks until the same hours are over
    pairs: list[tuple[float, float, float]] = []
    for back in range(first_week, first_week + 8):
        for hour in wanted:
            past = hour - week * back
            actual, guess, naive = known.get(past, np.nan), middle(past), known.get(past - week, np.nan)
            if not np.isnan([actual, guess, naive]).any():
                pairs.append((actual, guess, naive))
    if len(pairs) < 4 * LEAST_STARTS:
        return None
    came, guessed, repeated = (np.array(column) for column in zip(*pairs, strict=True))
    scaled = np.sort((came - guessed) / np.sqrt(np.maximum(guessed, 1.0)))
    low, high = ends_of(scaled)
    found = []
    for hour in wanted:
        near = hour if hour - week <= newest else hour - week * ((hour - newest - 1) // week)
        value = middle(near)
        width = np.sqrt(max(value, 1.0))
        found.append(Projection(value, max(0.0, value + low * width), max(0.0, value + high * width)))
    inside = int(((scaled >= low) & (scaled <= high)).sum())
    whole = max(float(came.sum()), 1e-12)
    return found, Backtest(
        len(pairs),
        float(abs(came - guessed).sum()) / whole,
        float(abs(came - repeated).sum()) / whole,
        inside,
        len(pairs),
    )
