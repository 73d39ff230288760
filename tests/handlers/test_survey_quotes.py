"""Words of customers beside figures: old enough, of the period, where enough have rated, and in private views only."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from frontline.analysis.additive import CellGap
from frontline.analysis.intervals import Interval
from frontline.catalog.loader import load_catalog
from frontline.core.actor import PRIVATE, Actor, Audience, AudienceKind, Role
from frontline.core.reply import Quote
from frontline.core.text import Provenance, seal
from frontline.governance.policy import shipped_policy
from frontline.metrics.query import PeriodSpec
from handlers import effort
from handlers.desk import Work
from handlers.effort import words_about
from handlers.friction import HardCell, Search
from handlers.survey_words import NOTHING, Figure, list_quotes

NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)
JUNE = PeriodSpec(start=dt.date(2026, 6, 1), end=dt.date(2026, 7, 1))
ENOUGH = Figure(0.8, 40, False)


def work_of(*received: str, audience: Audience = PRIVATE, role: Role = Role.ANALYST) -> Work:
    hits = [
        SimpleNamespace(text=seal(f"of {at}", Provenance("index@1")), category="billing", received=at)
        for at in received
    ]
    corpus = SimpleNamespace(search=lambda *_, **__: hits)
    desk = SimpleNamespace(
        catalog=load_catalog(), policy=shipped_policy(), zone=ZoneInfo("Europe/Amsterdam"), corpus=lambda: corpus
    )
    actor = Actor("per_x", "x", roles=frozenset({role}))
    return cast(Work, SimpleNamespace(desk=desk, actor=actor, audience=audience, now=NOW))


def said(work: Work, rated: Figure = ENOUGH) -> list[str]:
    return [quote.caption for quote in list_quotes(work, "csat", rated, JUNE, wanted="service")]


def test_what_is_quoted_is_of_the_period_older_than_three_days_and_dated_by_week() -> None:
    work = work_of("2026-06-03T12:00:00Z", "2026-06-16T12:00:00Z", "2026-05-20T12:00:00Z", "")
    assert said(work) == ["billing · week of 1 Jun"]


def test_nothing_is_quoted_where_too_few_have_rated_or_others_read_along_or_may_not_search() -> None:
    day = "2026-06-03T12:00:00Z"
    assert said(work_of(day), Figure(0.8, 4, False)) == []
    assert said(work_of(day), Figure(None, None, True)) == []
    assert said(work_of(day, audience=Audience(AudienceKind.CHANNEL))) == []
    assert said(work_of(day, role=Role.AGENT)) == []


@pytest.mark.parametrize(("n", "count"), [(40, 2), (4, 0)])
def test_words_about_a_hard_cell_follow_the_same_rule(monkeypatch: pytest.MonkeyPatch, n: int, count: int) -> None:
    rated: Any = {(): {"ces": Figure(0.6, n, False)}}
    monkeypatch.setattr(effort, "run", lambda *_, **__: None)
    monkeypatch.setattr(effort, "figures", lambda _result: rated)
    gap = CellGap(("phone", "billing"), 15, 3.4, 4.9, Interval(-2.2, -0.8), 0.001, True)
    cell = HardCell(gap, True, NOTHING, True)
    work = work_of("2026-06-03T12:00:00Z", "2026-06-16T12:00:00Z")
    parts = words_about(work, cell, Search(JUNE, 900, 30, (cell,), ()))
    assert len(parts) == count
    assert [part.caption for part in parts if isinstance(part, Quote)] == ["billing · week of 1 Jun"][: count // 2]
