"""Debriefs through the local Slack: opened beside one like it, filled without names, published, found again."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import select

from frontline.core.actor import SYSTEM
from frontline.core.request import PersonRef
from frontline.governance import audit, people
from frontline.sandbox.slack.driver import Persona, text_of
from frontline.sandbox.slack.records import Message, View
from frontline.store.models.corpus import Document
from frontline.store.models.debriefs import DebriefEntry, DebriefVoice
from tests.scenarios.conftest import Company

CONDITION = {"section": "conditions", "factor": "change", "clock": "", "wording": "rephrase"}


def opened(company: Company, person: Persona, field: str) -> View:
    """Return the person's modal once it shows a field."""
    view = company.slack.wait_for(
        lambda: person.view if person.view and field in str(person.view.definition) else None, timeout=20, what=field
    )
    assert view is not None
    return view


def contribute(company: Company, who: str, debrief: str, **said: str) -> Message:
    """Contribute through the form that the command opens."""
    person = company.as_user(who)
    person.command("/ops", f"debrief add {debrief}")
    view = opened(company, person, "In a sentence or two")
    return company.answer(person, lambda: person.submit(view, {**CONDITION, **said}), containing="Kept, without")


def said_of(company: Company, about: str) -> list[DebriefEntry]:
    """Return what was contributed to the debrief about an incident."""
    from frontline.governance.debriefs import entries_of, open_about

    with company.house.store.read() as session:
        row = open_about(session, about)
        assert row is not None
        return entries_of(session, row)


def test_a_debrief_travels_from_an_incident_to_lessons_that_are_found_again(shared_company: Company) -> None:
    company = shared_company
    begun = text_of(company.command("agent", "/ops debrief open INC-42", containing="is open"))
    assert "06:40" in begun
    assert "1,840 customers affected" in begun
    # One like it is shown at once, with what was learned then.
    assert "Fiber outage west after a core router upgrade" in begun
    assert "outage banner must go up before the first caller" in begun

    agent = company.as_user("agent")
    agent.command("/ops", "debrief add INC-42")
    view = opened(company, agent, "In a sentence or two")
    blaming = {**CONDITION, "text": "Sanne failed to check the second line card"}
    agent.submit(view, blaming)
    assert "say the condition, not the person" in str(agent.view.errors if agent.view else "")
    assert said_of(company, "INC-42") == []
    kept = company.answer(
        agent, lambda: agent.submit(view, {**blaming, "wording": "role_free"}), containing="Kept, without"
    )
    assert "omebody failed to check the second line card" in text_of(kept)
    contribute(company, "analyst", "INC-42", text="the upgrade plan names one line card, the router has two")
    # Two have written: nobody sees a word of it, and nothing can be published.
    shown = text_of(company.command("supervisor", "/ops debrief show INC-42", containing="2 people have"))
    assert "line card" not in shown
    company.command("supervisor", "/ops debrief publish INC-42", containing="it takes 3 before")
    contribute(company, "trainer", "INC-42", section="lessons", text="read the configuration of both line cards aloud")
    shown = text_of(company.command("supervisor", "/ops debrief show INC-42", containing="Written by"))
    assert "1 agent, 1 analyst, 1 trainer" in shown
    assert "names one line card" in shown

    supervisor = company.as_user("supervisor")
    supervisor.command("/ops", "debrief publish INC-42")
    view = opened(company, supervisor, "Verified by")
    ids = {entry.entry_id: entry.section for entry in said_of(company, "INC-42")}
    chosen = {
        "lessons": [key for key, section in ids.items() if section == "lessons"],
        "kept": [key for key, section in ids.items() if section != "lessons"],
    }
    done = text_of(
        company.answer(supervisor, lambda: supervisor.submit(view, chosen), containing="with 1 lesson to be verified")
    )
    promise = re.search(r"cmt_\w+", done)
    assert promise is not None
    assert "to be verified by 15 Jul" in done
    company.command("supervisor", "/own", containing="read the configuration of both line cards")
    with company.house.store.read() as session:
        tokens = session.scalars(select(DebriefVoice)).all()
    assert all(token.debrief_id not in done for token in tokens)

    company.command("agent", "/ops debrief add INC-42 lessons too late", containing="takes no more contributions")
    found = text_of(company.command("agent", "/ops debrief find line card of the router", containing="like that"))
    assert "Fiber outage north after an upgrade of a core router" in found
    assert "read the configuration of both line cards aloud" in found
    assert promise.group() in found
    asked = company.command("leader", "/ask have we seen this before: an upgrade took fiber homes offline?")
    assert "outage banner must go up before the first caller" in text_of(asked)
    company.command("supervisor", "/ops debrief follow INC-42", containing="0 of 1 lesson verified")


def test_who_contributed_is_in_no_byte_of_the_database(shared_company: Company) -> None:
    company, house = shared_company, shared_company.house
    user = company.as_user("trainer").user.id
    with house.store.read() as session:
        person = people.resolve(session, PersonRef(handle="tomas"))
    before = _bytes(company.home, house, user, person.key)
    opened_by = company.command("supervisor", "/ops debrief show INC-41", containing="2 people have")
    trainer = company.as_user("trainer")
    # Also by the button: a click leaves an id behind, and it may not be his.
    shown = company.command("trainer", "/ops debrief show INC-41", containing="2 people have")
    after_look = _bytes(company.home, house, user, person.key)
    trainer.click(shown, "Contribute")
    view = opened(company, trainer, "In a sentence or two")
    words = {**CONDITION, "text": "the sender of the texts keeps a clock of its own"}
    company.answer(trainer, lambda: trainer.submit(view, words), containing="Kept, without")
    assert _bytes(company.home, house, user, person.key) == after_look
    assert after_look > before  # the look at the card was signed: the count would have seen a trace
    assert "Contribute" in text_of(opened_by)
    with house.store.read() as session:
        signers = {entry.actor_key for entry in audit.entries(session, action="debrief.add")}
    assert signers == {"unsigned"}


def _bytes(home: Path, house: object, *wanted: str) -> int:
    """Return how often the ids of a person stand in the files of the state database."""
    from frontline.app.wiring import House

    assert isinstance(house, House)
    house.store.checkpoint()
    content = b"".join(path.read_bytes() for path in sorted(home.glob("state.sqlite3*")))
    return sum(content.count(word.encode()) for word in wanted)


def test_debriefs_that_say_the_same_stand_once_and_say_how_many_there_are(shared_company: Company) -> None:
    house = shared_company.house
    with house.store.read() as session:
        text = session.get_one(Document, "debrief-12").text
    assert text is not None
    again = {"id": "debrief-12b", "kind": "debrief", "text": text.show(), "category": "address change"}
    list(house.corpus.add(SYSTEM, [again]))
    said = shared_company.command("agent", "/ops debrief find a queue dropped address changes", containing="like that")
    assert "1 more like it" in text_of(said)
