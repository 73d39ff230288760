"""The digest says what grows, what it costs, who has it and what became of promises, and goes out whatever there is."""

from __future__ import annotations

import datetime as dt

import pytest

from frontline.catalog.routines import load_routines
from frontline.core.actor import SYSTEM
from frontline.core.clock import UTC
from frontline.core.reply import Item
from frontline.governance import audit, commitments, pain_points
from frontline.governance.pain_points import Submission
from frontline.store.base import product_words
from frontline.store.models.corpus import Document
from frontline.store.models.governance import Commitment
from frontline.store.models.releases import Release
from frontline.store.models.work import OutboxRow
from jobs.digest import PainPointDigest
from jobs.runner import JobRunner, RunnerSettings
from retrieval import theme_registry
from retrieval.themes import ThemeBook
from tests.jobs_digest.conftest import POLICY, ZONE, Office, words
from tests.retrieval.conftest import PlayedGate
from tests.retrieval.test_themes import load

IN_TIME = dt.datetime(2026, 6, 2, 8, 0, tzinfo=UTC)


def promise(office: Office, title: str, owner: str, due: dt.date, closed: dt.date | None, **more: str) -> None:
    with office.store.unit() as unit:
        unit.session.add(
            Commitment(
                commitment_id=f"cmt_{title.replace(' ', '_')}",
                kind=more.get("kind", "promise"),
                title=product_words(title),
                state="done" if closed else "accepted",
                owner_key=office.actors[owner].key,
                creator_key=office.actors["lena"].key,
                due=due,
                source_key=more.get("source"),
                created_at=dt.datetime(2026, 4, 1, tzinfo=UTC),
                closed_at=dt.datetime.combine(closed, dt.time(9), tzinfo=UTC) if closed else None,
            )
        )
        unit.commit()


def submit(office: Office, who: str, title: str, at: dt.datetime = IN_TIME) -> str:
    with office.store.unit() as unit:
        row = pain_points.submit(unit, office.actors[who], Submission(words(title)), month="2026-06", policy=POLICY)
        row.submitted_at = at
        unit.commit()
        return row.pain_id


def test_the_growing_theme_comes_first_with_interval_money_and_no_owner(office: Office) -> None:
    load(office.corpus)
    post = office.post()
    assert post.splitlines()[0] == "May 2026: no promise was due; 1 theme growing."
    first = post.split("• ")[1]
    assert "charged twice" in first.splitlines()[0]
    assert "14 complaints in May about double, growing: about" in first
    assert "times its usual share (95 %" in first
    assert "about 1,000 contacts and EUR 8,000 in the month" in first
    assert "no owner yet" in first
    assert "[Accept] [Decline] [Need data]" in first
    assert "the theme's share of a topic's complaints" in post


def test_where_nothing_grows_nothing_is_said_to_grow(office: Office) -> None:
    load(office.corpus, double=(8, 8, 8, 9))
    post = office.post()
    assert "no theme grew beyond chance" in post.splitlines()[0]
    assert "growing" not in post
    assert "times" not in post
    assert post.count("no clear change") == 3


def test_a_month_without_data_goes_out_and_says_so(office: Office) -> None:
    result = office.run()
    assert [post.thread_of for post in result.posts] == [None, "pain_point_digest/2026-06"]
    post = result.posts[0].reply
    assert post.headline == "May 2026: no promise was due; no complaints to read."
    assert "No complaint of May 2026 is loaded" in "".join(str(part) for part in post.parts)
    assert "@mira, @sam" in post.context


def test_promises_due_are_counted_by_function_as_they_stood_when_the_digest_was_due(office: Office) -> None:
    promise(office, "in time", "sam", dt.date(2026, 5, 20), dt.date(2026, 5, 19))
    promise(office, "too late", "sam", dt.date(2026, 5, 10), dt.date(2026, 5, 12))
    promise(office, "after the digest", "lena", dt.date(2026, 5, 11), dt.date(2026, 6, 9))
    promise(office, "not in May", "mira", dt.date(2026, 6, 1), None)
    post = office.post()
    assert post.splitlines()[0].startswith("May 2026: 3 promises due, 1 kept")
    assert "Promises kept, by function: aurora 1 of 2, leaders 0 of 1." in post
    assert "kept on 19 May · @sam" in post
    assert "kept late on 12 May" in post
    assert "still open · @lena" in post
    assert "not in May" not in post


def test_the_owner_of_a_theme_is_named_and_nothing_is_left_to_decide(office: Office) -> None:
    load(office.corpus)
    key = office.book.month(office.actors["lena"], kind="complaint", period="2026-05").themes[0].key
    promise(office, "fix it", "sam", dt.date(2026, 7, 1), None, kind="theme", source=key)
    first = office.post().split("• ")[1]
    assert "owner: @sam, accepted, due 1 Jul" in first
    assert "[Accept]" not in first


def test_the_owner_of_a_theme_that_was_merged_has_what_it_counts_for(office: Office) -> None:
    load(office.corpus)
    first, *_, last = office.book.month(office.actors["lena"], kind="complaint", period="2026-05").themes
    promise(office, "fix it", "sam", dt.date(2026, 5, 28), None, kind="theme", source=last.key)
    with office.store.unit() as unit:
        theme_registry.merge(unit, office.actors["lena"], last.key, into=first.key, policy=POLICY)
        unit.commit()
    post = office.post()
    shown = post.split(f"• {first.label.show()}")[1].split("• ")[0]
    assert "owner: @sam, accepted, due 28 May" in shown
    assert "[Accept]" not in shown
    assert "its theme: Feb" in post  # the promise itself, due in May, says how its theme moved


def test_a_quote_is_shown_only_while_a_person_has_released_it(office: Office) -> None:
    load(office.corpus)
    with office.store.unit() as unit:
        document = unit.session.get(Document, "double-2026-05-3")
        assert document is not None
        document.state, document.consent = "released", True
        unit.session.add(
            Release(
                release_id="rel_1", doc_id=document.doc_id, state="released", text=words("It was taken twice!"),
                shown={}, flags=[], purpose=words("digest"), legal_basis="consent", policy="trainer@1",
                content_key=document.content_key, requested_by="a", requested_at=unit.now, reviewed_by="b",
                reviewed_at=unit.now, expires_at=unit.now + dt.timedelta(days=30),
            )
        )  # fmt: skip
        unit.commit()
    assert "> It was taken twice!" in office.post()


def test_nothing_of_a_theme_is_quoted_that_nobody_released(office: Office) -> None:
    load(office.corpus)
    post = office.post()
    assert "> " not in post
    assert "No quote of these themes is released" in post


def test_who_submitted_is_counted_who_is_missing_is_named_and_merged_ones_are_one_line(office: Office) -> None:
    one = submit(office, "sam", "customers repeat their story")
    two = submit(office, "mira", "people tell everything twice")
    submit(office, "mira", "came after the digest", at=dt.datetime(2026, 6, 10, tzinfo=UTC))
    with office.store.unit() as unit:
        pain_points.merge(unit, office.actors["sam"], two, into=one, policy=POLICY)
        unit.commit()
    post = office.post()
    assert "2 submitted pain points." in post
    assert "missing" not in post
    assert "customers repeat their story\n2 sources" in post
    assert "people tell everything twice" not in post
    assert "came after the digest" not in post


def test_a_decline_needs_a_reason_and_keeps_it_in_the_next_digest(office: Office) -> None:
    pain = submit(office, "sam", "customers repeat their story")
    lena = office.actors["lena"]
    with office.store.unit() as unit:
        with pytest.raises(Exception, match="why"):
            pain_points.decide(unit, lena, pain, state="declined", policy=POLICY)
        pain_points.decide(unit, lena, pain, state="declined", reason=words("no budget this year"), policy=POLICY)
        unit.commit()
    with office.store.read() as session:
        (view,) = pain_points.list_pains(session, lena, month="2026-06", policy=POLICY)
    assert view.row.reason == words("no budget this year")


def test_a_run_posts_once_into_the_leaders_channel(office: Office) -> None:
    load(office.corpus)
    office.run()
    with office.store.read() as session:
        rows = list(session.query(OutboxRow).order_by(OutboxRow.id))
    assert [(row.channel, row.thread_of) for row in rows] == [
        ("#leadership", None),
        ("#leadership", "pain_point_digest/2026-06"),
    ]


def test_it_goes_out_where_the_gate_is_opened_for_it_and_writes_down_that_it_read_the_names_of_people(
    office: Office,
) -> None:
    """A process of its own (``jobs run``), after somebody has looked at the themes of the month."""
    load(office.corpus)
    office.book.month(office.actors["lena"], kind="complaint", period="2026-05")
    gates: list[PlayedGate] = []

    def opened() -> PlayedGate:
        if not gates:
            with office.store.unit() as unit:
                audit.record(unit, SYSTEM, "vault.open", resource="vault:names")
                unit.commit()
            gates.append(PlayedGate())
        return gates[0]

    book = ThemeBook(office.store, corpus=lambda: office.corpus, gate=opened, policy=POLICY, zone=ZONE)
    definition = next(row for row in load_routines().routines if row.key == "pain_point_digest")
    routine = PainPointDigest(definition, book=lambda: book, costs=lambda month: {}, policy=POLICY, currency="EUR")
    result = JobRunner(office.store, [routine], RunnerSettings(ZONE)).run_slot("pain_point_digest", "2026-06")
    assert (result.state, len(result.posts)) == ("done", 2)


def test_a_rehearsal_leaves_nothing_behind(office: Office) -> None:
    load(office.corpus)
    posts = office.runner.rehearse("pain_point_digest", "2026-06").posts
    assert any(isinstance(part, Item) for part in posts[0].reply.parts)
    with office.store.read() as session:
        assert not list(session.query(OutboxRow))
        assert not commitments.list_for(session, office.actors["lena"])
