"""Somebody vouches for an answer: the mark holds for the same question, and expires with its definition."""

from __future__ import annotations

import datetime as dt

from frontline.app.wiring import House
from frontline.catalog.proposals import propose
from frontline.core.reply import Outcome
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.core.text import QuestionText, RawText
from frontline.governance import definitions
from frontline.metrics.query import MetricQuery
from handlers.desk import Work
from handlers.verified import badge
from tests.definitions.conftest import actor

QUESTION = "fcr by channel last month"


def say(house: House, words: str, person: str = "finn") -> str:
    reply = house.ask("ops", words, person=person)
    return f"{reply.headline} {reply.context}"


def badge_on(house: House, question: str, *, at: dt.datetime | None = None) -> str:
    now = at or house.clock.now()
    parsed = house.parser.parse(QuestionText(question), now=now)
    assert isinstance(parsed.query, MetricQuery)
    request = Request(inbound_id="t", kind=RequestKind.COMMAND, who=PersonRef(handle="sam"), name="ask")
    with house.store.read() as session:
        work = Work(house.desk, request, actor(house, "sam"), request.audience, now, session)
        return badge(work, parsed.query)


def test_the_same_question_carries_the_name_however_it_is_said(house: House) -> None:
    assert say(house, f"question verify {QUESTION}").startswith("Verified: First-contact resolution by channel")
    assert badge_on(house, QUESTION) == "verified by @finn on 17 Jun 2026"
    assert badge_on(house, "first contact resolution per channel in may") == "verified by @finn on 17 Jun 2026"
    assert badge_on(house, "fcr by team last month") == ""


def test_next_month_the_same_words_are_the_same_question(house: House) -> None:
    say(house, f"question verify {QUESTION}")
    assert badge_on(house, QUESTION, at=dt.datetime(2026, 7, 20, 9, tzinfo=dt.UTC)) != ""
    assert badge_on(house, "fcr by channel in april") == ""


def test_the_mark_expires_with_the_definition_and_the_check_says_so(house: House) -> None:
    say(house, f"question verify {QUESTION}")
    proposal = propose(house.catalog, "fcr_rate", {"window": "14"}, number=3)
    rule = house.catalog.rules.definitions
    with house.store.unit() as unit:
        definitions.propose(unit, actor(house, "sam"), proposal, effect={"old": "fcr_rate@2"})
        for person in ("sam", "lena"):
            definitions.sign(unit, actor(house, person), "fcr_rate@3", rule=rule, catalog=house.catalog)
        unit.commit()
    house.refresh()
    assert badge_on(house, QUESTION) == ""
    reply = house.ask("ops", "question list", person="finn")
    assert "1 changed" in reply.headline
    assert reply.answer is not None
    assert reply.answer["questions"][0]["changed"] == ["the definition of fcr_rate changed"]


def test_a_mark_is_taken_back(house: House) -> None:
    say(house, f"question verify {QUESTION}")
    reply = house.ask("ops", "question list", person="finn")
    assert reply.answer is not None
    key = reply.answer["questions"][0]["id"]
    assert "taken back" in say(house, f"question drop {key}")
    assert badge_on(house, QUESTION) == ""
    assert "no such verified question" in say(house, f"question drop {key}")


def test_what_is_not_answered_is_not_vouched_for(house: House) -> None:
    assert "do not answer that question" in say(house, "question verify how is the weather on mars")
    assert "person vouches" in say(house, f"question verify {QUESTION}", "role:analyst")
    assert house.ask("ops", f"question verify {QUESTION}", person="sam").outcome is Outcome.DENIED


def test_a_button_and_words_that_mean_something_else_do_not_go_together(house: House) -> None:
    parsed = house.parser.parse(QuestionText(QUESTION), now=house.clock.now())
    assert parsed.query is not None
    request = Request(
        inbound_id="form-1",
        kind=RequestKind.FORM,
        who=PersonRef(handle="finn"),
        name="question.verify",
        value=parsed.query.model_dump_json(),
        values={"words": RawText("csat last month")},
    )
    assert "not what was answered" in house.doorway.dispatch(request).headline
