"""The agent looks figures up under the speaker's policy and in few steps; its text stands or falls as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from bot.render_text import render_text
from frontline.core.errors import EngineError, FrontlineError, NotFound, PrivacyError
from frontline.core.reply import Outcome, Reply
from frontline.core.text import QuestionText
from frontline.metrics.query import MetricQuery
from frontline.metrics.questions import Parsed
from handlers import ask, investigate
from handlers.assistant import chain, tools
from handlers.assistant.agent import MOST_CALLS, MOST_STEPS
from handlers.assistant.facts import Fact, facts_of

from .conftest import NAME, Assistant, proposal
from .provider import completion, tool_call

QUESTION = "abandonment rate in May"
BY_CHANNEL = {**proposal(metrics=["abandonment_rate"])["query"]}


@pytest.fixture
def agent(assistant: Assistant) -> Iterator[Assistant]:
    """An assistant whose model may investigate and word; nobody has promised anything."""
    assert assistant.model is not None
    may = assistant.model.settings.may
    object.__setattr__(assistant.model.settings, "may", frozenset({"plan", "word", "investigate"}))
    yield assistant
    object.__setattr__(assistant.model.settings, "may", may)


def look(agent: Assistant, question: str = QUESTION) -> tuple[Reply, dict[str, Any]]:
    work = agent.work()
    assert agent.model is not None
    agent.model.accept(work.now)
    reply = investigate.investigate(work, investigate.InvestigateArguments(question=QuestionText(question)))
    return reply, work.audit


def script(agent: Assistant, *replies: Any) -> None:
    """Answer step by step; the last answer repeats."""
    left = list(replies)
    agent.provider.reply = lambda _asked: left.pop(0) if len(left) > 1 else left[0]


def truth(agent: Assistant, **changes: Any) -> Sequence[Fact]:
    query = MetricQuery.model_validate({**BY_CHANNEL, **changes})
    work = agent.work()
    return facts_of(work.desk.engine.run(work.actor, query), work.desk.catalog)


def test_without_a_model_the_same_command_gives_the_finding_of_the_rules(agent: Assistant) -> None:
    agent.model, kept = None, agent.model
    work = agent.work()
    reply = investigate.investigate(work, investigate.InvestigateArguments(question=QuestionText(QUESTION)))
    agent.model = kept
    text = render_text(reply)
    assert reply.outcome is Outcome.ANSWERED
    assert "Where it comes from" in text
    assert "Queries behind these figures" in text
    assert "[1] Abandonment" in text
    assert agent.provider.asked == []


def test_a_finding_cites_the_query_of_each_figure(agent: Assistant) -> None:
    fact = next(fact for fact in truth(agent) if fact.of)
    said = f"{fact.metric} of {fact.of[0]} was {fact.shown} in May 2026."
    script(agent, completion(None, tool_calls=[tool_call("compute", BY_CHANNEL)]), completion(said))
    reply, audit = look(agent)
    text = render_text(reply)
    assert audit["model_outcome"] == "found"
    assert f"{fact.metric} of {fact.of[0]} was {fact.shown} in May 2026 [2]." in text
    assert f"[2] {fact.metric} by channel, May 2026 (abandonment_rate@" in text
    assert NAME in text


def test_the_tools_of_the_agent_are_the_reading_entries_of_the_registry(agent: Assistant) -> None:
    script(agent, completion("nothing"))
    look(agent)
    offered = [tool["function"]["name"] for tool in agent.provider.asked[0]["tools"]]
    assert offered == [entry.tool.name for entry in agent.desk.registry.tools() if entry.tool]
    assert not any(entry.writes for entry in agent.desk.registry.tools())


BAD_ARGUMENTS = (
    "{", "null", "[]", "5", "{}", json.dumps({"sql": "SELECT * FROM customers"}), json.dumps({"value": "x" * 9000}),
    json.dumps({**BY_CHANNEL, "by": ["agent"]}), json.dumps({**BY_CHANNEL, "metrics": ["salary"]}),
    json.dumps({**BY_CHANNEL, "filters": [{"dim": "agent", "op": "in", "values": ["ha1"]}]}),
    json.dumps({**BY_CHANNEL, "period": {"start": "2099-01-01", "end": "2099-02-01", "grain": None}}),
    json.dumps({**BY_CHANNEL, "limit": 10**12}), json.dumps({**BY_CHANNEL, "metrics": []}),
)  # fmt: skip
TOOLS = ("compute", "split_change", "run_sql", "tag", "", "__import__", "metric.show", "<!channel>")
TEXTS = (
    "Abandonment rate was 99.9 % in May 2026.", "<!channel> all is lost", "It fell because of Breeze.", "", " ",
    "See [this](http://evil.example).", "Contacts came to 99999999999999999999.", "A" * 5000, "\x00\u202e", "42",
    "Abandonment rate doubled.", "Ask ha1 why.", "SELECT 1", "Abandonment rate was ٣ %.", "{}", "`rm -rf`",
)  # fmt: skip


def hostile() -> Iterator[list[Any]]:
    wrong = completion("Abandonment rate was 99.9 %.")
    for number, arguments in enumerate(BAD_ARGUMENTS):
        yield [completion(None, tool_calls=[tool_call(TOOLS[number % 2], arguments)]), wrong]
    for tool in TOOLS:
        yield [completion(None, tool_calls=[tool_call(tool, {**BY_CHANNEL, "by": ["agent"]})]), wrong]
    for text in TEXTS:
        yield [completion(text)]
        yield [completion(None, tool_calls=[tool_call("compute", BY_CHANNEL)]), completion(text)]
    calls = [tool_call("compute", BY_CHANNEL, call=f"t{number}") for number in range(50)]
    yield [completion(None, tool_calls=calls)]
    yield [completion(None, tool_calls=[tool_call("compute", BY_CHANNEL)])]  # for ever
    yield [(500, {})]
    yield [completion(None, tool_calls=[tool_call("compute", BY_CHANNEL)]), (500, {})]
    yield [
        completion(None, tool_calls=[{"id": None, "type": "function", "function": {"name": None, "arguments": None}}])
    ]


def test_no_hostile_agent_brings_a_figure_of_its_own_or_looks_beyond_the_policy(agent: Assistant) -> None:
    agent.model, kept = None, agent.model
    by_rules = render_text(look_by_rules(agent))
    agent.model = kept
    for replies in hostile():
        agent.provider.asked.clear()
        script(agent, *replies)
        reply, audit = look(agent)
        assert render_text(reply) == by_rules
        assert audit["model_outcome"] in ("invalid", "failed", "broken")
        assert len(agent.provider.asked) <= MOST_STEPS
        results = [m["content"] for asked in agent.provider.asked for m in asked["messages"] if m["role"] == "tool"]
        assert not any("ha1" in said or "SELECT" in said or "customer" in said for said in results)


def look_by_rules(agent: Assistant) -> Reply:
    work = agent.work()
    return investigate.investigate(work, investigate.InvestigateArguments(question=QuestionText(QUESTION)))


def test_a_loop_of_tools_ends(agent: Assistant) -> None:
    script(agent, completion(None, tool_calls=[tool_call("compute", BY_CHANNEL)]))
    _, audit = look(agent)
    assert audit["model_outcome"] == "invalid"
    assert len(agent.provider.asked) == MOST_STEPS
    assert MOST_STEPS <= MOST_CALLS


def test_a_question_about_no_figure_is_answered_as_any_other(agent: Assistant) -> None:
    agent.model, kept = None, agent.model
    reply, _ = look_quietly(agent, "how sparkly are our channels these days")
    agent.model = kept
    assert reply.outcome is Outcome.ABSTAINED


def look_quietly(agent: Assistant, question: str) -> tuple[Reply, dict[str, Any]]:
    work = agent.work()
    return investigate.investigate(work, investigate.InvestigateArguments(question=QuestionText(question))), work.audit


def test_the_wording_is_added_beside_the_card_and_only_when_it_holds(agent: Assistant) -> None:
    agent.model, kept = None, agent.model
    plain, _ = agent.ask("abandonment rate by channel in May")
    agent.model = kept
    fact = truth(agent)[0]
    agent.provider.says(f"{fact.metric} of {fact.of[0]} was {fact.shown}.")
    worded, _ = agent.ask("abandonment rate by channel in May")
    assert worded.headline == plain.headline
    assert worded.answer == plain.answer
    assert f"{fact.metric} of {fact.of[0]} was {fact.shown}." in render_text(worded)
    assert [button.label for button in worded.buttons] == ["Why?", "Details"]
    for text in TEXTS:
        agent.provider.says(text)
        refused, _ = agent.ask("abandonment rate by channel in May")
        assert (refused.headline, list(refused.parts), refused.context) == (
            plain.headline, list(plain.parts), plain.context,
        )  # fmt: skip


def test_a_question_may_be_investigated_under_its_details_only_where_a_model_may(agent: Assistant) -> None:
    assert agent.model is not None
    agent.provider.says("no")
    card, _ = agent.ask("abandonment rate in May")
    assert [button.label for button in card.buttons] == ["Break down", "Why?", "Details"]
    details = ask.QueryArguments(value=card.buttons[-1].value)
    assert "Investigate" in [button.label for button in ask.show_details(agent.work(), details).buttons]
    object.__setattr__(agent.model.settings, "may", frozenset({"plan"}))
    assert "Investigate" not in [button.label for button in ask.show_details(agent.work(), details).buttons]


def test_figures_leave_only_where_wording_or_investigating_is_switched_on(assistant: Assistant) -> None:
    reply, _ = assistant.ask("abandonment rate by channel in May")
    assert reply.outcome is Outcome.ANSWERED
    work = assistant.work()
    investigate.about(work, ask.QueryArguments(value=json.dumps(BY_CHANNEL)))
    assert assistant.provider.asked == []


# A value that only a file names: it may be anything, a person's name included.
OF_A_FILE = {**BY_CHANNEL, "filters": [{"dim": "site", "op": "not_in", "values": ["zelda quist"]}]}


def test_a_figure_within_a_value_that_the_catalog_does_not_list_is_not_investigated_by_a_model(
    agent: Assistant,
) -> None:
    script(agent, completion("no"))
    work = agent.work()
    reply = investigate.about(work, ask.QueryArguments(value=json.dumps(OF_A_FILE)))
    assert reply.outcome is Outcome.ANSWERED
    assert agent.provider.asked == []
    assert work.audit["model_outcome"] == "private"


def test_an_answer_within_a_value_that_the_catalog_does_not_list_is_not_worded_by_a_model(agent: Assistant) -> None:
    agent.provider.says("no")
    turn = agent.turn("")
    query = MetricQuery.model_validate(OF_A_FILE)
    turn.parsed = Parsed(outcome=Outcome.ANSWERED, intent="metric", query=query)
    reply = chain.answer(turn)
    assert reply.outcome is Outcome.ANSWERED
    assert len(facts_of(turn.results[0], agent.desk.catalog)) > 1
    assert agent.provider.asked == []


@pytest.mark.parametrize(
    ("error", "said", "logged"),
    [
        (EngineError("cannot convert 'Jan Smit'", permanent=False), tools.UNAVAILABLE, ["tool compute: EngineError"]),
        (PrivacyError("cannot vouch for 'Jan Smit'"), tools.UNAVAILABLE, ["tool compute: PrivacyError"]),
        (NotFound("Nobody is called Jan Smit."), "there is no such figure", []),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_look_up_that_breaks_leaves_the_finding_of_the_rules(
    agent: Assistant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: FrontlineError,
    said: str,
    logged: list[str],
) -> None:
    agent.model, kept = None, agent.model
    by_rules = render_text(look_by_rules(agent))
    agent.model = kept
    run = agent.desk.engine.run

    def breaks(actor: Any, query: MetricQuery, **given: Any) -> Any:
        if query.metrics == ("csat",):
            raise error
        return run(actor, query, **given)

    monkeypatch.setattr(agent.desk.engine, "run", breaks)
    csat = {**BY_CHANNEL, "metrics": ["csat"]}
    script(agent, completion(None, tool_calls=[tool_call("compute", csat)]), completion("It was 99.9 %."))
    reply, _ = look(agent)
    assert render_text(reply) == by_rules
    results = [m["content"] for asked in agent.provider.asked for m in asked["messages"] if m["role"] == "tool"]
    assert results == [said]
    assert [note.getMessage() for note in caplog.records if note.name == tools.log.name] == logged
    assert "Jan Smit" not in caplog.text
    assert "metric.investigate" not in [button.action for button in reply.buttons]


def test_what_is_too_long_for_the_model_loses_whole_facts(agent: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [fact.line() for fact in truth(agent)]
    monkeypatch.setattr(tools, "LONGEST_RESULT", 140)
    script(agent, completion(None, tool_calls=[tool_call("compute", BY_CHANNEL)]), completion("no"))
    look(agent)
    [said] = [m["content"] for asked in agent.provider.asked for m in asked["messages"] if m["role"] == "tool"]
    told = json.loads(said)["facts"].splitlines()
    assert 0 < len(told) < len(whole)
    assert told == whole[: len(told)]
