"""Who contributes is written nowhere: not by a refusal, and not by the id of a message in somebody's own channel."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from frontline.app.settings import Settings
from frontline.app.wiring import House
from frontline.core.actor import Role
from frontline.core.clock import FrozenClock
from frontline.core.reply import Outcome, Reply
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.core.text import AnonymizedText, RawText
from frontline.governance import audit, debriefs, outbox, people
from frontline.governance.debriefs import Opening
from handlers.arguments import pass_gate

TEAM, AGENT = "T0HARBOR01", "U0AGENT001"
SAID = "debrief add {} conditions the alarm went to a channel that nobody reads"


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(Settings(home=tmp_path), clock=FrozenClock(dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)))
    with made.store.unit() as unit:
        for handle, role, account in (("robin", Role.AGENT, AGENT), ("ada", Role.ADMIN, "U0ADMIN001")):
            people.add_person(unit, handle, roles=[role])
            people.bind(unit, handle, team_id=TEAM, user_id=account)
        unit.commit()
    return made


def opened(house: House) -> str:
    """Open a debrief; return its id."""
    title: AnonymizedText = pass_gate(RawText("Fiber outage north"), gate=house.gate)
    with house.store.unit() as unit:
        actor = people.resolve(unit.session, PersonRef(handle="robin"))
        row = debriefs.open_debrief(unit, actor, Opening(title), policy=house.policy)
        debrief_id = row.debrief_id
        unit.commit()
    return debrief_id


def say(house: House, words: str, *, kind: RequestKind = RequestKind.COMMAND) -> Reply:
    name = "ops" if kind is RequestKind.COMMAND else ""
    text = words if kind is RequestKind.COMMAND else f"ops {words}"
    who = PersonRef(user_id=AGENT, team_id=TEAM)
    request = Request(inbound_id=f"{kind}:1", kind=kind, who=who, name=name, text=RawText(text))
    return house.doorway.dispatch(request)


def signers(house: House) -> set[str]:
    with house.store.read() as session:
        return {entry.actor_key for entry in audit.entries(session, action="debrief.add")}


def test_a_message_is_not_taken_as_a_contribution_for_its_id_names_the_channel_of_its_author(house: House) -> None:
    debrief_id = opened(house)
    reply = say(house, SAID.format(debrief_id), kind=RequestKind.MESSAGE)
    assert reply.outcome is Outcome.FAILED
    assert "/ops debrief add" in reply.context
    with house.store.read() as session:
        row = debriefs.access_debrief(session, people.resolve(session, PersonRef(handle="robin")), debrief_id,
                                      policy=house.policy)  # fmt: skip
        assert debriefs.entries_of(session, row) == []
    assert say(house, SAID.format(debrief_id)).headline == "Kept, without your name."
    assert signers(house) == {"unsigned"}


def test_who_may_contribute_and_not_read_is_refused_as_the_person_they_are(house: House, tmp_path: Path) -> None:
    debrief_id = opened(house)
    (tmp_path / "catalog").mkdir(exist_ok=True)
    (tmp_path / "catalog" / "permissions.yaml").write_text(
        "permissions:\n  - {id: debrief.read, action: debrief.read, roles: [steward], audiences: [private]}\n"
    )
    narrow = House(Settings(home=tmp_path), clock=house.clock)
    reply = say(narrow, SAID.format(debrief_id))
    assert reply.outcome is Outcome.DENIED
    assert "closed" not in reply.headline
    with narrow.store.read() as session:
        assert outbox.list_messages(session) == []
    assert signers(narrow) == {"unsigned"}
