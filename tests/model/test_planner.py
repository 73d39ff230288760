"""A configured model is asked only where the rules did not understand, and believed only after checks and a click."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from typing import Any

import pytest
from pydantic import SecretStr

from bot.render_text import render_text
from frontline.core.actor import Audience, AudienceKind, Role
from frontline.core.errors import NotPermitted, UsageError
from frontline.core.reply import Outcome
from frontline.core.text import QuestionText
from frontline.metrics.query import MetricQuery
from handlers import ask
from handlers.assistant.model import COOLING, MOST_FAILURES, ModelUnavailable
from handlers.assistant.outgoing import words_for_model
from tests.metrics.world import NOW, person

from .conftest import NAME, SUPERVISOR, Assistant, proposal
from .provider import completion, dribble, flood, hang_up

UNKNOWN = "how sparkly are our channels these days"
CHANNEL = Audience(AudienceKind.CHANNEL, "C1", "floor")


def test_a_reading_of_the_model_is_offered_in_our_words_without_any_figure(assistant: Assistant) -> None:
    assistant.provider.says(proposal())
    reply, turn = assistant.ask(UNKNOWN)
    assert reply.outcome is Outcome.CLARIFY
    assert reply.answer is not None
    assert reply.answer["readings"] == [proposal()["query"]]
    assert reply.answer["rows"] == []
    assert not turn.results
    text = render_text(reply)
    assert f"{assistant.desk.catalog.metrics['fcr_rate'].title} by channel, May 2026" in text
    assert NAME in text
    assert "Yes, that" in text
    assert "%" not in text


def test_a_click_computes_it_with_the_figures_and_the_stamp_of_the_model(assistant: Assistant) -> None:
    assistant.provider.says(proposal())
    offered, _ = assistant.ask(UNKNOWN)
    button = offered.buttons[0]
    assert (button.label, button.action) == ("Yes, that", "metric.confirm")
    reply = ask.confirm(assistant.work(), ask.QueryArguments(value=button.value))
    assert reply.outcome is Outcome.ANSWERED
    assert reply.answer is not None
    assert len(reply.answer["rows"]) == 3
    assert f"read by the model {NAME}, confirmed by a click" in reply.context


def test_a_click_of_somebody_else_is_judged_by_that_persons_policy(assistant: Assistant) -> None:
    assistant.provider.says(proposal())
    offered, _ = assistant.ask(UNKNOWN)
    guest = person(Role.AGENT, handle="visitor")
    stranger = type(guest)(guest.key, guest.handle, type(guest.kind).GUEST)
    with pytest.raises(NotPermitted):
        ask.confirm(assistant.work(actor=stranger), ask.QueryArguments(value=offered.buttons[0].value))


@pytest.mark.parametrize(
    "question",
    [
        "fcr by channel last month",  # answered
        "show me the sla last month",  # two readings of the rules' own
        "what is the phone number of the customer",  # personal
        "assign the refund theme to sofia",  # a command
        "thanks!",  # small talk
    ],
)
def test_what_the_rules_answer_refuse_or_can_read_never_reaches_the_model(assistant: Assistant, question: str) -> None:
    assistant.provider.says(proposal())
    _, turn = assistant.ask(question)
    assert turn.proposal is None
    assert assistant.provider.asked == []


def test_the_schema_and_the_prompt_hold_only_what_the_viewer_may_ask(assistant: Assistant) -> None:
    catalog = assistant.desk.catalog
    held = catalog.policies.roles[Role.TRAINER].model_copy(
        update={"deny_metrics": ("nps", "total_cost"), "deny_dimensions": ("tier",)}
    )
    policies = catalog.policies.model_copy(update={"roles": {**catalog.policies.roles, Role.TRAINER: held}})
    narrow = type(catalog)(**{**vars(catalog), "policies": policies, "hash": "narrow"})
    trainer = person(Role.TRAINER, handle="tess")
    assistant.provider.says(proposal(metrics=["nps"]))
    assistant.desk.catalog = narrow
    try:
        _, turn = assistant.ask(UNKNOWN, actor=trainer)
    finally:
        assistant.desk.catalog = catalog
    sent = assistant.provider.sent
    assert turn.proposal is None
    for hidden in ("nps", "total_cost", "tier", "platinum", "agent:"):
        assert hidden not in sent, hidden
    assert "fcr_rate" in sent


def test_single_agents_are_never_offered_to_the_model_nor_taken_from_it(assistant: Assistant) -> None:
    assistant.provider.says(proposal(by=["agent"]))
    for audience in (CHANNEL, Audience()):
        _, turn = assistant.ask(UNKNOWN, audience=audience)
        assert turn.proposal is None
        assert turn.model_outcome == "invalid"


@pytest.mark.parametrize(
    "reply",
    [hang_up, flood(2), (500, {"error": "boom"}), (429, {"error": "slow down"}), (302, b""), (200, b"\xff\xfe{"),
     completion(""), completion(None), completion("no json"), completion("[]"), completion('{"understood": true'),
     {"choices": []}, [], completion(json.dumps({"understood": False, "query": None}))],
)  # fmt: skip
def test_whatever_goes_wrong_the_rules_own_answer_stands(assistant: Assistant, reply: object) -> None:
    assistant.model, kept = None, assistant.model
    by_rules, _ = assistant.ask(UNKNOWN)
    assistant.model = kept
    assistant.provider.reply = lambda _asked: reply
    answered, turn = assistant.ask(UNKNOWN)
    assert turn.proposal is None
    assert render_text(answered) == render_text(by_rules)
    assert turn.model_outcome in ("failed", "invalid", "unsure")


def test_an_answer_that_dribbles_is_late_as_a_whole(assistant: Assistant) -> None:
    assistant.renew(timeout_s=0.4)
    assistant.provider.reply = lambda _asked: dribble(3.0)
    _, turn = assistant.ask(UNKNOWN)
    assert turn.model_outcome == "late"
    assert turn.proposal is None


def test_after_failures_in_a_row_nobody_waits_for_it_until_it_has_cooled(assistant: Assistant) -> None:
    assistant.provider.reply = lambda _asked: (500, {})
    for _ in range(MOST_FAILURES + 2):
        _, turn = assistant.ask(UNKNOWN)
    assert len(assistant.provider.asked) == MOST_FAILURES
    assert turn.model_outcome == "broken"
    assistant.provider.says(proposal())
    _, turn = assistant.ask(UNKNOWN, now=NOW + COOLING)
    assert turn.proposal is not None


def test_one_call_alone_tries_whether_it_has_recovered(assistant: Assistant) -> None:
    model, later = assistant.renew(timeout_s=0.5), NOW + COOLING
    for _ in range(MOST_FAILURES):
        model.breaker.note(NOW, succeeded=False)

    async def second(_client: Any) -> None: ...

    async def first(_client: Any) -> str:
        with pytest.raises(ModelUnavailable) as refused:
            model.call(second, now=later)
        return refused.value.reason

    assert model.call(first, now=later) == "broken"
    model.call(second, now=later)  # it has answered: an investigation goes on with its second step
    model.reject(later, "of no use")
    with pytest.raises(ModelUnavailable, match="broken"):
        model.call(second, now=later)


def test_the_budget_of_an_hour_is_kept_and_comes_back(assistant: Assistant) -> None:
    assistant.renew(calls_per_hour=2)
    assistant.provider.says(proposal())
    outcomes = [assistant.ask(UNKNOWN)[1].model_outcome for _ in range(3)]
    assert outcomes == ["", "", "budget"]
    assert assistant.ask(UNKNOWN, now=NOW + dt.timedelta(hours=1))[1].proposal is not None


def test_no_word_that_could_name_somebody_is_sent(assistant: Assistant) -> None:
    question = "how sparkly was jansen-kowalczyk from Zwolle, mark@example.org, 0612345678, <@U123> last month"
    said = words_for_model(QuestionText(question), gate=assistant.desk.gate, catalog=assistant.desk.catalog)
    assert said.endswith("last month")
    for word in ("jansen", "kowalczyk", "zwolle", "mark", "example", "0612345678", "U123", "sparkly"):
        assert word.lower() not in said.lower(), said


@pytest.mark.parametrize(
    "number",
    ["4711-0815-22", "06 12 34 56 78", "12.03.1984", "1984-03-12", "(06) 1234, 5678", "2024-0815", "10_20_30",
     "2026 2025 2024", "K4711B0815", "AB-12-CD-345", "1234 [..] 56", "20202026", "06 2020 2026"],
)  # fmt: skip
def test_a_number_in_pieces_is_left_out_as_a_whole(assistant: Assistant, number: str) -> None:
    question = QuestionText(f"how was the recontact of {number} last month")
    said = words_for_model(question, gate=assistant.desk.gate, catalog=assistant.desk.catalog)
    assert not any(sign.isdigit() for sign in said), said
    assert said.startswith("how was the recontact of")
    assert said.endswith("last month")


@pytest.mark.parametrize(
    "dates",
    ["2026", "2025-2026", "may 5, 2026", "2026-05-01..2026-05-31", "q1 2026", "2026q1", "12.03.2026",
     "2026-05-01 10:30", "10 - 12"],
)  # fmt: skip
def test_dates_are_sent_as_they_were_said(assistant: Assistant, dates: str) -> None:
    question = QuestionText(f"how was the recontact in {dates} by channel")
    said = words_for_model(question, gate=assistant.desk.gate, catalog=assistant.desk.catalog)
    assert re.findall(r"\d+", said) == re.findall(r"\d+", dates), said


def test_no_figure_row_person_or_handle_is_sent(assistant: Assistant) -> None:
    assistant.provider.says(proposal())
    previous = proposal(by=["agent"])["query"]
    assistant.ask(UNKNOWN, previous=MetricQuery.model_validate(previous))
    sent = assistant.provider.sent
    for word in (SUPERVISOR.handle, SUPERVISOR.key, "ha1", "SELECT", "sparkly"):
        assert word not in sent, word
    assert "agent:" not in assistant.provider.asked[0]["messages"][0]["content"]
    assert {key for asked in assistant.provider.asked for key in asked} == {
        "messages", "model", "max_completion_tokens", "response_format", "stream",
    }  # fmt: skip


def test_a_stamp_that_is_no_button_of_ours_is_refused(assistant: Assistant) -> None:
    query = proposal()["query"]
    for value in ("", "{}", json.dumps({"query": query, "by": "<!channel>"}), json.dumps({"query": query})):
        with pytest.raises(UsageError):
            ask.confirm(assistant.work(), ask.QueryArguments(value=value))


def test_a_key_of_the_environment_is_not_sent_to_another_address(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-provider")
    assistant.renew(key=SecretStr(""))
    assistant.provider.says(proposal())
    assert assistant.ask(UNKNOWN)[1].proposal is not None
    assert "sk-of-the-provider" not in str(assistant.provider.headers)


def test_without_a_key_for_the_providers_own_address_no_call_is_made(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assistant.renew(key=SecretStr(""), url="")
    assert assistant.ask(UNKNOWN)[1].model_outcome == "failed"


def test_without_a_model_nothing_of_it_is_imported() -> None:
    program = (
        "import sys, handlers.assistant.chain, handlers.assistant.model, frontline.app.modelling, handlers.ask;"
        "print(sorted({'langchain', 'langchain_core', 'langchain_openai', 'openai'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
