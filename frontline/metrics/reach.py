"""How far back a cumulative metric counts: since the first of a unit, or over the last so many days."""

from __future__ import annotations

import datetime as dt

from frontline.catalog.schema_metrics import Cumulative
from frontline.core.clock import local_midnight
from frontline.core.errors import UsageError
from frontline.core.periods import Grain, Period, floor_date, local_date
from frontline.metrics.compiler import Ask, Scope, slice_buckets
from frontline.metrics.windows import Slice

# Every unit of a series is a query of its own.
MOST_UNITS = 130


def reaches(scope: Scope, ask: Ask) -> list[tuple[str, Slice]]:
    """Return (label of the unit, what is counted for it) for every unit of the series, or for the slice as a whole.

    Raises:
        UsageError: the series has too many units.
    """
    spec = ask.metric.cumulative
    assert spec is not None
    found = slice_buckets(scope, ask)
    if len(found) > MOST_UNITS:
        raise UsageError(
            f"{ask.metric.title} is counted anew for each of {len(found)} units.",
            next_step=f"Ask for at most {MOST_UNITS}: a shorter period, or weeks instead of days.",
        )
    return [(item.label, _reach(scope, spec, item.end)) for item in found]


def _reach(scope: Scope, spec: Cumulative, end: dt.datetime) -> Slice:
    last = local_date(end - dt.timedelta(microseconds=1), scope.zone)
    if spec.since is not None:
        first = floor_date(last, Grain(spec.since))
    else:
        first = last - dt.timedelta(days=(spec.days or 1) - 1)
    return Slice(Period(first, last + dt.timedelta(days=1)), local_midnight(first, scope.zone), end)
