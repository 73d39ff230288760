"""What leaders decide about pain points and themes: one commitment, an answer to each sender, whoever presses twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from frontline.catalog.loader import load_catalog
from frontline.core.actor import PRIVATE, SYSTEM
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict
from frontline.core.reply import Item, Reply
from frontline.core.text import AnonymizedText
from frontline.governance import commitments, pain_points
from frontline.governance.pain_points import Submission
from frontline.store.models.work import OutboxRow
from handlers import pain_decisions, pains
from handlers.desk import Work
from handlers.pain_decisions import AcceptArguments, DecideArguments, PainArguments
from retrieval import theme_registry
from tests.jobs_digest.conftest import POLICY, ZONE, Office, words
from tests.retrieval.test_themes import load

CATALOG = load_catalog()


def submit(office: Office, who: str, title: str, *, theme: str | None = None, month: str = "2026-06") -> str:
    given = Submission(words(title), theme_key=theme)
    with office.store.unit() as unit:
        row = pain_points.submit(unit, office.actors[who], given, month=month, policy=POLICY)
        unit.commit()
        return row.pain_id


def pressed(office: Office, who: str, what: Callable[[Work], Reply]) -> Reply:
    """Do what a button or a form of the digest does, as the doorway would."""
    desk = SimpleNamespace(policy=POLICY, catalog=CATALOG, zone=ZONE)
    cast(FrozenClock, office.store.clock).advance(dt.timedelta(minutes=1))
    with office.store.unit() as unit:
        work = Work(cast(Any, desk), cast(Any, None), office.actors[who], PRIVATE, unit.now, unit.session, unit)
        reply = what(work)
        unit.commit()
    return reply


def accept(office: Office, value: str) -> Reply:
    given = AcceptArguments(value=value, title=words("mend it"), due="2026-06-30")
    return pressed(office, "lena", lambda work: pain_decisions.accept(work, given))


def decline(office: Office, value: str, reason: str = "no budget") -> Reply:
    given = DecideArguments(value=value, reason=words(reason))
    return pressed(office, "lena", lambda work: pain_decisions.decline(work, given))


def need_data(office: Office, value: str) -> Reply:
    return pressed(office, "lena", lambda work: pain_decisions.need_data(work, PainArguments(value=value)))


def told(office: Office) -> list[tuple[str, str]]:
    """Return (channel, headline) of what was written to those who submitted, in order."""
    with office.store.read() as session:
        rows = session.query(OutboxRow).where(OutboxRow.key.startswith("pain/")).order_by(OutboxRow.id)
        return [(row.channel, row.payload["reply"]["headline"]) for row in rows]


def state_of(office: Office, pain: str) -> str:
    with office.store.read() as session:
        return pain_points.access_pain(session, office.actors["lena"], pain, policy=POLICY).state


def open_ones(office: Office) -> list[str]:
    with office.store.read() as session:
        return [row.commitment_id for row in commitments.list_for(session, SYSTEM)]


def test_a_decision_that_is_taken_twice_is_told_once(office: Office) -> None:
    pain = submit(office, "sam", "customers repeat their story")
    accept(office, pain)
    accept(office, pain)
    assert len(open_ones(office)) == 1
    assert told(office) == [("U00000000", "Your pain point was accepted; it has an owner now.")]


def test_each_change_of_a_decision_is_told_also_back_to_the_first(office: Office) -> None:
    pain = submit(office, "sam", "customers repeat their story")
    decline(office, pain)
    need_data(office, pain)
    decline(office, pain)
    assert [headline.split(".")[0] for _, headline in told(office)] == [
        "Your pain point was declined",
        "The leaders ask for more data on your pain point before they decide",
        "Your pain point was declined",
    ]


def test_what_somebody_has_taken_on_is_not_declined_behind_their_back(office: Office) -> None:
    pain = submit(office, "sam", "customers repeat their story")
    accept(office, pain)
    [commitment] = open_ones(office)
    for later in (decline, need_data):
        with pytest.raises(Conflict, match="@lena has it") as refused:
            later(office, pain)
        assert f"/own drop {commitment}" in (refused.value.next_step or "")
    assert state_of(office, pain) == "accepted"
    assert len(told(office)) == 1
    with office.store.unit() as unit:
        commitments.drop(unit, office.actors["lena"], commitment, policy=POLICY)
        unit.commit()
    decline(office, pain)
    assert state_of(office, pain) == "declined"


def test_who_asked_for_data_says_how_it_is_given(office: Office) -> None:
    need_data(office, submit(office, "sam", "customers repeat their story"))
    with office.store.read() as session:
        [row] = session.query(OutboxRow)
    assert "/ops theme submit" in str(row.payload)


def test_a_decision_about_a_theme_goes_to_all_who_submitted_it(office: Office) -> None:
    load(office.corpus)
    theme, other = office.book.month(office.actors["lena"], kind="complaint", period="2026-05").themes[:2]
    named = submit(office, "sam", "charged twice all the time", theme=theme.key)
    late = submit(office, "mira", "charged twice again", theme=theme.key, month="2026-07")
    elsewhere = submit(office, "mira", "something else", theme=other.key)
    accept(office, theme.key)
    assert told(office) == [("U00000000", "Your pain point was accepted; it has an owner now.")]
    assert [state_of(office, pain) for pain in (named, late, elsewhere)] == ["accepted", "open", "open"]
    assert len(open_ones(office)) == 1


def test_a_pain_point_with_a_decision_of_its_own_keeps_it(office: Office) -> None:
    load(office.corpus)
    theme = office.book.month(office.actors["lena"], kind="complaint", period="2026-05").themes[0]
    named = submit(office, "sam", "charged twice all the time", theme=theme.key)
    decline(office, named, "known already")
    accept(office, theme.key)
    assert state_of(office, named) == "declined"


def test_a_theme_that_was_merged_since_is_decided_as_the_one_that_it_counts_for(office: Office) -> None:
    load(office.corpus)
    theme, other = office.book.month(office.actors["lena"], kind="complaint", period="2026-05").themes[:2]
    named = submit(office, "sam", "charged twice all the time", theme=other.key)
    with office.store.unit() as unit:
        theme_registry.merge(unit, office.actors["lena"], other.key, into=theme.key, policy=POLICY)
        unit.commit()
    decline(office, theme.key)
    assert state_of(office, named) == "declined"
    assert [channel for channel, _ in told(office)] == ["U00000000"]


def test_who_said_the_same_in_other_words_is_answered_with_the_theme_that_one_of_them_named(office: Office) -> None:
    load(office.corpus)
    theme = office.book.month(office.actors["lena"], kind="complaint", period="2026-05").themes[0]
    first = submit(office, "mira", "people pay double")
    named = submit(office, "sam", "charged twice all the time", theme=theme.key)
    with office.store.unit() as unit:
        pain_points.merge(unit, office.actors["sam"], named, into=first, policy=POLICY)
        unit.commit()
    decline(office, theme.key)
    assert sorted(channel for channel, _ in told(office)) == ["U00000000", "U00000001"]


def test_what_is_decided_stays_so_when_the_same_in_other_words_joins_it_and_its_sender_is_told(office: Office) -> None:
    one, other = submit(office, "sam", "pay double"), submit(office, "mira", "charged twice")
    accept(office, one)
    merged = pressed(office, "lena", lambda work: pains.merge(work, PainArguments(value=f"{one} {other}")))
    assert merged.headline == "One line with 2 sources."
    assert [state_of(office, pain) for pain in (one, other)] == ["accepted", "accepted"]
    assert [channel for channel, _ in told(office)] == ["U00000000", "U00000001"]
    for pain in (one, other):
        assert accept(office, pain).headline.startswith("You own this already")
    assert len(open_ones(office)) == 1
    pressed(office, "lena", lambda work: pains.undo_merge(work, PainArguments(value=merged.buttons[0].value)))
    assert [state_of(office, pain) for pain in (one, other)] == ["accepted", "open"]


def test_what_nobody_decided_can_be_decided_from_the_digest_after(office: Office) -> None:
    waits = submit(office, "sam", "customers repeat their story", month="2026-05")
    decided = submit(office, "mira", "the form is too long", month="2026-05")
    decline(office, decided)
    details = office.run().posts[1].reply
    buttons = {
        part.title.show(): [button.value for button in part.buttons]
        for part in details.parts
        if isinstance(part, Item) and isinstance(part.title, AnonymizedText)
    }
    assert buttons["customers repeat their story"] == [waits] * 3
    assert buttons["the form is too long"] == []
