"""Any text at all gets an answer, a question back or a polite no; never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontline.core.reply import Outcome
from frontline.metrics.query import MetricQuery

from .conftest import Ask

_KNOWN = """csat fcr aht by per team channel gold vs and without only last this week month may q1 top 5 worst why
    forecast
    target the of in , . ? % 2026 11 since from to between before after drop also filter compare previous year all which
    calls tickets cost sla business phone - / trend daily start over end half first 20 seconds zebra"""
_WORDS = st.sampled_from(sorted(set(_KNOWN.split())))


@given(text=st.text(max_size=200))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_characters_are_survived(ask: Ask, text: str) -> None:
    assert ask(text).outcome in Outcome


@given(words=st.lists(_WORDS, min_size=1, max_size=14), more=st.lists(_WORDS, min_size=1, max_size=8))
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_mix_of_known_words_is_survived_alone_and_in_a_thread(ask: Ask, words: list[str], more: list[str]) -> None:
    first = ask(" ".join(words))
    previous = first.query or ask("csat by team for gold in may").query
    second = ask(" ".join(more), previous)
    for parsed in (first, second):
        assert (parsed.query is not None) or parsed.outcome is not Outcome.ANSWERED or parsed.intent != "metric"
        assert len(parsed.readings) <= 4


@pytest.mark.parametrize(
    "text", ["", "   ", "?!", "🎉🎉", "\x00\x01", "a" * 4000, "csat " * 1000, "你好吗", "'; drop table cases; --"]
)
def test_odd_input_is_never_answered(ask: Ask, text: str) -> None:
    parsed = ask(text)
    assert parsed.outcome is not Outcome.ANSWERED
    assert parsed.message


@pytest.mark.parametrize(
    "text",
    ["csat of zebra in may", "csat on whatsapp", "csat by astrological sign", "fcr within 12 days", "csat above 80%",
     "p90 handle time yesterday", "csat in the morning of 3 june", "aht for team Zebra", "share of cases by topic"],
)  # fmt: skip
def test_a_word_that_matters_is_never_passed_over(ask: Ask, text: str) -> None:
    assert ask(text).outcome in (Outcome.ABSTAINED, Outcome.CLARIFY)


def test_abstention_names_the_words_and_the_nearest_metrics(ask: Ask) -> None:
    parsed = ask("csat on whatsapp in may")
    assert parsed.outcome is Outcome.ABSTAINED
    assert parsed.not_understood == ("whatsapp",)
    assert parsed.nearest[0] == "csat"
    assert "whatsapp" in parsed.message


@pytest.mark.parametrize(
    "text", ["aht by agent last week", "csat of Jip Terpstra in may", "which agent has the lowest qa score"]
)
def test_single_agents_are_denied_with_the_query_beside(ask: Ask, text: str) -> None:
    parsed = ask(text)
    assert parsed.outcome is Outcome.DENIED
    assert isinstance(parsed.query, MetricQuery)


@pytest.mark.parametrize("text", ["email addresses of gold customers", "give me the names of customers who churned"])
def test_personal_data_are_denied_without_a_query(ask: Ask, text: str) -> None:
    parsed = ask(text)
    assert (parsed.outcome, parsed.query) == (Outcome.DENIED, None)


def test_a_real_word_is_never_taken_for_a_slip(ask: Ask) -> None:
    assert ask("season for low csat").outcome is not Outcome.ANSWERED
    assert ask("csat in aprll").query == ask("csat in april").query


def test_ambiguous_words_offer_full_readings(ask: Ask) -> None:
    parsed = ask("sla by team in may")
    assert parsed.outcome is Outcome.CLARIFY
    assert {"sla_attainment", "service_level"} <= {reading.query.metrics[0] for reading in parsed.readings}
    assert all(reading.query.by == ("team",) and "May 2026" in reading.label for reading in parsed.readings)


def test_start_over_forgets_the_thread(ask: Ask) -> None:
    previous = ask("csat by team for gold in may").query
    fresh = ask("start over: nps by region in april", previous).query
    assert fresh is not None
    assert (fresh.metrics, fresh.by, fresh.filters) == (("nps",), ("region",), ())
    assert ask("start over", previous).outcome is Outcome.CLARIFY


def test_a_follow_up_says_what_it_kept(ask: Ask) -> None:
    previous = ask("csat by team for gold in may").query
    parsed = ask("and april?", previous)
    assert parsed.kept == "Kept: Customer satisfaction; by team; tier gold"
