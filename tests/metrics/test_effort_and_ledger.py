"""Ease beyond its easy share, changes of channel, and the ledger as booked: the same numbers in plain Python."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.core.periods import Grain
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import PeriodSpec
from tests.metrics.oracle import WEEK, Oracle, utc
from tests.metrics.test_answers import MAY, ask
from tests.metrics.world import World

START, END = utc(MAY.start), utc(MAY.end)


def test_mean_ease_and_high_effort_are_those_of_the_ratings_on_seven(engine: MetricEngine, oracle: Oracle) -> None:
    scores = [
        row["score"]
        for row in oracle.rows("surveys", "ts", START, END)
        if row["type"] == "ces" and row["scale_max"] in (7, None) and row["score"] is not None
    ]
    mean, n, hard, _ = ask(engine, "ces_mean", "ces_hard").rows[0]
    assert n == len(scores) > 20
    assert mean == pytest.approx(sum(scores) / len(scores))
    assert hard == pytest.approx(sum(score <= 3 for score in scores) / len(scores))


def test_a_change_of_channel_is_the_next_contact_within_a_week_through_another_one(
    engine: MetricEngine, oracle: Oracle
) -> None:
    judged = changed = 0
    for rows in oracle._history.values():
        for at, row in enumerate(rows):
            if START <= row["ts"] < END and oracle._is_mature(row["ts"], WEEK):
                judged += 1
                following = rows[at + 1] if at + 1 < len(rows) else None
                changed += (
                    following is not None
                    and following["ts"] - row["ts"] <= WEEK
                    and following["channel"] != row["channel"]
                )
    value, n = ask(engine, "channel_switch_rate").rows[0]
    assert (value, n) == (pytest.approx(changed / judged), judged)
    assert 0 < value < ask(engine, "recontact_rate").rows[0][0]


def test_the_ledger_is_summed_by_whole_months_and_agrees_with_what_is_shared_out(
    engine: MetricEngine, world: World
) -> None:
    def booked(*months: int) -> float:
        return float(sum(row["amount"] for row in world["costs"] if row["period"].month in months))

    assert ask(engine, "ledger_total").rows[0][0] == pytest.approx(booked(5), abs=0.005)
    shared = ask(engine, "total_cost").rows[0][0]
    assert shared == pytest.approx(ask(engine, "ledger_total").rows[0][0], abs=0.05)
    # From mid April on only May is whole.
    part = PeriodSpec(start=dt.date(2026, 4, 15), end=dt.date(2026, 6, 10))
    assert ask(engine, "ledger_total", period=part).rows[0][0] == pytest.approx(booked(5), abs=0.005)
    spring = PeriodSpec(start=dt.date(2026, 3, 1), end=dt.date(2026, 6, 1), grain=Grain.MONTH)
    by_month = [row[1] for row in ask(engine, "ledger_total", period=spring).rows]
    assert by_month == pytest.approx([booked(3), booked(4), booked(5)], abs=0.005)


def test_repeated_information_is_told_by_the_sending_team_too(engine: MetricEngine, world: World) -> None:
    rows = ask(engine, "repeat_information_rate", by=("from_team",)).rows
    (whole,) = ask(engine, "repeat_information_rate").rows
    assert sum(row[2] for row in rows) == whole[1]
