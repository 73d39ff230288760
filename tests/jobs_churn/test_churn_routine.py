"""The daily list: who is on it, what the message says, and what a second run or a later day does."""

import datetime as dt
import json
import re

import pytest
from sqlalchemy import func, select

from bot.render_blocks import render_blocks
from bot.render_text import render_text
from frontline.analysis.churn import is_held_out
from frontline.core.clock import FrozenClock
from frontline.core.errors import Conflict, NotFound
from frontline.core.reply import Paragraph
from frontline.governance.wire import reply_from_json, reply_to_json
from frontline.store.models.governance import Alert
from frontline.store.models.work import OutboxRow
from frontline.store.work import Store
from handlers.outreach import HELD_OUT, LISTED
from jobs.runner import RunResult
from tests.jobs_churn.desk import KEY, Company, Floor, button, customer, lines

TODAY = dt.date(2026, 6, 17)
DAY = dt.timedelta(days=1)


def alerts(store: Store, rule: str) -> list[Alert]:
    with store.read() as session:
        return list(session.scalars(select(Alert).where(Alert.rule == rule)))


def said(result: RunResult) -> str:
    return "\n".join(render_text(post.reply) for post in result.posts)


def test_the_list_is_capped_ranked_and_says_why(store: Store, clock: FrozenClock) -> None:
    floor = Floor(store, clock, Company([customer(n) for n in (3, 1, 2, 4)]), capacity=3)
    result = floor.run(TODAY)
    assert [item.title for item in lines(result)] == [
        f"C-{n:08x} · 80 points · silver consumer · value {1000 - n}" for n in (1, 2, 3)
    ]  # the most valuable first
    for item in lines(result):
        assert re.search(r"still open \(\+32\); last ease answer 2 of 7 \(\+28\); 3 contacts about router", item.detail)
        assert [found.label for found in item.buttons] == ["Reach out", "Not now", "Wrong"]
    [post] = result.posts
    assert (post.channel, post.key) == ("#retention", "churn_alerts/2026-06-17")
    assert post.reply.headline == "3 customers to call today"
    assert "4 customers show enough signs; not shown: 1 beyond today's capacity." in post.reply.context
    assert "Acted on 0 of 0" in said(result)
    stored = json.loads(json.dumps(reply_to_json(post.reply)))
    assert reply_to_json(reply_from_json(stored)) == reply_to_json(post.reply)


def test_opted_out_and_unasked_customers_never_appear_and_the_note_says_so(store: Store, clock: FrozenClock) -> None:
    crowd = [customer(1, consent_contact=False), customer(2), customer(3, consent_contact=None)]
    result = Floor(store, clock, Company(crowd)).run(TODAY)
    assert [item.title[:10] for item in lines(result)] == ["C-00000002"]
    assert "2 without consent" in said(result)
    assert "1 not recorded" in result.note
    assert {row.subject for row in alerts(store, LISTED)} == {crowd[1].customer_key}


def test_nobody_to_call_is_silence(store: Store, clock: FrozenClock) -> None:
    calm = [customer(n, unresolved=0, same_topic=1, ces=7.0) for n in range(5)]
    result = Floor(store, clock, Company(calm)).run(TODAY)
    assert (result.state, result.posts) == ("done", ())
    assert result.note.startswith("0 listed")


def test_the_hold_out_is_recorded_and_never_shown(store: Store, clock: FrozenClock) -> None:
    crowd = [customer(n) for n in range(40)]
    floor = Floor(store, clock, Company(crowd), hold_out=0.3, capacity=10)
    result = floor.run(TODAY)
    held = alerts(store, HELD_OUT)
    assert held
    assert all(is_held_out(KEY, row.subject, 0.3) for row in held)
    assert all(row.state == "resolved" for row in held)  # no list of open alerts shows it
    assert not any(str(row.detail["code"]) in said(result) for row in held)
    assert len(lines(result)) == 10
    assert {"points", "risk", "worth", "reasons", "slot"} <= set(held[0].detail)
    # Of the ranks that the list reached, everybody is either listed or held out.
    reached = {row.subject for row in held} | {row.subject for row in alerts(store, LISTED)}
    assert reached == {row.customer_key for row in crowd[: len(reached)]}


def test_a_slot_runs_once(store: Store, clock: FrozenClock) -> None:
    floor = Floor(store, clock, Company([customer(1), customer(2)]))
    floor.run(TODAY)
    with pytest.raises(Conflict):
        floor.runner.run_slot("churn_alerts", TODAY.isoformat())
    assert floor.runner.tick() == []
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 1
    assert len(alerts(store, LISTED)) == 2


def test_nobody_is_listed_twice_within_the_fatigue_days(store: Store, clock: FrozenClock) -> None:
    company = Company([customer(n) for n in range(6)])
    floor = Floor(store, clock, company, capacity=2)
    shown: dict[str, dt.date] = {}
    for number in range(45):
        day = TODAY + number * DAY
        for item in lines(floor.run(day)):
            code = str(item.title)[:10]
            assert code not in shown or day - shown[code] >= 30 * DAY
            shown[code] = day
    assert len(shown) == 6
    assert max(shown.values()) >= TODAY + 30 * DAY  # who still shows the signs comes back after it


def test_held_out_customers_are_left_alone_for_good(store: Store, clock: FrozenClock) -> None:
    crowd = [customer(n) for n in range(30)]
    floor = Floor(store, clock, Company(crowd), hold_out=0.3, capacity=30)
    for number in (0, 31, 62):
        floor.run(TODAY + number * DAY)
    held, listed = ({row.subject for row in alerts(store, rule)} for rule in (HELD_OUT, LISTED))
    assert held
    assert not held & listed


def test_a_list_longer_than_a_message_goes_on_in_its_thread(store: Store, clock: FrozenClock) -> None:
    result = Floor(store, clock, Company([customer(n) for n in range(50)]), capacity=50).run(TODAY)
    first, *rest = result.posts
    assert [post.thread_of for post in rest] == [first.key] * 2
    assert len(lines(result)) == 50
    for post in result.posts:
        assert "more not shown" not in json.dumps(render_blocks(post.reply))


def test_only_what_was_there_at_the_slot_is_read(store: Store, clock: FrozenClock) -> None:
    company = Company([customer(1)])
    Floor(store, clock, company).run(TODAY)
    assert company.asked == [dt.datetime(2026, 6, 17, 6, 0, tzinfo=dt.UTC)]


def test_without_data_the_note_says_so(store: Store, clock: FrozenClock) -> None:
    def nothing(**_: object) -> list[object]:
        raise NotFound("No customers are loaded.", next_step="Load customers first.")

    result = Floor(store, clock, nothing).run(TODAY)
    assert (result.state, result.posts) == ("done", ())
    assert "not judged" in result.note


def test_a_rehearsal_writes_nothing(store: Store, clock: FrozenClock) -> None:
    floor = Floor(store, clock, Company([customer(n) for n in range(9)]), hold_out=0.4)
    assert floor.runner.rehearse("churn_alerts", TODAY.isoformat()).posts
    assert not alerts(store, LISTED)
    assert not alerts(store, HELD_OUT)


def test_the_next_list_says_what_became_of_the_last_ones(store: Store, clock: FrozenClock) -> None:
    company = Company([customer(n) for n in range(4)])
    floor = Floor(store, clock, company)
    first = lines(floor.run(TODAY))
    call = floor.click("sam", button(first[0], "Reach out"))
    floor.click("sam", call.parts[0].buttons[0])  # type: ignore[union-attr]
    floor.click("iris", button(first[1], "Wrong"))
    company.signs = [customer(n) for n in range(10, 12)]
    later = floor.run(TODAY + DAY)
    assert "Acted on 1 of 4 listed in the last 30 days (1 kept, 1 marked wrong)." in said(later)
    assert "Still without an answer from earlier lists: C-00000002, C-00000003." in said(later)


def test_a_list_that_nobody_acts_on_proposes_to_retune_itself(store: Store, clock: FrozenClock) -> None:
    company = Company([customer(n) for n in range(10)])
    floor = Floor(store, clock, company)
    floor.run(TODAY)
    company.signs = [customer(40)]
    economics = [p.text for p in floor.run(TODAY + DAY).posts[0].reply.parts if isinstance(p, Paragraph)][0]
    assert economics.startswith("Acted on 0 of 10")
    assert "min_points" in economics
