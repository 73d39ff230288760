"""A question about one person is refused or asked back, never answered with the figure of everybody."""

from __future__ import annotations

import pytest

from frontline.catalog.lexicon import load_lexicon
from frontline.catalog.loader import Catalog
from frontline.core.reply import Outcome
from frontline.metrics.questions.vocabulary import Vocabulary
from frontline.metrics.questions.words import cut

from .conftest import Ask


@pytest.mark.parametrize(
    "text",
    [
        "csat for customers called Jan",
        "nps of clients named Pieter in april",
        "how happy are people by the name of Kowalski",
        "complaints by the customer with the surname Oliveira",
        "show me the tickets of a caller called Wojtek",
        "csat van klanten genaamd Willem",
        "complaints from Mrs Jansen",
        "chats with Mr. Gold yesterday",
        "klachten van mevrouw de Vries",
        "wait of Miss Aldridge last week",
        "what did Maria Silva call about",
        "has Joao Pereira complained this year?",
        "why did kowalski cancel",
        "complaints from Zuzana Hrubcova",
        "cases of customer 12345",
        "how often did client no. 881234 ring us",
        "handle time for customer #77 in may",
        "klachten van klantnummer 4711",
        "what happened with customer CU-00912",
        "calls from maria.s@example.org in may",
        "complaints from +31 6 1234 5678",
        "show individual customers in the north",
    ],
)
def test_a_customer_by_name_or_number_is_refused(ask: Ask, text: str) -> None:
    parsed = ask(text)
    assert (parsed.outcome, parsed.query, parsed.readings) == (Outcome.DENIED, None, ())
    assert "personal data" in parsed.message


@pytest.mark.parametrize(
    "text",
    [
        "how many customers called in May",
        "customers called twice",
        "how many customers called about billing last week",
        "customers called us yesterday",
        "how many clients phoned on 3 june",
        "what did gold customers call about in may",
        "how did call volume change in may",
        "contact volume per customer segment 2025",
        "Mr Jansen from finance asks: csat last month",
        "Hi Mrs Silva, what was nps in may?",
        "fcr in april please, thanks, Maria",
        "for my meeting with Mrs Bakker: aht last week",
        "what did marketing promise about the router",
    ],
)
def test_people_in_general_and_people_addressed_are_no_personal_data(ask: Ask, text: str) -> None:
    assert ask(text).outcome is not Outcome.DENIED


def test_what_a_colleague_owns_is_no_secret_of_a_customer(ask: Ask) -> None:
    for text in ("open actions of Maria", "who owns the action of Mr Jansen"):
        parsed = ask(text)
        assert (parsed.outcome, parsed.intent) == (Outcome.ANSWERED, "ownership")


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("my aht last month", "aht"),
        ("my csat", "csat"),
        ("show me my own fcr by channel in may", "fcr_rate"),
        ("what is my average handle time this week?", "aht"),
        ("my last month aht", "aht"),
        ("aht of my calls yesterday", "aht"),
        ("how many calls did i take yesterday", "contact_volume"),
        ("how am I doing on csat this month", "csat"),
        ("handle time of mine last week", "aht"),
        ("csat for me, last month", "csat"),
        ("mijn csat vorige maand", "csat"),
        ("aht of my agents last week", "aht"),
        ("what was her csat in may", "csat"),
    ],
)
def test_figures_of_the_asker_are_asked_back_with_those_of_everybody(ask: Ask, text: str, metric: str) -> None:
    parsed = ask(text)
    assert (parsed.outcome, parsed.query) == (Outcome.CLARIFY, None)
    assert [reading.query.metrics for reading in parsed.readings] == [(metric,)]
    assert "agent" not in str(parsed.readings[0].query.as_json())
    assert "App Home" in parsed.message
    assert "agreement" in parsed.message


def test_the_askers_own_figure_is_asked_back_in_a_thread_too(ask: Ask) -> None:
    previous = ask("csat by team for gold in may").query
    parsed = ask("and my aht?", previous)
    assert parsed.outcome is Outcome.CLARIFY
    assert parsed.readings[0].query.metrics == ("aht",)


@pytest.mark.parametrize(
    ("text", "dim", "offers"),
    [
        ("our team's csat", "team", 1),
        ("my team's fcr last month", "team", 1),
        ("Could you tell me the aht for my team in week 21?", "team", 1),
        ("fcr van ons team in mei", "team", 1),
        ("my site's csat in april", "site", 4),
        ("backlog of our queue", "queue", 1),
        ("which team has the best csat of my three teams in may", "team", 1),
        ("acw by her team", "team", 1),
    ],
)
def test_whose_team_is_asked_back_with_all_of_them_side_by_side(ask: Ask, text: str, dim: str, offers: int) -> None:
    parsed = ask(text)
    assert (parsed.outcome, parsed.query) == (Outcome.CLARIFY, None)
    assert len(parsed.readings) == offers
    assert parsed.readings[0].query.by == (dim,)
    for reading in parsed.readings[1:]:
        assert [item.dim for item in reading.query.filters] == [dim]
    assert "yours" in parsed.message


@pytest.mark.parametrize(
    "text",
    [
        "our csat in may",
        "csat of our customers in may",
        "csat in may for my board",
        "csat in may for my presentation",
        "for my csat report: csat in may",
        "can you get the csat of may for me",
        "my boss wants to know the csat in may",
        "csat van onze klanten in mei",
        "my question is: csat in may",
    ],
)
def test_our_figures_and_my_occasions_are_answered(ask: Ask, text: str) -> None:
    parsed = ask(text)
    assert parsed.outcome is Outcome.ANSWERED
    assert parsed.query == ask("csat in may").query


@pytest.mark.parametrize(
    ("text", "metric", "filters"),
    [
        ("how many customers contacted us in May", "contact_volume", {}),
        ("how many of our gold customers contacted us in May?", "contact_volume", {"tier": ("gold",)}),
        ("how many different callers did we have in May", "contact_volume", {"channel": ("phone",)}),
        ("Please give me the number of customers in May.", "contact_volume", {}),
        ("unique customers, may", "contact_volume", {}),
        ("how many distinct clients emailed in may", "contact_volume", {"channel": ("email",)}),
        ("how many people called in may", "contact_volume", {"channel": ("phone",)}),
        ("how many customers opened a ticket in may", "case_volume", {}),
        ("aantal unieke klanten in mei", "contact_volume", {}),
        ("how many individual customers contacted us in May", "contact_volume", {}),
    ],
)
def test_heads_are_no_contacts(ask: Ask, text: str, metric: str, filters: dict[str, tuple[str, ...]]) -> None:
    parsed = ask(text)
    assert (parsed.outcome, parsed.query) == (Outcome.CLARIFY, None)
    query = parsed.readings[0].query
    assert query.metrics == (metric,)
    assert {item.dim: item.values for item in query.filters} == filters
    assert query.period == ask("csat in may").query.period  # type: ignore[union-attr]
    assert "different people" in parsed.message


def test_heads_are_asked_back_in_a_thread_too(ask: Ask) -> None:
    previous = ask("csat by team for gold in may").query
    assert ask("and how many customers contacted us?", previous).outcome is Outcome.CLARIFY


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("how many customers churned in may", "churn_rate"),
        ("how many customers called back within 7 days", "recontact_rate"),
        ("how many customers are waiting", "contacts_waiting"),
        ("how many callers hung up yesterday", "abandonment_rate"),
        ("how many calls from customers in May", "contact_volume"),
        ("how many chats did we handle yesterday", "contact_volume"),
    ],
)
def test_what_customers_do_is_answered_where_a_metric_says_it(ask: Ask, text: str, metric: str) -> None:
    parsed = ask(text)
    assert parsed.outcome is Outcome.ANSWERED
    assert parsed.query is not None
    assert parsed.query.metrics == (metric,)


def test_no_given_name_is_a_word_of_the_desk(catalog: Catalog) -> None:
    lexicon = load_lexicon()
    vocabulary = Vocabulary(catalog, lexicon, agents={})
    assert not [name for name in lexicon.persons.given_names if vocabulary.knows(cut(name)[0])]


@pytest.mark.parametrize(
    "text", ["cases of customer " + "1" * 6000, "customer", "mr", "csat for customers called", "my"]
)
def test_half_a_person_is_survived(ask: Ask, text: str) -> None:
    assert ask(text).outcome is not Outcome.ANSWERED or "csat" in text
