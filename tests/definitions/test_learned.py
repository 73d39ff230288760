"""A word that a click explained: proposed to the owner, understood by everybody once approved, taken back at will."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from frontline.app.wiring import House
from frontline.core.errors import Conflict
from frontline.core.reply import Outcome, Reply
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.core.text import QuestionText, RawText
from frontline.governance import learned, people
from frontline.governance.learned import with_learned
from frontline.store.models.definitions import LearnedWord, QuestionGap
from tests.definitions.conftest import actor

# Nobody has taught it "stickiness", and it is nothing like a name.
ASKED = "stickiness by channel last month"


def click(house: House, person: str, name: str, value: str, number: str = "1") -> Reply:
    request = Request(
        inbound_id=f"{name}{value[:40]}{person}{number}",
        kind=RequestKind.ACTION,
        who=PersonRef(handle=person),
        name=name,
        value=value,
    )
    return house.doorway.dispatch(request)


def meaning(house: House, question: str = ASKED, metric: str = "recontact_rate") -> str:
    said = question.replace("stickiness", "recontact rate").replace("jansen", "recontact rate")
    parsed = house.parser.parse(QuestionText(said), now=house.clock.now())
    assert parsed.query is not None
    word = "jansen" if "jansen" in question else "stickiness"
    return json.dumps({"word": word, "metric": metric, "query": parsed.query.as_json()})


def words(house: House) -> list[LearnedWord]:
    with house.store.read() as session:
        return learned.list_words(session, actor(house, "lena"), states=("proposed", "approved", "rejected", "dropped"))


def understood(house: House, question: str = ASKED) -> str:
    return house.desk.parser().parse(QuestionText(question), now=house.clock.now()).outcome.value


@pytest.fixture
def proposed(house: House) -> str:
    # Without facts there is no figure; the meaning was clicked all the same.
    with house.store.unit() as unit:
        text = house.gate.check(RawText("stickiness"), language="en").text
        assert text is not None
        row, is_new = learned.propose_word(unit, actor(house, "finn"), text, "recontact_rate")
        assert is_new
        unit.commit()
        return row.word_id


def test_a_word_in_force_for_another_metric_is_not_approved_by_a_catalog_that_has_not_heard_of_it(
    house: House, proposed: str
) -> None:
    with house.store.unit() as unit:
        first = unit.session.get(LearnedWord, proposed)
        assert first is not None
        second, _ = learned.propose_word(unit, actor(house, "finn"), first.word, "escalation_rate")
        learned.decide(unit, people.role_actor("steward"), proposed, approve=True, catalog=house.catalog)
        with pytest.raises(Conflict, match="means recontact_rate already"):
            learned.decide(unit, people.role_actor("steward"), second.word_id, approve=True, catalog=house.catalog)
        learned.decide(unit, people.role_actor("steward"), second.word_id, approve=False, catalog=house.catalog)


def test_an_unknown_word_is_offered_with_whole_questions_behind_the_buttons(house: House) -> None:
    reply = house.ask("ask", ASKED, person="sam")
    assert reply.outcome is Outcome.ABSTAINED
    buttons = [button for button in reply.buttons if button.action == "word.mean"]
    assert buttons
    for button in buttons:
        said = json.loads(button.value)
        assert said["word"] == "stickiness"
        assert said["query"]["by"] == ["channel"]
        assert said["query"]["metrics"] == [said["metric"]]


def test_the_owner_approves_and_everybody_is_understood(house: House, proposed: str) -> None:
    assert understood(house) == "abstained"
    refused = click(house, "finn", "word.approve", proposed)  # an analyst does not own it
    assert refused.outcome is Outcome.DENIED
    done = click(house, "sam", "word.approve", proposed)
    assert "for everybody" in done.headline
    assert understood(house) == "answered"
    assert "not understood any more" in click(house, "sam", "word.drop", proposed).headline
    assert understood(house) == "abstained"


def test_what_was_rejected_is_not_asked_again(house: House, proposed: str) -> None:
    click(house, "sam", "word.reject", proposed)
    text = words(house)[0].word
    with house.store.unit() as unit:
        row, is_new = learned.propose_word(unit, actor(house, "lena"), text, "recontact_rate")
        unit.commit()
        assert (row.state, is_new, row.times) == ("rejected", False, 2)
    assert understood(house) == "abstained"


def test_a_word_that_means_something_else_is_not_approved(house: House) -> None:
    with house.store.unit() as unit:
        text = house.gate.check(RawText("csat"), language="en").text
        assert text is not None
        row, _ = learned.propose_word(unit, actor(house, "finn"), text, "recontact_rate")
        unit.commit()
        key = row.word_id
    assert "means csat already" in click(house, "sam", "word.approve", key).headline


def test_an_approved_word_that_the_files_claim_later_stays_out(house: House) -> None:
    catalog = with_learned(house.catalog, [("csat", "recontact_rate"), ("gone", "no_such_metric")])
    assert catalog is house.catalog


def test_a_name_is_answered_but_never_learned(house: House) -> None:
    click(house, "sam", "word.mean", meaning(house, "jansen by channel last month"))
    assert words(house) == []


def test_a_missed_word_is_listed_once_two_people_missed_it(house: House) -> None:
    for number, person in enumerate(("sam", "sam", "finn")):
        with house.store.unit() as unit:
            text = house.gate.check(RawText("stickiness"), language="en").text
            assert text is not None
            learned.note_gap(unit, actor(house, person), text, ["csat"])
            unit.commit()
        with house.store.read() as session:
            shown, alone = learned.list_gaps(session, actor(house, "finn"))
        assert (len(shown), alone) == ((1, 0) if number == 2 else (0, 1))
    reply = house.ask("ops", "questions gaps", person="finn")
    assert reply.answer == {"gaps": [{"word": "stickiness", "times": 3, "people": 2}]}
    assert house.ask("ops", "question gaps", person="sam").outcome is Outcome.DENIED


def test_a_question_from_the_terminal_leaves_no_gap(house: House) -> None:
    house.ask("ask", ASKED, person="sam")
    with house.store.read() as session:
        assert session.scalars(select(QuestionGap)).all() == []
