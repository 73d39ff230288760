"""Which span a promised figure is measured over when the promise is closed."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handlers
from frontline.catalog.loader import load_catalog
from frontline.core.actor import PRIVATE, Actor, ActorKind, Audience, AudienceKind, Role
from frontline.core.errors import NotPermitted
from frontline.core.periods import Grain, Period
from frontline.metrics.query import MetricQuery, PeriodSpec
from handlers.desk import Work
from handlers.evidence import freeze, newest_period


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("promised", "made", "closed", "expected"),
    [
        # May, promised in June, closed in July: June, the newest whole month.
        (("2026-05-01", "2026-06-01"), "2026-06-17", "2026-07-08", ("2026-06-01", "2026-07-01")),
        # Closed before June is over: as many days up to yesterday, for May again would say nothing.
        (("2026-05-01", "2026-06-01"), "2026-06-17", "2026-06-25", ("2026-05-25", "2026-06-25")),
        (("2026-01-01", "2026-04-01"), "2026-06-17", "2026-07-08", ("2026-04-01", "2026-07-01")),
        (("2026-06-08", "2026-06-15"), "2026-06-17", "2026-06-24", ("2026-06-15", "2026-06-22")),
        # "This month so far" held the day itself, so does the newer one.
        (("2026-06-01", "2026-06-18"), "2026-06-17", "2026-06-24", ("2026-06-08", "2026-06-25")),
        (("2026-06-17", "2026-06-18"), "2026-06-17", "2026-06-18", ("2026-06-18", "2026-06-19")),
    ],
)
def test_the_newest_span_of_the_same_kind(
    promised: tuple[str, str], made: str, closed: str, expected: tuple[str, str]
) -> None:
    period = Period(day(promised[0]), day(promised[1]))
    assert newest_period(period, made=day(made), today=day(closed)) == Period(day(expected[0]), day(expected[1]))


@given(
    st.dates(day("2025-01-01"), day("2026-06-17")),
    st.integers(1, 400),
    st.integers(0, 300),
)
def test_it_never_reaches_beyond_today_and_never_lies_before_the_promised_one(
    start: dt.date, length: int, later: int
) -> None:
    made = day("2026-06-17")
    end = min(start + dt.timedelta(days=length), made + dt.timedelta(days=1))
    period, today = Period(start, end), made + dt.timedelta(days=later)
    found = newest_period(period, made=made, today=today)
    assert found.end <= today + dt.timedelta(days=1)
    assert found.end >= period.end or found.end == today


def test_a_figure_is_taken_before_those_who_will_see_it_and_by_the_version_that_was_asked() -> None:
    seen: list[tuple[MetricQuery, Audience]] = []

    def run(_actor: Actor, query: MetricQuery, *, audience: Audience = PRIVATE) -> None:
        seen.append((query, audience))
        raise NotPermitted("Not here.", policy_id="test")

    desk = SimpleNamespace(catalog=load_catalog(), engine=SimpleNamespace(run=run))
    sam = Actor("per_sam", "sam", ActorKind.HUMAN, frozenset({Role.SUPERVISOR}))
    channel = Audience(AudienceKind.CHANNEL, "C1")
    now = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)
    work = Work(cast(Any, desk), cast(Any, None), sam, channel, now, cast(Any, None))
    may = PeriodSpec(start=day("2026-05-01"), end=day("2026-06-01"), grain=Grain.WEEK)
    query = MetricQuery(metrics=("csat", "aht"), by=("topic",), period=may, pins=("csat@1", "aht@1"))
    with pytest.raises(NotPermitted):
        freeze(work, query)
    plain = PeriodSpec(start=may.start, end=may.end)
    assert seen == [(MetricQuery(metrics=("csat",), period=plain, pins=("csat@1",)), channel)]


def test_handlers_ask_the_engine_through_their_work_alone() -> None:
    """A forgotten audience would show in a channel what is for one person."""
    room = Path(str(handlers.__file__)).parent
    asking = {
        path.relative_to(room).as_posix() for path in room.rglob("*.py") if "engine.run(" in path.read_text("utf-8")
    }
    # The review reads weeks to compare tiles, and shows none of them.
    assert asking <= {"desk.py", "dashboard_review.py"}
