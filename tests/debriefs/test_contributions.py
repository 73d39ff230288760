"""What becomes of what people say in a debrief: counted, in no log of the disk, blaming nobody, all of it read."""

from __future__ import annotations

import datetime as dt
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.render_text import render_text
from frontline.app.settings import Settings
from frontline.app.wiring import House
from frontline.core.actor import Role
from frontline.core.clock import FrozenClock
from frontline.core.reply import Outcome, Reply
from frontline.core.request import PersonRef, Request, RequestKind
from frontline.core.text import RawText
from frontline.governance import debriefs, people
from frontline.store.inbox import Inbox
from frontline.store.models.corpus import Document
from frontline.store.models.debriefs import Debrief
from frontline.store.models.work import InboxRow

PEOPLE = {
    "robin": Role.AGENT,
    "noor": Role.AGENT,
    "tomas": Role.TRAINER,
    "iris": Role.ANALYST,
    "sam": Role.SUPERVISOR,
}
NUMBERS = count(1)

pytestmark = pytest.mark.usefixtures("quick_homes")


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(Settings(home=tmp_path), clock=FrozenClock(dt.datetime(2026, 6, 17, 8, 40, tzinfo=dt.UTC)))
    with made.store.unit() as unit:
        for handle, role in PEOPLE.items():
            people.add_person(unit, handle, roles=[role])
        unit.commit()
    return made


def dispatch(
    house: House, who: str, kind: RequestKind, name: str, typed: str = "", value: str = "", **values: str
) -> Reply:
    raw = {key: RawText(words) for key, words in values.items()}
    request = Request(
        f"x:{next(NUMBERS)}", kind, PersonRef(handle=who), name=name, text=RawText(typed), value=value, values=raw
    )
    return house.doorway.dispatch(request)


def ops(house: House, who: str, words: str) -> Reply:
    return dispatch(house, who, RequestKind.COMMAND, "ops", words)


def opened(house: House) -> str:
    title = dispatch(
        house, "sam", RequestKind.FORM, "debrief.open", title="Invoices sent twice", timeline="06:40 first letters"
    )
    assert title.outcome is Outcome.DONE, title
    with house.store.read() as session:
        return str(session.scalar(select(Debrief.debrief_id)))


def contribute(house: House, debrief_id: str, *said: tuple[str, str]) -> None:
    """Let each (handle, "section words") add to the debrief."""
    for who, words in said:
        ops(house, who, f"debrief add {debrief_id} {words}")


# Two agents and an analyst, as many as it takes.
THREE = (("robin", "helped the map"), ("noor", "helped the banner"), ("iris", "lessons ask what was sent"))


def published_form(house: House, debrief_id: str) -> tuple[str, dict[str, str]]:
    """Return state and values of the form of the publication as it is shown now."""
    form = ops(house, "sam", f"debrief publish {debrief_id}").form
    assert form is not None
    return form.state, {field.key: field.initial for field in form.fields}


def test_who_says_what_another_said_is_counted_and_the_words_stand_once(house: House) -> None:
    debrief_id = opened(house)
    same = f"debrief add {debrief_id} conditions the restart did not know what was sent"
    for who in ("robin", "noor", "iris"):
        last = ops(house, who, same)
    assert last.context.startswith("3 people have contributed")
    shown = render_text(ops(house, "sam", f"debrief show {debrief_id}"))
    assert "2 agents, 1 analyst" in shown
    assert shown.count("the restart did not know") == 1


def test_what_came_in_with_its_author_is_not_left_in_the_log_of_the_database(house: House, tmp_path: Path) -> None:
    debrief_id = opened(house)
    inbox = Inbox(house.store, house.vault)
    inbox.put("x:kept", {"user": "robin", "text": "the restart did not know what was sent"})
    with house.store.read() as session:
        sealed = session.scalar(select(InboxRow.payload).where(InboxRow.inbound_id == "x:kept"))
    assert sealed
    assert inbox.claim(1)
    words = RawText(f"debrief add {debrief_id} conditions the restart did not know what was sent")
    who = PersonRef(handle="robin")
    reply = house.doorway.dispatch(Request("x:kept", RequestKind.COMMAND, who, name="ops", text=words))
    assert reply.headline == "Kept, without your name."
    inbox.close()
    left = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("state.sqlite3*")))
    assert sealed not in left


@pytest.mark.parametrize(
    "words",
    ["Sanne failed to check the second line card", "the night agent forgot the banner"],
)
def test_neither_a_title_nor_a_step_blames_a_person(house: House, words: str) -> None:
    refused = ops(house, "sam", f'debrief open "{words}"')
    assert "say the condition, not the person" in refused.headline
    debrief_id = opened(house)
    refused = ops(house, "sam", f"debrief timeline {debrief_id} 06:50 {words}")
    assert "say the condition, not the person" in refused.headline
    refused = dispatch(house, "sam", RequestKind.FORM, "debrief.timeline", value=debrief_id, steps=f"06:50 {words}")
    assert "say the condition, not the person" in refused.headline
    with house.store.read() as session:
        (row,) = session.scalars(select(Debrief)).all()
        assert [step.words.show() for step in debriefs.steps_of(row)] == ["first letters"]


def test_a_line_without_a_time_is_named_and_not_lost_in_silence(house: House) -> None:
    debrief_id = opened(house)
    steps = "06:50 second run\nthe banner was late"
    said = dispatch(house, "sam", RequestKind.FORM, "debrief.timeline", value=debrief_id, steps=steps)
    assert said.headline == "The timeline has 2 steps. Left out, for want of a time: 1 line."
    refused = dispatch(house, "sam", RequestKind.FORM, "debrief.open", title="Another", timeline=steps)
    assert refused.headline == "Nothing was opened. Left out, for want of a time: 1 line."


def test_words_that_came_while_the_form_was_open_are_read_before_anything_is_published(house: House) -> None:
    debrief_id = opened(house)
    contribute(
        house,
        debrief_id,
        ("robin", "conditions the restart did not know what was sent"),
        ("noor", "happened 06:50 callers asked about two letters"),
        ("iris", "lessons a restart asks what was sent"),
    )
    state, values = published_form(house, debrief_id)
    ops(house, "tomas", f"debrief add {debrief_id} lessons tell care before the letters arrive")
    refused = dispatch(house, "sam", RequestKind.FORM, "debrief.publish", value=state, **values)
    assert refused.headline.startswith("Somebody has contributed since the form was opened")
    state, values = published_form(house, debrief_id)
    done = dispatch(house, "sam", RequestKind.FORM, "debrief.publish", value=state, **values)
    assert "with 2 lessons to be verified" in done.headline
    again = dispatch(house, "sam", RequestKind.FORM, "debrief.publish", value=state, **values)
    assert again.headline == "This debrief is published already."
    assert ops(house, "sam", "debrief list").headline == "0 open, 1 published."
    dispatch(house, "sam", RequestKind.ACTION, "debrief.withdraw", value=debrief_id)
    assert ops(house, "sam", "debrief list").headline == "0 open, 0 published, 1 withdrawn."


def test_a_card_says_how_much_it_does_not_show(house: House) -> None:
    debrief_id = opened(house)
    for place, who in enumerate([*PEOPLE] * 2):
        ops(house, who, f"debrief add {debrief_id} helped desk {place + 1} was told by hand")
    assert "2 more; the published debrief has all." in render_text(ops(house, "sam", f"debrief show {debrief_id}"))


def test_who_is_masked_stays_masked_in_what_is_published_and_two_people_are_not_made_one(house: House) -> None:
    debrief_id = opened(house)
    said = dispatch(
        house, "sam", RequestKind.FORM, "debrief.timeline", value=debrief_id, steps="06:50 call to Hassan Yilmaz"
    )
    assert "call to [PERSON_1]" in render_text(said)
    role_free = {"section": "conditions", "text": "The agent forgot that Karin Svensson has the key"}
    dispatch(house, "robin", RequestKind.FORM, "debrief.add", value=debrief_id, wording="role_free", **role_free)
    ops(house, "noor", f"debrief add {debrief_id} helped Jeroen Visser told every desk on 06 12345678")
    ops(house, "iris", f"debrief add {debrief_id} lessons a restart asks what was sent")
    state, values = published_form(house, debrief_id)
    dispatch(house, "sam", RequestKind.FORM, "debrief.publish", value=state, **values)
    with house.store.read() as session:
        document = session.get(Document, f"debrief-{debrief_id}")
        assert document is not None
        assert document.text is not None
        text = document.text.show()
    assert "06:50 call to [PERSON_1]" in text
    assert "[PERSON_2] told every desk on [PHONE]" in text
    assert "omebody forgot that [PERSON_3] has the key" in text


def test_a_steward_publishes_lessons_as_their_own_and_hears_who_can_hand_them_over(house: House) -> None:
    with house.store.unit() as unit:
        people.add_person(unit, "stella", roles=[Role.STEWARD])
        unit.commit()
    debrief_id = opened(house)
    contribute(house, debrief_id, *THREE)
    form = ops(house, "stella", f"debrief publish {debrief_id}").form
    assert form is not None
    values = {field.key: field.initial for field in form.fields}
    assert "owner" not in values
    refused = dispatch(
        house, "stella", RequestKind.FORM, "debrief.publish", value=form.state, **{**values, "owner": "sam"}
    )
    assert "/ops debrief follow" in refused.context
    done = dispatch(house, "stella", RequestKind.FORM, "debrief.publish", value=form.state, **values)
    assert "with 1 lesson to be verified" in done.headline
    assert "@stella" in render_text(done)


def test_what_was_taken_back_is_shown_to_those_who_may_bring_it_back(house: House) -> None:
    debrief_id = opened(house)
    contribute(house, debrief_id, *THREE)
    state, values = published_form(house, debrief_id)
    dispatch(house, "sam", RequestKind.FORM, "debrief.publish", value=state, **values)
    assert "the banner" in render_text(ops(house, "robin", f"debrief show {debrief_id}"))
    dispatch(house, "sam", RequestKind.ACTION, "debrief.withdraw", value=debrief_id)
    said = render_text(ops(house, "robin", f"debrief show {debrief_id}"))
    assert "taken back" in said
    assert "the banner" not in said
    for words in ("debrief list", "debrief follow"):
        assert "Invoices sent twice" not in render_text(ops(house, "robin", words))
    shown = ops(house, "sam", f"debrief show {debrief_id}")
    assert "the banner" in render_text(shown)
    assert [button.action for button in shown.buttons] == ["debrief.restore"]
