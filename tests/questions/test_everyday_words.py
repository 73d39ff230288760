"""What people type on an ordinary day: answered as meant, or asked back with what can be shown instead."""

from __future__ import annotations

import pytest

from frontline.catalog.loader import Catalog
from frontline.core.reply import Outcome
from frontline.core.text import QuestionText
from frontline.metrics.query import Kind
from frontline.metrics.questions.parser import QuestionParser
from frontline.metrics.questions.words import cut
from tests.questions.conftest import NOW, Ask


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("what % of calls were answered within 20 seconds yesterday", "service level of phone yesterday"),
        ("is chat busier than phone", "contact volume chat vs phone"),
        ("are we busier this month than last month", "contact volume this month vs last month"),
        ("which topics have the most cases in May", "top 5 topics by case volume in May"),
        ("which topics cause the most repeat contacts in May", "top 5 topics by recontact rate in May"),
        ("how many cases did we resolve at first contact in may", "fcr in may"),
        ("same-topic recontact in may", "recontact rate, same topic, in may"),
        ("gap to target fcr may", "fcr against target in may"),
        ("6 month trend churn", "trend of churn over the last 6 months"),
        ("why are people calling more", "why did contact volume change"),
        ("which channels get the most contacts in May", "top 5 channels by contact volume in May"),
        ("weekly csat from the week of 1 June", "weekly csat since 1 June"),
        ("total cost for the phone channel last year", "total cost last year, phone only"),
        ("total cost of chats last year", "total cost last year, chat only"),
        ("response rate in May, leaving the portal aside", "response rate in May excluding portal"),
        ("csat, ISO weeks 14 to 22", "csat week 14 to week 22"),
        ("backlog EOD per day, MTD", "backlog per day, month to date"),
        ("hi june here, asa for breeze last week", "asa for breeze last week"),
    ],
)
def test_an_everyday_question_is_the_plain_one(ask: Ask, text: str, plain: str) -> None:
    said, meant = ask(text), ask(plain)
    assert said.query is not None, said.message
    assert meant.query is not None, meant.message
    assert said.query.as_json() == meant.query.as_json()


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("busiest hour yesterday", "hour"),
        ("which day last week had the most calls", "day"),
        ("which week in May had the lowest service level", "week"),
        ("what was the best month for nps in 2025", "month"),
    ],
)
def test_for_the_best_of_many_days_all_of_them_are_offered(ask: Ask, text: str, grain: str) -> None:
    said = ask(text)
    assert said.outcome is Outcome.CLARIFY
    assert "single" in said.message
    [offered] = [reading.query for reading in said.readings]
    assert offered.kind is Kind.TREND
    assert offered.period.grain == grain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("why is csat lower on email than on phone in May", "csat of email vs phone in May"),
        ("which channel has the worst csat in May and why", "which channel has the worst csat in May"),
    ],
)
def test_why_one_group_is_above_another_is_not_taken_for_why_both_changed(ask: Ask, text: str, plain: str) -> None:
    said = ask(text)
    assert said.outcome is Outcome.CLARIFY
    assert [reading.query for reading in said.readings] == [ask(plain).query]


def test_a_day_with_its_month_before_it_stays_a_day_and_a_numbered_name_its_number(ask: Ask) -> None:
    said, meant = ask("csat for May 4 by channel"), ask("csat on 4 May by channel")
    assert said.query == meant.query is not None
    assert [token.text for token in cut("csat of plan III in May")] == ["csat", "of", "plan", "iii", "in", "may"]


def test_a_figure_to_offer_that_the_catalog_lacks_is_left_out(catalog: Catalog) -> None:
    assert catalog.lexicon is not None
    lexicon = catalog.lexicon.model_copy(update={"first_asked": ("not_a_metric", "csat")})
    parser = QuestionParser(catalog, lexicon=lexicon)
    for text in ("how was May for Delta?", "how's the queue"):
        said = parser.parse(QuestionText(text), now=NOW)
        assert said.outcome is Outcome.CLARIFY
        assert said.nearest == ("csat",)


def test_what_will_grow_is_forecast(ask: Ask) -> None:
    said = ask("will csat improve next month")
    assert said.query is not None
    assert said.query.kind is Kind.FORECAST


def test_for_a_share_of_a_count_the_counts_side_by_side_are_offered(ask: Ask) -> None:
    said = ask("what percentage of contacts came by chat in may")
    assert said.outcome is Outcome.CLARIFY
    assert "counts" in said.message
    [offered] = [reading.query for reading in said.readings]
    assert (offered.metrics, offered.by, offered.filters) == (("contact_volume",), ("channel",), ())
    in_thread = ask("what percentage of contacts came by chat in may", previous=ask("why did csat drop in May").query)
    assert [reading.query for reading in in_thread.readings] == [offered]


@pytest.mark.parametrize("text", ["how was May for Delta?", "give me Delta in May", "Delta in may"])
def test_where_no_figure_is_named_the_usual_ones_are_offered_for_what_was_said(ask: Ask, text: str) -> None:
    said = ask(text)
    assert said.outcome is Outcome.CLARIFY
    assert [reading.query.metrics[0] for reading in said.readings][:2] == ["service_level", "csat"]
    assert all("team Delta, May 2026" in reading.label for reading in said.readings)


@pytest.mark.parametrize(
    "text",
    [
        "form abandonment in May",
        "how many calls did we phone back in May",
        "first reply within an hour",
        "how many promoters in May",
        "how long do handoffs take",
        "do we need more people on chat",
    ],
)
def test_what_only_sounds_like_a_metric_is_not_answered_with_it(ask: Ask, text: str) -> None:
    assert ask(text).outcome is Outcome.ABSTAINED


def test_the_language_customers_write_in_is_counted_and_no_wrap_up(ask: Ask) -> None:
    said = ask("what language do customers write in most, in May")
    assert said.query is not None
    assert (said.query.metrics, said.query.by) == (("contact_volume",), ("language",))


@pytest.mark.parametrize("channel", ["phone", "chat", "email", "portal"])
def test_a_channel_that_is_named_is_never_dropped(ask: Ask, catalog: Catalog, channel: str) -> None:
    dropped = []
    for metric in catalog.metrics.values():
        for form in ("{} for {} last month", "{} for the {} channel last month", "{} on {} by month this year"):
            query = ask(form.format(metric.title, channel)).query
            if query is not None and channel not in [value for each in query.filters for value in each.values]:
                dropped.append(form.format(metric.title, channel))
    assert dropped == []
