"""A forecast names groups and filters as people call them, as every other card does."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.render_text import render_text
from frontline.analysis.forecast import Backtest, Projection
from frontline.catalog.loader import load_catalog
from frontline.core.periods import Period
from frontline.core.text import QuestionText
from frontline.metrics.insights.outlook import Forecast, Piece
from frontline.metrics.query import Filter, Kind, MetricQuery, PeriodSpec
from handlers.assistant import outlook
from handlers.assistant.turn import Turn

START, END = dt.date(2026, 6, 22), dt.date(2026, 6, 29)


def test_a_forecast_says_labels_and_not_the_keys_of_the_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    week, shown = Period(START, END), Projection(120.0, 100.0, 140.0)
    pieces = tuple(Piece(week, shown, group=group) for group in ("smb", "unknown"))
    tried = Backtest(10, 0.1, 0.12, 8, 10)
    found = Forecast(Piece(week, shown), (), None, tried, START, START, END, (0.0, 0.0), 1.0, shown, groups=pieces)
    stamp = SimpleNamespace(metric="contact_volume", version="1")
    monkeypatch.setattr(outlook, "forecast_of", lambda *_: found)
    monkeypatch.setattr(outlook, "_rows", lambda *_: SimpleNamespace(stamps=(stamp,), warnings=()))
    work: Any = SimpleNamespace(desk=SimpleNamespace(catalog=load_catalog()))
    without = Filter(dim="segment", values=("smb",), op="not_in")
    query = MetricQuery(
        kind=Kind.FORECAST, metrics=("contact_volume",), by=("segment",), filters=(without,),
        period=PeriodSpec(start=START, end=END),
    )  # fmt: skip
    turn = Turn(cast(Any, work), QuestionText("forecast"))
    outlook.look_ahead(turn, query)
    assert turn.reply is not None
    said = render_text(turn.reply)
    assert turn.reply.headline.endswith(", without small business.")
    assert "smb" not in said
    assert "small business" in said
    assert "not known" in said
