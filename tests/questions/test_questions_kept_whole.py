"""What would change the figure is never passed over; what only looks like it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from frontline.catalog.loader import Catalog
from frontline.catalog.organisation import Organisation
from frontline.core.periods import Grain
from frontline.core.reply import Outcome
from frontline.core.text import QuestionText
from frontline.metrics.query import Kind
from frontline.metrics.questions.parser import QuestionParser

from .conftest import NOW, Ask


@pytest.mark.parametrize(
    "text",
    [
        "csat may, just the newbies",
        "when it is android, csat in may",
        "aht, wrap excluded",
        "aht in may, not counting hold",
        "are Delta or Fjord worse at passing the parcel this month? transfer rate please",
        "transfer rate for p1 incidents in week 23",
        "handle time of calls taken by new hires, week 24",
    ],
)
def test_a_restriction_that_nobody_knows_is_never_passed_over(text: str, ask: Ask) -> None:
    parsed = ask(text)
    assert (parsed.intent, parsed.outcome) in {("metric", Outcome.ABSTAINED), ("metric", Outcome.CLARIFY)}


@pytest.mark.parametrize("text", ["when you have a sec, csat in may", "just wondering, csat in may"])
def test_a_courtesy_is_no_restriction(text: str, ask: Ask) -> None:
    assert ask(text).outcome is Outcome.ANSWERED


def test_what_somebody_does_tomorrow_makes_no_forecast(ask: Ask) -> None:
    query = ask("presenting this tomorrow, so ces by product").query
    assert query is not None
    assert (query.kind, query.by) == (Kind.LOOKUP, ("product",))


@pytest.mark.parametrize(("text", "order"), [("rank regions by churn", "desc"), ("best regions by churn", "asc")])
def test_rank_alone_follows_the_number_and_best_the_polarity(text: str, order: str, ask: Ask) -> None:
    query = ask(text).query
    assert query is not None
    assert query.order == order


def test_month_on_month_over_many_is_a_series(ask: Ask) -> None:
    query = ask("cost per case, month on month, trailing 12 months").query
    assert query is not None
    assert (query.kind, query.period.grain, query.compare) == (Kind.TREND, Grain.MONTH, None)


def test_much_is_many_where_things_are_counted(ask: Ask) -> None:
    for text in ("how much phone calls in may", "how much tickets in may", "how much contacts in may"):
        assert ask(text).outcome is Outcome.ANSWERED


def test_the_organisations_own_name_says_nothing_and_a_name_with_more_to_it_does(catalog: Catalog) -> None:
    own = replace(catalog, organisation=Organisation(name="Brightwater Energy"))
    parser = QuestionParser(own)

    def outcome(text: str) -> Outcome:
        return parser.parse(QuestionText(text), now=NOW).outcome

    assert outcome("csat at Brightwater in may") is Outcome.ANSWERED
    assert outcome("csat at Brightwater Plus in may") is Outcome.ABSTAINED
