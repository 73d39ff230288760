"""A withdrawn quote leaves the messages that have not gone, and is found where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bot.render_text import render_text
from frontline.core.actor import PRIVATE, Audience, AudienceKind
from frontline.core.clock import FrozenClock
from frontline.core.errors import NotPermitted
from frontline.core.ports import Posted
from frontline.core.reply import Paragraph, Quote, Reply
from frontline.core.text import AnonymizedText
from frontline.governance import outbox, quoting, release_endings, releases
from frontline.governance.delivery import Delivery
from frontline.governance.wire import reply_from_json
from frontline.store.work import Store
from tests.releases.conftest import NOW, STELLA, TOMAS, add_document, look, words

FLOOR = Audience(AudienceKind.CHANNEL, channel="#floor")


def released(store: Store, doc_id: str = "c1", text: str = "They charged me twice.") -> tuple[str, AnonymizedText]:
    with store.unit() as unit:
        add_document(unit, doc_id, text=text)
        row = releases.request(unit, TOMAS, look(unit, doc_id), purpose=words("onboarding"))
        releases.release(unit, STELLA, row.release_id, look(unit, doc_id), days=30)
        unit.commit()
        return row.release_id, row.text


def post(store: Store, key: str, action: str, *quotes: tuple[str, AnonymizedText]) -> None:
    with store.unit() as unit:
        reply = Reply("Pain points of May", parts=[Paragraph("12 contacts"), *(Quote(text) for _, text in quotes)])
        outbox.enqueue(unit, key, "#floor", reply, audience=FLOOR, action=action)
        quoting.note_use(unit, key, [release_id for release_id, _ in quotes])
        unit.commit()


def withdraw(store: Store, release_id: str) -> None:
    with store.unit() as unit:
        release_endings.withdraw(unit, TOMAS, release_id)
        unit.commit()


def may_go(store: Store, key: str, at: dt.datetime = NOW) -> bool:
    with store.read() as session:
        try:
            quoting.check_quotes(session, key, at=at)
        except NotPermitted:
            return False
        return True


def test_a_shared_quote_is_withheld_and_a_digest_goes_without_it(store: Store) -> None:
    first, second = released(store), released(store, "c2", "No engineer came.")
    post(store, "share", quoting.QUOTE, first)
    post(store, "digest", outbox.DELIVER, first, second)
    assert may_go(store, "share")
    assert may_go(store, "digest")
    withdraw(store, first[0])
    assert not may_go(store, "share")
    assert may_go(store, "digest")
    with store.read() as session:
        stored = outbox.access_message(session, "digest").payload["reply"]
        reply = reply_from_json(stored)
    assert [part.text.show() for part in reply.parts if isinstance(part, Quote)] == ["No engineer came."]
    assert "12 contacts" in str(stored)
    assert "charged me twice" not in str(stored)


def test_a_message_on_its_way_is_not_changed_and_checked_instead(store: Store) -> None:
    first = released(store)
    post(store, "digest", outbox.DELIVER, first)
    with store.unit() as unit:
        outbox.access_message(unit.session, "digest").state = "sending"
        unit.commit()
    withdraw(store, first[0])
    assert not may_go(store, "digest")


def test_an_expired_quote_does_not_go(store: Store) -> None:
    post(store, "share", quoting.QUOTE, released(store))
    assert not may_go(store, "share", NOW + dt.timedelta(days=30))


def test_an_undone_withdrawal_lets_the_waiting_share_go(store: Store, clock: FrozenClock) -> None:
    first = released(store)
    post(store, "share", quoting.QUOTE, first)
    withdraw(store, first[0])
    with store.unit() as unit:
        release_endings.undo_withdrawal(unit, TOMAS, first[0], within=dt.timedelta(hours=1))
        unit.commit()
    assert may_go(store, "share")


def test_words_that_nobody_released_do_not_go_to_a_channel_even_when_no_use_was_noted(store: Store) -> None:
    _, text = released(store)
    with store.unit() as unit:
        for key, quote, audience in (
            ("inside", words("Nobody read this."), FLOOR),
            ("released", text, FLOOR),
            ("to a reviewer", words("Nobody read this."), PRIVATE),
        ):
            outbox.enqueue(unit, key, "#floor", Reply("x", parts=[Quote(quote)]), audience=audience)
        unit.commit()
    assert not may_go(store, "inside")
    assert may_go(store, "released")
    assert may_go(store, "to a reviewer")


class Board:
    """A Slack of one channel: what stands where."""

    def __init__(self) -> None:
        self.shown: dict[str, str] = {}

    def post(self, *, channel: str, payload: Mapping[str, Any], key: str, thread_ts: str | None = None) -> Posted:
        self.shown[f"{len(self.shown)}.0"] = render_text(reply_from_json(payload["reply"]))
        return Posted(channel, f"{len(self.shown) - 1}.0")

    def update(self, *, posted: Posted, payload: Mapping[str, Any]) -> None:
        assert posted.ts in self.shown
        self.shown[posted.ts] = render_text(reply_from_json(payload["reply"]))

    def find(self, *, channel: str, key: str, since: float) -> Sequence[Posted]:
        return []

    def delete(self, *, posted: Posted) -> None:
        raise NotImplementedError


def test_a_withdrawn_quote_is_replaced_where_it_stands_and_other_words_stay(store: Store, clock: FrozenClock) -> None:
    first, second = released(store), released(store, "c2", "The line is dead again.")
    board = Board()
    delivery = Delivery(store, board)
    with store.unit() as unit:
        reply = Reply("Two voices", parts=[Quote(first[1]), Quote(second[1]), Paragraph("Five of seven said so.")])
        outbox.enqueue(unit, "digest", "#floor", reply, audience=FLOOR)
        quoting.note_use(unit, "digest", [first[0], second[0]])
        unit.commit()
    assert delivery.step() == 1
    assert "The line is dead" in board.shown["0.0"]
    with store.unit() as unit:
        release_endings.withdraw(unit, TOMAS, first[0])
        unit.commit()
    for _ in range(3):
        clock.advance(dt.timedelta(seconds=2))
        delivery.step()
    [shown] = board.shown.values()
    assert first[1].show() not in shown
    assert "it was withdrawn" in shown
    assert "The line is dead again." in shown
    assert "Five of seven" in shown
    with store.read() as session:
        states = {row.key: row.state for row in outbox.list_messages(session, states=("sent", "pending", "withheld"))}
    assert set(states.values()) == {"sent"}
    with store.unit() as unit:
        release_endings.withdraw(unit, TOMAS, second[0])
        unit.commit()
    for _ in range(3):
        clock.advance(dt.timedelta(seconds=2))
        delivery.step()
    assert "The line is dead" not in board.shown["0.0"]


def test_messages_without_quotes_are_not_touched(store: Store) -> None:
    assert may_go(store, "nothing")


@pytest.mark.parametrize("state", ["sent", "withheld"])
def test_where_a_quote_stands_is_listed(store: Store, state: str) -> None:
    first = released(store)
    post(store, "share", quoting.QUOTE, first)
    with store.unit() as unit:
        outbox.access_message(unit.session, "share").state = state
        unit.commit()
    with store.read() as session:
        assert [(place.channel, place.state) for place in quoting.places_of(session, first[0])] == [("#floor", state)]
