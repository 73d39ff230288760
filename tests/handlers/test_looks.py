"""Whose figures somebody was shown: everybody of whom at least one figure was there to see."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import pytest

from frontline.catalog.loader import load_catalog
from frontline.core.actor import Actor
from frontline.governance import audit
from frontline.metrics.query import MetricQuery, MetricResult, PeriodSpec
from frontline.store.work import Unit
from handlers.desk import Work
from handlers.looks import note_looks


def test_a_row_is_noted_unless_every_figure_of_it_was_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[Any] = []
    monkeypatch.setattr(audit, "record", lambda *_, resource, **__: noted.append(resource))
    query = MetricQuery(
        metrics=("csat", "ces"),
        by=("agent",),
        period=PeriodSpec(start=dt.date(2026, 5, 1), end=dt.date(2026, 6, 1)),
    )
    result = SimpleNamespace(
        query=query,
        columns=("agent", "csat", "csat_n", "ces", "ces_n"),
        rows=(("anna", None, None, 0.8, 9), ("bas", None, None, None, None), ("cas", 0.7, 8, 0.6, 9)),
        suppressed=((0, 1), (0, 2), (1, 1), (1, 2), (1, 3), (1, 4)),
    )
    work = SimpleNamespace(desk=SimpleNamespace(catalog=load_catalog()), actor=Actor("per_x", "sam"), effects=[])
    note_looks(cast(Work, work), cast(MetricResult, result))
    for effect in work.effects:
        effect(cast(Unit, None))
    assert noted == ["agent:anna", "agent:cas"]
