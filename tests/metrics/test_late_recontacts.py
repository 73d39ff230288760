"""Repeats on days 8 to 14: those of fourteen days that seven do not hold, over the same contacts."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.core.actor import SYSTEM
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import MetricQuery, PeriodSpec


def test_late_recontacts_are_those_of_fourteen_days_that_seven_do_not_hold(engine: MetricEngine) -> None:
    period = PeriodSpec(start=dt.date(2026, 4, 1), end=dt.date(2026, 5, 1))
    query = MetricQuery(metrics=("recontact_rate", "recontact_rate_14d", "recontact_rate_late"), period=period)
    seven, n_seven, fourteen, n_fourteen, late, n_late = engine.run(SYSTEM, query).rows[0]
    assert n_seven == n_fourteen == n_late > 100
    assert late > 0
    assert late == pytest.approx(fourteen - seven)
