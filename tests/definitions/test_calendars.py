"""Weeks from Sunday and fiscal years from April: what words mean, what is counted, and what it is called."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from frontline.catalog.loader import Catalog, load_catalog
from frontline.core.actor import Role
from frontline.core.clock import UTC, FrozenClock
from frontline.core.periods import Grain, Period, Units, cutting, floor_date, step_date
from frontline.core.text import QuestionText
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import MetricQuery, PeriodSpec
from frontline.metrics.questions import QuestionParser
from handlers.assistant.numbers import show_bucket
from tests.metrics.world import NOW, ZONE, OpenDoor, SmallFacts, make_world, person, write_facts

WEDNESDAY = dt.datetime(2026, 6, 17, 8, 40, tzinfo=UTC)


def calendar(folder: Path, *lines: str) -> Catalog:
    folder.mkdir(exist_ok=True)
    (folder / "calendar.yaml").write_text("".join(f"{line}\n" for line in lines))
    return load_catalog(folder)


@pytest.fixture(scope="module")
def sunday(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return calendar(tmp_path_factory.mktemp("sunday"), "week_starts: sunday")


@pytest.fixture(scope="module")
def april(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return calendar(tmp_path_factory.mktemp("april"), "fiscal_year_starts: 4")


@pytest.fixture(scope="module")
def sunday_parser(sunday: Catalog) -> QuestionParser:
    return QuestionParser(sunday)


@pytest.fixture(scope="module")
def april_parser(april: Catalog) -> QuestionParser:
    return QuestionParser(april)


def span(parser: QuestionParser, words: str) -> str:
    parsed = parser.parse(QuestionText(f"case volume {words}"), now=WEDNESDAY)
    assert parsed.query is not None, parsed.message
    return f"{parsed.query.period.start} {parsed.query.period.end}"


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        ("last week", "2026-06-07 2026-06-14"),
        ("this week", "2026-06-14 2026-06-18"),
        ("last 2 weeks", "2026-05-31 2026-06-14"),
        ("the week of 11 May", "2026-05-10 2026-05-17"),
        ("week 20", "2026-05-10 2026-05-17"),
        ("wednesday last week", "2026-06-10 2026-06-11"),
        ("sunday last week", "2026-06-07 2026-06-08"),
        ("last weekend", "2026-06-13 2026-06-15"),
        ("last month", "2026-05-01 2026-06-01"),
    ],
)
def test_weeks_from_sunday(sunday_parser: QuestionParser, words: str, dates: str) -> None:
    assert span(sunday_parser, words) == dates


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        ("last quarter", "2026-01-01 2026-04-01"),
        ("this year", "2026-04-01 2026-06-18"),
        ("last year", "2025-04-01 2026-04-01"),
        ("ytd", "2026-04-01 2026-06-18"),
        ("in Q1", "2026-04-01 2026-06-18"),
        ("in Q4", "2026-01-01 2026-04-01"),
        ("in H2", "2025-10-01 2026-04-01"),
        ("in FY2026", "2025-04-01 2026-04-01"),
        ("in fy26", "2025-04-01 2026-04-01"),
        ("in calendar year 2025", "2025-01-01 2026-01-01"),
        ("in 2025", "2025-01-01 2026-01-01"),
        ("in May", "2026-05-01 2026-06-01"),
    ],
)
def test_fiscal_years_from_april(april_parser: QuestionParser, words: str, dates: str) -> None:
    assert span(april_parser, words) == dates


def test_a_series_is_cut_where_the_calendar_says(sunday: Catalog, april: Catalog, tmp_path: Path) -> None:
    world = make_world()
    facts = SmallFacts(write_facts(tmp_path / "facts-7.duckdb", world))
    opened = [row["opened_at"].replace(tzinfo=UTC).astimezone(ZONE).date() for row in world["cases"]]
    for catalog, grain, period in (
        (sunday, Grain.WEEK, Period(dt.date(2026, 4, 5), dt.date(2026, 5, 31))),
        (april, Grain.QUARTER, Period(dt.date(2026, 1, 1), dt.date(2026, 6, 1))),
        (april, Grain.YEAR, Period(dt.date(2026, 1, 1), dt.date(2026, 6, 1))),
    ):
        with cutting(catalog.calendar.units):
            wanted = Counter(floor_date(day, grain) for day in opened if period.contains(day))
        engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())
        spec = PeriodSpec(start=period.start, end=period.end, grain=grain)
        found = engine.run(person(Role.ANALYST), MetricQuery(metrics=("case_volume",), period=spec))
        counts = {dt.date.fromisoformat(row[0]): row[1] for row in found.rows}
        assert counts == {day: wanted.get(day, 0) for day in counts}
        assert sum(counts.values()) == sum(wanted.values())
        assert all(day.weekday() == 6 for day in counts) or grain is not Grain.WEEK


def test_units_have_names_that_say_whose_year_it_is() -> None:
    with cutting(Units(first_month=4)):
        assert show_bucket(dt.date(2026, 4, 1), Grain.QUARTER) == "Q1 FY2027"
        assert show_bucket(dt.date(2026, 1, 1), Grain.QUARTER) == "Q4 FY2026"
        assert show_bucket(dt.date(2025, 4, 1), Grain.YEAR) == "FY2026"
    assert show_bucket(dt.date(2026, 4, 1), Grain.QUARTER) == "Q2 2026"
    with cutting(Units(first_weekday=6)):
        assert show_bucket(dt.date(2026, 6, 14), Grain.WEEK) == "w25 14 Jun"


@pytest.mark.parametrize("first_weekday", [0, 5, 6])
@pytest.mark.parametrize("first_month", [1, 4, 7, 10])
def test_every_day_lies_in_the_unit_that_it_is_floored_to(first_weekday: int, first_month: int) -> None:
    with cutting(Units(first_weekday, first_month)):
        for number in range(0, 800, 3):
            day = dt.date(2025, 1, 1) + dt.timedelta(days=number)
            for grain in (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR):
                start = floor_date(day, grain)
                assert start <= day < step_date(start, grain, 1)
                assert floor_date(start, grain) == start


def test_weeks_of_last_year_move_by_52_weeks() -> None:
    week = Period(dt.date(2026, 6, 7), dt.date(2026, 6, 14))
    with cutting(Units(first_weekday=6)):
        assert week.last_year() == week.shifted_days(-364)
    assert week.last_year().start == dt.date(2025, 6, 7)
