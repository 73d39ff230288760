"""While texts are on their way into the corpus, who looks for one hears how far they are: not that none exists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontline.app.settings import Settings
from frontline.app.wiring import House
from frontline.core.actor import SYSTEM, Role
from frontline.core.clock import FrozenClock
from frontline.core.reply import Outcome, Reply
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.core.text import RawText
from frontline.governance import people
from frontline.store.claims import owner_token
from frontline.store.models.corpus import TextIntakeRow
from frontline.store.text_intakes import SILENT_AFTER, TextIntake, under_way

NOW = dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)
ROWS = [
    {"id": f"c{number}", "kind": "article", "text": f"The router was charged {number} times."} for number in range(3)
]
PREPARING = "Texts are still being prepared"

pytestmark = pytest.mark.usefixtures("quick_homes")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Settings(home=tmp_path), clock=FrozenClock(NOW))
    with made.store.unit() as unit:
        people.add_person(unit, "tomas", roles=[Role.TRAINER, Role.LEADER])
        unit.commit()
    yield made
    made.store.close()


def ask(house: House, words: str, number: int = 1) -> Reply:
    """Say something as Tomas; a slash makes it a command."""
    name, _, text = words.removeprefix("/").partition(" ") if words.startswith("/") else ("ask", "", words)
    who = PersonRef(handle="tomas")
    return house.doorway.dispatch(Request(f"{words}:{number}", RequestKind.COMMAND, who, name=name, text=RawText(text)))


QUESTIONS = (
    '/ops example find "charged twice"',
    "have we seen this before: a fiber outage in the west",
    '/ops debrief find "fiber outage"',
    "/ops theme list",
    "/ops category suggest I was charged twice",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_who_finds_no_text_while_texts_are_coming_hears_how_far_they_are(house: House, question: str) -> None:
    nothing = ask(house, question)
    assert PREPARING not in nothing.headline + nothing.context
    with TextIntake(house.store, 4_980) as coming:
        with house.store.unit() as unit:
            coming.note(unit, 1_500)
            unit.commit()
        reply = ask(house, question, 2)
        assert reply.outcome is Outcome.ABSTAINED
        assert reply.headline == f"{PREPARING}: 1,500 of 4,980 are done."
        assert reply.context == "Ask again in a minute or two."
    assert ask(house, question, 3).headline == nothing.headline


def test_what_is_found_meanwhile_is_shown_and_more_is_announced(house: House) -> None:
    rows = [{**row, "kind": "complaint"} for row in ROWS]
    list(house.corpus.add(SYSTEM, rows))
    with TextIntake(house.store):
        reply = ask(house, '/ops example find "charged twice"')
    assert reply.outcome is Outcome.ANSWERED
    assert reply.context.startswith(f"{PREPARING}. There may be more in a minute or two.")


def test_an_article_that_is_still_coming_is_no_gap(house: House) -> None:
    with TextIntake(house.store, 12):
        reply = ask(house, "/ops kb suggest my router is broken")
    assert reply.headline == f"{PREPARING}: 0 of 12 are done."
    assert "gap" not in reply.context


def test_every_load_of_texts_says_how_far_it_is_until_it_ends(house: House) -> None:
    decisions = house.corpus.add(SYSTEM, ROWS)
    next(decisions)
    with house.store.read() as session:
        coming = under_way(session, NOW)
    assert coming is not None
    assert (coming.done, coming.total) == (3, 3)
    list(decisions)
    with house.store.read() as session:
        assert under_way(session, NOW) is None


@pytest.mark.parametrize(
    ("owner", "at"),
    [("", NOW), (f"{owner_token().rpartition(':')[0]}:ffffffff", NOW), (owner_token(), NOW - SILENT_AFTER)],
    ids=["nobody's", "of a process that has gone", "silent"],  # the same in every process that collects tests
)
def test_a_load_that_ended_without_saying_so_is_passed_over(house: House, owner: str, at: dt.datetime) -> None:
    with house.store.unit() as unit:
        unit.session.add(TextIntakeRow(intake_id="tin_1", owner=owner, done=5, total=10, at=at))
        unit.commit()
    assert PREPARING not in ask(house, QUESTIONS[0]).headline
    with TextIntake(house.store, 7), house.store.read() as session:
        coming = under_way(session, NOW)
        assert coming is not None
        assert coming.total == 7
        assert session.get(TextIntakeRow, "tin_1") is None
