"""The answer as people get it: columns, gaps, comparisons, rankings, hidden cells, stamps."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import MetricKind
from frontline.core.actor import SYSTEM
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotFound, UsageError
from frontline.core.periods import Grain, Period
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, MetricQuery, MetricResult, PeriodSpec, Span
from tests.metrics.oracle import Oracle, utc
from tests.metrics.world import NOW, OpenDoor, SmallFacts, World, write_facts

MAY = PeriodSpec(start=dt.date(2026, 5, 1), end=dt.date(2026, 6, 1))
THIS_MONTH = PeriodSpec(start=dt.date(2026, 6, 1), end=dt.date(2026, 6, 18))


def ask(engine: MetricEngine, *metrics: str, period: PeriodSpec = MAY, **rest: object) -> MetricResult:
    return engine.run(SYSTEM, MetricQuery.model_validate({"metrics": metrics, "period": period, **rest}))


def test_two_metrics_stand_side_by_side_with_their_n(engine: MetricEngine) -> None:
    result = ask(engine, "csat", "aht", by=("channel",))

    assert result.columns == ("channel", "csat", "csat_n", "aht", "aht_n")
    assert [row[0] for row in result.rows] == ["phone", "chat", "email"]
    assert [stamp.metric for stamp in result.stamps] == ["csat", "aht"]


def test_additive_metrics_sum_over_any_breakdown(engine: MetricEngine) -> None:
    for metric in ("contact_volume", "case_volume", "backlog"):
        (whole,) = ask(engine, metric).rows
        for dim in ("channel", "team", "segment", "topic", "priority"):
            assert sum(row[1] for row in ask(engine, metric, by=(dim,)).rows) == whole[0]


def test_cost_by_any_breakdown_adds_up_to_the_ledger(engine: MetricEngine, world: World) -> None:
    ledger = sum(row["amount"] for row in world["costs"] if row["period"] == dt.date(2026, 5, 1))
    for by in ((), ("team",), ("channel",), ("segment",), ("topic", "channel")):
        rows = ask(engine, "total_cost", by=by).rows
        assert sum(row[len(by)] for row in rows) == pytest.approx(ledger, abs=0.05)


def test_a_ledger_line_of_one_team_and_channel_reaches_only_them(
    catalog: Catalog, tmp_path: Path, world: World
) -> None:
    line = {"period": dt.date(2026, 5, 1), "cost_type": "tool", "amount": 900.0, "currency": "EUR"}
    small = {**world, "costs": [{**line, "team_id": "t2", "channel": "chat"}]}
    engine = MetricEngine(catalog, SmallFacts(write_facts(tmp_path / "f.duckdb", small)), FrozenClock(NOW), OpenDoor())

    costs = {row[:2]: row[2] for row in ask(engine, "total_cost", by=("team", "channel")).rows if row[2] is not None}

    assert costs.pop(("Breeze", "chat")) == pytest.approx(900.0)
    assert not any(costs.values())


def test_cost_per_case_is_cost_over_cases(engine: MetricEngine) -> None:
    cost, cases = ask(engine, "total_cost").rows[0][0], ask(engine, "case_volume").rows[0][0]
    value, n = ask(engine, "cost_per_case").rows[0]

    assert value == pytest.approx(cost / cases, abs=0.01)
    assert n == cases


def test_the_ledger_says_how_far_it_reaches(engine: MetricEngine) -> None:
    period = PeriodSpec(start=dt.date(2026, 4, 1), end=dt.date(2026, 6, 18))
    assert any("May 2026" in note for note in ask(engine, "total_cost", period=period).stamps[0].notes)


def test_occupancy_is_handling_time_of_staffed_time(engine: MetricEngine, world: World) -> None:
    start, end = utc(dt.date(2026, 6, 10)), utc(dt.date(2026, 6, 12))
    seconds = dict.fromkeys(("available", "handling", "acw", "break", "offline"), 0.0)
    for row in world["agent_states"]:
        low, high = max(row["ts_from"], start), min(row["ts_to"] or NOW.replace(tzinfo=None), end)
        seconds[row["state"]] += max((high - low).total_seconds(), 0)
    busy = seconds["handling"] + seconds["acw"]
    period = PeriodSpec(start=dt.date(2026, 6, 10), end=dt.date(2026, 6, 12))

    value, _ = ask(engine, "occupancy", period=period).rows[0]
    by_hour = ask(engine, "occupancy", period=period.model_copy(update={"grain": Grain.HOUR}))

    assert value == pytest.approx(busy / (busy + seconds["available"]))
    assert len(by_hour.rows) == 48


def test_queue_metrics_take_the_newest_reading_of_every_queue(engine: MetricEngine) -> None:
    today = PeriodSpec(start=dt.date(2026, 6, 17), end=dt.date(2026, 6, 18))

    assert ask(engine, "contacts_waiting", period=today).rows[0][0] == 7
    assert ask(engine, "longest_wait", period=today, by=("queue",)).rows == (("care", 50.0, 2), ("tech", 70.0, 1))
    assert ask(engine, "agents_available", period=today, by=("channel",)).rows == (("phone", 5, 2), ("chat", 1, 1))


def test_a_series_shows_zero_for_counts_and_nothing_for_ratios_and_for_days_never_loaded(engine: MetricEngine) -> None:
    period = PeriodSpec(start=dt.date(2026, 2, 27), end=dt.date(2026, 3, 14), grain="day")
    result = ask(engine, "tag_volume", "csat", period=period)
    days = {row[0]: row for row in result.rows}

    assert len(days) == 15
    assert days["2026-03-05"][1] is None
    assert days["2026-03-05"][3] is None
    assert any(row[1] == 0 and row[2] == 0 for row in result.rows)
    assert any("not loaded" in note for note in result.stamps[0].notes)


def test_the_days_of_the_changes_of_clocks_have_23_and_25_hours(
    catalog: Catalog, tmp_path: Path, engine: MetricEngine
) -> None:
    spring = PeriodSpec(start=dt.date(2026, 3, 29), end=dt.date(2026, 3, 30), grain="hour")
    labels = [row[0] for row in ask(engine, "contact_volume", period=spring).rows]
    assert len(labels) == 23
    assert labels[1:3] == ["2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00"]

    rows = [
        {"interaction_id": f"i{n}", "ts": dt.datetime(2025, 10, 25, 22) + dt.timedelta(minutes=5 * n)}
        for n in range(300)
    ]
    spans = {"interactions": [(dt.date(2025, 10, 26), dt.date(2025, 10, 27))]}
    facts = SmallFacts(write_facts(tmp_path / "f.duckdb", {"interactions": rows}, spans=spans))
    autumn = PeriodSpec(start=dt.date(2025, 10, 26), end=dt.date(2025, 10, 27), grain="hour")
    result = ask(MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor()), "contact_volume", period=autumn)
    assert [row[1] for row in result.rows] == [12] * 25
    assert len({row[0] for row in result.rows}) == 25


def test_an_unfinished_period_is_flagged_and_compared_with_equal_elapsed_time(
    engine: MetricEngine, oracle: Oracle
) -> None:
    result = ask(engine, "contact_volume", period=THIS_MONTH, kind="comparison", compare="previous")

    assert result.is_unfinished
    assert result.compare_period == Period(dt.date(2026, 5, 1), dt.date(2026, 6, 1))
    assert result.columns == ("window", "contact_volume", "contact_volume_n")
    newest = max(row["ts"] for row in oracle.world["interactions"])
    elapsed = newest - utc(dt.date(2026, 6, 1))
    start = utc(dt.date(2026, 5, 1))
    expected, _ = oracle.measure("contact_volume", start, start + elapsed, lambda row: True)
    assert [row[:2] for row in result.rows][1] == ("compare", expected)
    assert any("same elapsed time" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    ("period", "compare", "expected"),
    [
        (MAY, "previous", ("2026-04-01", "2026-05-01")),
        (MAY, "last_year", ("2025-05-01", "2025-06-01")),
        (PeriodSpec(start=dt.date(2026, 6, 15), end=dt.date(2026, 6, 18)), "previous", ("2026-06-08", "2026-06-15")),
        (PeriodSpec(start=dt.date(2026, 6, 1), end=dt.date(2026, 6, 8)), "previous", ("2026-05-25", "2026-06-01")),
        (PeriodSpec(start=dt.date(2026, 6, 17), end=dt.date(2026, 6, 18)), "previous", ("2026-06-16", "2026-06-17")),
        (PeriodSpec(start=dt.date(2026, 4, 1), end=dt.date(2026, 6, 18)), "previous", ("2026-01-01", "2026-04-01")),
        (MAY, Span(start=dt.date(2026, 2, 1), end=dt.date(2026, 2, 15)), ("2026-02-01", "2026-02-15")),
    ],
)
def test_what_a_period_is_compared_with(
    engine: MetricEngine, period: PeriodSpec, compare: object, expected: tuple[str, str]
) -> None:
    result = ask(engine, "contact_volume", period=period, compare=compare)
    assert result.compare_period == Period(*map(dt.date.fromisoformat, expected))


def test_why_about_one_day_takes_the_same_weekday_of_the_week_before(engine: MetricEngine) -> None:
    day = PeriodSpec(start=dt.date(2026, 6, 16), end=dt.date(2026, 6, 17))
    result = ask(engine, "contact_volume", period=day, kind="why")
    assert result.compare_period == Period(dt.date(2026, 6, 9), dt.date(2026, 6, 10))


def test_a_ranking_is_cut_at_its_limit_but_keeps_ties(catalog: Catalog, tmp_path: Path) -> None:
    sizes = {"billing": 30, "refunds": 20, "router": 20, "roaming": 12}
    rows = [
        {"case_id": f"{topic}{n}", "opened_at": dt.datetime(2026, 5, 4, 9), "topic": topic}
        for topic, count in sizes.items()
        for n in range(count)
    ]
    facts = SmallFacts(write_facts(tmp_path / "f.duckdb", {"cases": rows}))
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())

    top = ask(engine, "case_volume", by=("topic",), kind="ranking", order="desc", limit=2)
    low = ask(engine, "case_volume", by=("topic",), kind="ranking", order="asc", limit=1)

    assert top.rows == (("billing", 30, 30), ("refunds", 20, 20), ("router", 20, 20))
    assert low.rows == (("roaming", 12, 12),)


def test_small_groups_are_null_and_listed_and_so_is_their_complement(catalog: Catalog, tmp_path: Path) -> None:
    sizes = {"north": 40, "south": 3, "west": 25}
    rows = [
        {
            "survey_id": f"{region}{n}",
            "ts": dt.datetime(2026, 5, 4, 9),
            "type": "csat",
            "score": 4.0,
            "customer_key": region,
        }
        for region, count in sizes.items()
        for n in range(count)
    ]
    people = [{"customer_key": region, "region": region} for region in sizes]
    facts = SmallFacts(write_facts(tmp_path / "f.duckdb", {"surveys": rows, "customers": people}))
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())

    result = ask(engine, "csat", by=("region",))

    assert result.rows == (("north", 1.0, 40), ("south", None, None), ("west", None, None))
    assert result.suppressed == ((1, 1), (1, 2), (2, 1), (2, 2))
    # Everybody but the three of the south would tell of the three.
    without = ask(engine, "csat", filters=(Filter(dim="region", op="not_in", values=("south",)),))
    assert without.rows == ((None, None),)
    assert without.stamps[0].n is None


def test_an_immature_stretch_is_left_out_and_said(engine: MetricEngine) -> None:
    result = ask(engine, "recontact_rate", period=THIS_MONTH)
    stamp = result.stamps[0]

    assert any("left out: younger than the 7-day window" in note for note in stamp.notes)
    assert 0 < stamp.coverage["identified callers"] < 1
    assert stamp.definition_hash
    assert (stamp.version, stamp.zone, stamp.generation) == ("2", "Europe/Amsterdam", "7")


def test_what_is_not_loaded_is_said_with_what_would_unlock_it(catalog: Catalog, tmp_path: Path) -> None:
    rows = [{"case_id": f"k{n}", "opened_at": dt.datetime(2026, 5, 4)} for n in range(30)]
    facts = SmallFacts(write_facts(tmp_path / "f.duckdb", {"cases": rows}))
    engine = MetricEngine(catalog, facts, FrozenClock(NOW), OpenDoor())

    assert ask(engine, "case_volume").rows == ((30, 30),)
    for metric in (
        "backlog",
        "resolution_time",
        "csat",
        "service_level",
        "churn_rate",
        "cost_per_case",
        "contacts_waiting",
    ):
        with pytest.raises(NotFound) as caught:
            ask(engine, metric)
        assert caught.value.next_step.startswith(("Load", "Feed"))
    with pytest.raises(NotFound, match="No region"):
        ask(engine, "case_volume", by=("region",))
    with pytest.raises(NotFound, match="loaded for that period"):
        ask(engine, "case_volume", period=PeriodSpec(start=dt.date(2024, 1, 1), end=dt.date(2024, 2, 1)))


def test_questions_without_an_answer_are_refused(engine: MetricEngine) -> None:
    with pytest.raises(NotFound, match="no metric"):
        ask(engine, "happiness")
    with pytest.raises(NotFound, match="no dimension"):
        ask(engine, "csat", by=("moon",))
    with pytest.raises(UsageError, match="cannot be cut by topic"):
        ask(engine, "churn_rate", by=("topic",))
    with pytest.raises(UsageError, match="has not begun"):
        ask(engine, "csat", period=PeriodSpec(start=dt.date(2026, 7, 1), end=dt.date(2026, 8, 1)))


def test_nothing_after_now_is_looked_at(catalog: Catalog, facts: SmallFacts, oracle: Oracle) -> None:
    then = dt.datetime(2026, 5, 20, 12, tzinfo=dt.UTC)
    engine = MetricEngine(catalog, facts, FrozenClock(then), OpenDoor())
    value, _ = ask(engine, "contact_volume").rows[0]
    expected, _ = oracle.measure("contact_volume", utc(MAY.start), then.replace(tzinfo=None), lambda row: True)
    assert value == expected


def test_a_variant_of_the_definition_is_a_metric_of_its_own(engine: MetricEngine) -> None:
    result = ask(engine, "service_level", "service_level_of_answered", "service_level_without_short_abandons")
    of_offered, _, of_answered, _, without_short, _ = result.rows[0]
    assert of_offered < without_short
    assert of_offered < of_answered
    assert len({stamp.definition_hash for stamp in result.stamps}) == 3


def test_a_filter_that_nothing_meets_says_so(engine: MetricEngine) -> None:
    nobody = (Filter(dim="channel", values=("whatsapp",)),)
    assert ask(engine, "csat", filters=nobody).rows == ((None, 0),)
    assert "nothing matched in this period" in ask(engine, "contact_volume", filters=nobody).warnings


def test_values_match_in_any_case_and_with_underscores(engine: MetricEngine) -> None:
    plain = ask(engine, "contact_volume", filters=(Filter(dim="team", values=("Aurora",)),))
    shouted = ask(engine, "contact_volume", filters=(Filter(dim="team", values=("AURORA",)),))
    assert plain.rows == shouted.rows


def test_every_metric_answers_and_takes_each_of_its_dimensions(engine: MetricEngine, catalog: Catalog) -> None:
    today = PeriodSpec(start=dt.date(2026, 6, 17), end=dt.date(2026, 6, 18))
    for key, metric in catalog.metrics.items():
        period = {MetricKind.LATEST: today, MetricKind.STATE_TIME: THIS_MONTH}.get(metric.kind, MAY)
        result = ask(engine, key, period=period)
        assert result.columns == (key, f"{key}_n")
        assert result.rows[0][0] is not None
        for dim in {"channel", "team", "site", "priority"} & set(catalog.allowed_dimensions(key)):
            assert ask(engine, key, period=period, by=(dim,)).columns[0] == dim


def test_queue_metrics_know_only_now(engine: MetricEngine) -> None:
    with pytest.raises(NotFound, match="known only for now"):
        ask(engine, "contacts_waiting")
    with pytest.raises(UsageError, match="not as a series"):
        ask(engine, "longest_wait", period=MAY.model_copy(update={"grain": Grain.DAY}))


def test_of_two_contacts_in_the_same_second_each_is_followed_by_the_other(catalog: Catalog, tmp_path: Path) -> None:
    at = dt.datetime(2026, 5, 4, 9)
    shared = {"outcome": "answered", "direction": "inbound"}
    pairs = [
        {"interaction_id": f"i{n}{half}", "ts": at + dt.timedelta(hours=n), "customer_key": f"c{n}", **shared}
        for n in range(20)
        for half in "ab"
    ]
    alone = [{"interaction_id": f"x{n}", "ts": at, "customer_key": f"x{n}", **shared} for n in range(40)]
    facts = SmallFacts(write_facts(tmp_path / "f.duckdb", {"interactions": [*pairs, *alone]}))
    # Loaded to 17 June, so that all of May has aged.
    engine = MetricEngine(catalog, _Until(facts), FrozenClock(NOW), OpenDoor())

    assert ask(engine, "recontact_rate").rows == ((0.5, 80),)
    assert ask(engine, "fcr_rate").rows == ((pytest.approx(40 / 60), 60),)


class _Until:
    """The same facts with a watermark of now."""

    def __init__(self, facts: SmallFacts) -> None:
        self.generation, self.connect = facts.generation, facts.connect

    def watermark(self, table: str) -> dt.datetime:
        return NOW


@pytest.mark.parametrize("grain", [None, "week"])
@pytest.mark.parametrize("filters", [(), (Filter(dim="channel", values=("phone",)),)])
def test_coverage_is_the_share_of_identified_contacts(
    engine: MetricEngine, world: World, grain: str | None, filters: tuple[Filter, ...]
) -> None:
    start, end = dt.date(2026, 4, 1), dt.date(2026, 5, 1)
    period = PeriodSpec.model_validate({"start": start, "end": end, "grain": grain})
    taken = [
        row
        for row in world["interactions"]
        if utc(start) <= row["ts"] < utc(end)
        and row["outcome"] in ("answered", "transferred")
        and row["direction"] != "outbound"
        and (not filters or row["channel"] == "phone")
    ]
    share = sum(row["customer_key"] is not None for row in taken) / len(taken)
    for metric in ("recontact_rate", "fcr_rate", "recontact_rate_same_topic"):
        query = MetricQuery(metrics=(metric,), filters=filters, period=period)
        stamp = engine.run(SYSTEM, query).stamps[0]
        said = {} if stamp.n is None else {"identified callers": round(share, 4)}
        assert stamp.coverage == said
