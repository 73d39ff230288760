"""A language model at work in the whole house: the real gate, the real bot, a provider that may say anything."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from frontline.core.text import RawText
from frontline.governance import audit
from frontline.sandbox.slack.driver import text_of
from frontline.store.models.corpus import Document
from frontline.store.models.debriefs import Debrief
from handlers.assistant.model import Model, ModelSettings
from tests.model.conftest import as_text, proposal
from tests.model.provider import Provider, completion, hang_up, tool_call
from tests.scenarios.conftest import Company

UNKNOWN = "how sparkly are our channels these days"
OFFER = "Do you mean this?"


@pytest.fixture(scope="module")
def set_up(shared_company: Company) -> Iterator[tuple[Provider, Model]]:
    """A stand-in provider and the model over it, warm as in a bot that was started with it."""
    running = Provider()
    steps = frozenset({"plan", "word", "investigate", "cite"})
    made = Model(ModelSettings("openai:stand-in", running.url, SecretStr("k"), timeout_s=20.0, may=steps))
    made.warm_up()
    shared_company.house.gate.check(RawText("warm"))
    yield running, made
    running.close()


@pytest.fixture
def provider(shared_company: Company, set_up: tuple[Provider, Model]) -> Iterator[Provider]:
    """The provider, with the running bot set to its model for one test."""
    running, model = set_up
    running.asked.clear()
    model.accept(shared_company.clock.now())
    shared_company.house.__dict__["model"] = model
    yield running
    shared_company.house.__dict__["model"] = None


def details(company: Company) -> list[dict[str, object]]:
    with company.house.store.read() as session:
        return [json.loads(entry.detail) for entry in audit.entries(session, limit=50)]


def test_a_reading_of_the_model_is_a_question_until_somebody_clicks(
    shared_company: Company, provider: Provider
) -> None:
    provider.says(proposal())
    supervisor = shared_company.as_user("supervisor")
    offered = shared_company.answer(supervisor, lambda: supervisor.dm(UNKNOWN), containing=OFFER)
    assert "%" not in text_of(offered)
    provider.says("not a sentence that holds")
    figure = shared_company.answer(supervisor, lambda: supervisor.click(offered, "Yes, that"), containing="confirmed")
    assert "read by the model openai:stand-in" in text_of(figure)
    assert "phone" in text_of(figure)
    outcomes = [detail.get("model_outcome") for detail in details(shared_company)]
    assert "proposed" in outcomes
    assert "confirmed" in outcomes


def test_in_a_channel_anybodys_click_is_judged_by_their_own_policy(shared_company: Company, provider: Provider) -> None:
    provider.says(proposal())
    supervisor, agent = shared_company.as_user("supervisor"), shared_company.as_user("agent")
    asked = supervisor.mention("floor", UNKNOWN)
    offered = shared_company.in_thread(supervisor, asked, containing=OFFER)
    agent.click(offered, "Yes, that")
    figure = shared_company.in_thread(agent, asked, containing="confirmed by a click")
    assert "%" in text_of(figure)
    with shared_company.house.store.read() as session:
        confirmed = next(e for e in audit.entries(session, limit=50) if "confirmed" in e.detail)
    assert confirmed.action == "metric.ask"


def test_what_names_somebody_does_not_reach_the_provider(shared_company: Company, provider: Provider) -> None:
    provider.says(proposal())
    people = [person for person in shared_company.slack.workspace.users.values() if person.kind == "human"][:4]
    supervisor = shared_company.as_user("supervisor")
    for person in people:
        words = f"how sparkly is {person.name} with Piet Verhoeven at piet@verhoeven.example on channels"
        shared_company.answer(supervisor, lambda words=words: supervisor.dm(words))
    said = [asked["messages"][-1]["content"].lower() for asked in provider.asked]
    for name in ["piet", "verhoeven", *(part.lower() for person in people for part in person.name.split())]:
        assert not any(name in text for text in said), name


HOSTILE = (
    completion("<!channel> FCR is 99.9 %"), completion(as_text(proposal(metrics=["<!here>"]))),
    completion(as_text(proposal(by=["agent"]))), completion(as_text({**proposal(), "answer": "<@U0SECRET> 99.9 %"})),
    completion(as_text(proposal(period={"start": "2026-05-01", "end": "9999-01-01", "grain": "hour"}))),
    completion("'; DROP TABLE interactions; --"), completion("[link](http://evil.example) 99.9 %"),
    completion("\x00\x1b[31m\u202e"), completion("A" * 6000), completion(None), (500, {"error": "<!channel>"}),
    (200, b"{"), hang_up, completion(None, tool_calls=[tool_call("run_sql", {"sql": "SELECT 1"})]),
)  # fmt: skip


@pytest.mark.parametrize("start", ["", "investigate "])
def test_nothing_hostile_is_ever_shown(shared_company: Company, provider: Provider, start: str) -> None:
    question = f"{start}recontact rate in May" if start else UNKNOWN
    command, wanted = ("/ops", "Queries behind these figures") if start else ("/ask", "I did not understand")
    supervisor = shared_company.as_user("supervisor")
    model = shared_company.house.model
    assert model is not None
    for reply in HOSTILE[:: 1 if not start else 4]:
        provider.reply = lambda _asked, reply=reply: reply
        model.accept(shared_company.clock.now())
        answer = shared_company.answer(supervisor, lambda: supervisor.command(command, question), containing=wanted)
        shown = text_of(answer)
        for word in ("<!", "<@U0", "99.9", "evil", "DROP TABLE", "SELECT", "err_", "Traceback", "broke", "AAAA"):
            assert word not in shown, (word, shown)
    assert provider.asked


def test_everybody_may_investigate_without_a_model(shared_company: Company) -> None:
    found = shared_company.command("supervisor", "/ops investigate recontact rate in May", containing="Queries behind")
    assert "Where it comes from" in text_of(found)
    assert "[1] Recontact rate, May 2026, compared with the previous period (recontact_rate@" in text_of(found)


FIND = "/ops debrief find core router upgrade with fiber homes offline"
SAID = "Check both configurations before the window closes [1]. Everybody gets a refund [1]."


def test_a_debrief_is_shortened_with_its_source_and_what_it_does_not_say_is_dropped(
    shared_company: Company, provider: Provider
) -> None:
    provider.says(SAID)
    plain = text_of(shared_company.command("supervisor", FIND, containing="earlier debrief"))
    assert "Shortened by" not in plain
    assert provider.asked == []  # loaded from elsewhere: nobody here published it, so nobody may send it
    with shared_company.house.store.unit() as unit:
        text = unit.session.get_one(Document, "debrief-01").text
        assert text is not None
        row = Debrief(debrief_id="deb_1", title=text, opener_key="per_x", opened_at=unit.now, state="published")
        row.doc_id, row.published_at = "debrief-01", unit.now
        unit.session.add(row)
        unit.commit()
    said = text_of(shared_company.command("supervisor", FIND, containing="Shortened by the model"))
    assert "Check both configurations before the window closes. [1]" in said
    assert "1 dropped that no source supports" in said
    assert "refund" not in said
    [asked] = provider.asked
    sent = json.dumps(asked["messages"])
    assert "left half of the ports" in sent
    assert "debrief-01" not in sent
    provider.says("Nothing of it is in the text [1].")
    unworded = shared_company.command("supervisor", FIND, containing="earlier debrief")
    assert "Shortened by" not in text_of(unworded)


def test_a_sentence_cites_the_debrief_by_the_number_that_stands_beside_it(
    shared_company: Company, provider: Provider
) -> None:
    """The first hit was loaded from elsewhere and is not sent: the second is [2] in the sentence as in the list."""
    with shared_company.house.store.unit() as unit:
        text = unit.session.get_one(Document, "debrief-12").text
        assert text is not None
        row = Debrief(debrief_id="deb_12", title=text, opener_key="per_x", opened_at=unit.now, state="published")
        row.doc_id, row.published_at = "debrief-12", unit.now
        unit.session.add(row)
        unit.commit()
    provider.says("Count both ends of every queue each morning [2].")
    words = "/ops debrief find texts about visits sent late"
    said = text_of(shared_company.command("supervisor", words, containing="earlier debriefs"))
    assert "Count both ends of every queue each morning. [2]" in said
    assert "its source: [2] debrief-12." in said
    assert "[2] · debrief-12" in said
    provider.says("Count both ends of every queue each morning [1].")
    assert "Shortened by" not in text_of(shared_company.command("supervisor", words, containing="earlier debriefs"))
