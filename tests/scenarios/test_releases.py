"""A complaint on its way to others: found, asked for, read, released, shared, withdrawn; and everybody who may not."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.render_text import render_text
from frontline.app.commands.demo import restore_posts
from frontline.core.actor import SYSTEM, Audience, AudienceKind
from frontline.core.reply import Quote, Reply
from frontline.core.text import QuestionText, RawText
from frontline.governance import audit, outbox, quoting, releases
from frontline.governance.examination import examine
from frontline.sandbox.slack.driver import Persona, text_of
from frontline.sandbox.slack.records import Message, View
from frontline.store.models.corpus import Document
from frontline.store.models.releases import Release
from tests.scenarios.conftest import Company, start_company


def denials(company: Company) -> list[str]:
    with company.house.store.read() as session:
        return [entry.action for entry in audit.entries(session, limit=200) if entry.outcome == "denied"]


def a_document(company: Company, **wanted: object) -> str:
    """Return the id of a complaint that nobody asked for yet."""
    with company.house.store.read() as session:
        query = select(Document).where(Document.kind == "complaint", Document.state == "inside")
        for row in session.scalars(query.order_by(Document.doc_id)):
            if all(
                getattr(row, name) == value
                for name, value in {"consent": True, "language": "english", **wanted}.items()
            ):
                return row.doc_id
    raise AssertionError(f"no complaint with {wanted}")


def quotes(company: Company) -> dict[str, str]:
    with company.house.store.read() as session:
        found = releases.released_quotes(session, SYSTEM, None, at=company.clock.now())
        return {quote.doc_id: quote.text.show() for quote in found}


def form_of(company: Company, person: Persona, title: str) -> View:
    def probe() -> View | None:
        view = person.view
        return view if view and title in str(view.definition.get("title")) else None

    view = company.slack.wait_for(probe, timeout=60, what=f"the form {title}")
    assert view is not None
    return view


def release_id_in(message: Message) -> str:
    found = re.search(r"rel_\w{10}", text_of(message))
    assert found is not None, text_of(message)
    return found.group()


def ask(company: Company, doc_id: str) -> str:
    # The gate takes its time to open; the running bot does it before the first person comes.
    company.house.gate.check(RawText("warm"))
    said = company.command("trainer", f"/ops example request {doc_id} for onboarding", containing="Asked")
    return release_id_in(said)


def deliver(company: Company) -> None:
    """Let what waits go: one message a second and channel, and the clock stands still otherwise."""
    company.clock.advance(dt.timedelta(seconds=2))
    company.assembly.delivery.step()


def asked_in_dm(company: Company, reviewer: str, release_id: str) -> Message:
    deliver(company)
    return company.as_user(reviewer).wait_message(containing=release_id, timeout=60)


def test_a_complaint_reaches_a_channel_only_between_release_and_withdrawal(company: Company) -> None:
    doc_id = a_document(company)
    release_id = ask(company, doc_id)
    assert doc_id not in quotes(company)
    asked = asked_in_dm(company, "steward", release_id)
    assert "onboarding" in text_of(asked)
    assert "placeholders" in text_of(asked)
    steward, trainer = company.as_user("steward"), company.as_user("trainer")
    done = company.answer(steward, lambda: steward.click(asked, "Release"), containing="Released for 180 days")
    words = quotes(company)[doc_id]
    deliver(company)
    told = trainer.wait_message(containing="released your example", timeout=60)
    assert words[:60] in text_of(told)
    trainer.click(told, "Share to channel")
    form = form_of(company, trainer, "Share")
    company.answer(trainer, lambda: trainer.submit(form, {"channel": "C0FLOOR001"}), containing="on its way")
    deliver(company)
    post = trainer.wait_message("floor", containing="what a customer wrote", timeout=60)
    assert words[:60] in text_of(post)
    gone = company.command("trainer", f"/ops example withdraw {release_id} the customer asked", containing="Withdrawn")
    assert "posted before" in text_of(gone)
    assert doc_id not in quotes(company)
    deliver(company)
    # The words are gone from where they stood, too.
    company.slack.wait_for(
        lambda: not [m for m in trainer.messages("floor") if words[:60] in text_of(m)],
        timeout=60,
        what="the quote to go",
    )
    assert any("it was withdrawn" in text_of(m) for m in trainer.messages("floor"))
    with company.house.store.read() as session:
        live = company.house.corpus.open_shelf(SYSTEM).vectors.ids
        assert doc_id not in live
        assert session.get_one(Document, doc_id).state == "withdrawn"
    listed = company.command("agent", "/ops example list", containing="")
    assert release_id not in text_of(listed)
    deliver(company)
    assert "the customer asked" in text_of(steward.wait_message(containing="withdrew a released", timeout=60))
    again = company.command("steward", f"/ops example release {release_id}", containing="already")
    assert "withdrawn" in text_of(again)
    assert "Undo" in str(done.blocks)


def test_a_quote_withdrawn_before_it_went_does_not_go(company: Company) -> None:
    release_id = ask(company, a_document(company))
    company.command("steward", f"/ops example release {release_id}", containing="Released")
    # Nothing is delivered until the delivery steps: its thread is stopped here.
    company.assembly.stop()
    with company.house.store.unit() as unit:
        [text] = [
            q.text
            for q in releases.released_quotes(unit.session, SYSTEM, None, at=unit.now)
            if q.release_id == release_id
        ]
        channel = Audience(AudienceKind.CHANNEL, channel="#floor")
        outbox.enqueue(unit, "q", "#floor", Reply("x", parts=[Quote(text)]), audience=channel, action=quoting.QUOTE)
        quoting.note_use(unit, "q", [release_id])
        unit.commit()
    assert company.house.ask("ops", f"example withdraw {release_id}", person="tomas").outcome.value == "done"
    deliver(company)
    with company.house.store.read() as session:
        assert outbox.access_message(session, "q").state == "withheld"


def test_the_trainer_asks_from_a_hit_and_the_steward_refuses_with_a_reason(company: Company) -> None:
    trainer, steward = company.as_user("trainer"), company.as_user("steward")
    found = company.command("trainer", '/ops example find "charged twice" -n 20', containing="best first")
    consented = a_document(company)
    assert "Request release" in str(found.blocks)
    trainer.click(found, "Request release")
    form = form_of(company, trainer, "Request")
    trainer.submit(form, {"purpose": ""})
    release_id = ask(company, consented)
    asked = asked_in_dm(company, "steward", release_id)
    steward.click(asked, "Refuse")
    reason = form_of(company, steward, "Refuse")
    company.answer(
        steward, lambda: steward.submit(reason, {"reason": "says too much about the shop"}), containing="Refused"
    )
    deliver(company)
    told = trainer.wait_message(containing="did not release", timeout=60)
    assert "too much about the shop" in text_of(told)
    assert consented not in quotes(company)


def test_the_steward_masks_more_and_undoes_a_release(company: Company) -> None:
    doc_id = a_document(company)
    release_id = ask(company, doc_id)
    asked = asked_in_dm(company, "steward", release_id)
    steward = company.as_user("steward")
    with company.house.store.read() as session:
        text = session.get_one(Document, doc_id).text
        assert text is not None
    word = next(word for word in re.findall(r"[a-z]{5,}", text.show()))
    steward.click(asked, "Mask more")
    form = form_of(company, steward, "Mask")
    card = company.answer(steward, lambda: steward.submit(form, {"words": word}), containing="[MASKED]")
    done = company.answer(steward, lambda: steward.click(card, "Release"), containing="Released for")
    assert "[MASKED]" in quotes(company)[doc_id]
    company.answer(steward, lambda: steward.click(done, "Undo"), containing="waits for a review again")
    assert doc_id not in quotes(company)


@pytest.mark.parametrize(
    ("who", "typed", "action"),
    [
        ("agent", "/ops example request complaint-x for fun", "example.request"),
        ("supervisor", "/ops example request complaint-x for fun", "example.request"),
        ("trainer", "/ops example release rel_nothing", "example.release"),
        ("leader", "/ops example release rel_nothing", "example.release"),
        ("agent", "/ops example withdraw rel_nothing", "example.withdraw"),
        ("agent", "/ops example list requested", "example.list"),
        ("trainer", "/ops example refuse rel_nothing because", "example.release"),
    ],
)
def test_who_may_not_is_refused_and_it_is_audited(who: str, typed: str, action: str, shared_company: Company) -> None:
    said = shared_company.command(who, typed, containing="This is for")
    assert "rel_" not in text_of(said)
    assert action in denials(shared_company)[:3]


def test_words_are_asked_for_and_looked_up_for_the_purposes_of_their_policy_alone(shared_company: Company) -> None:
    doc_id = a_document(shared_company)
    shared_company.house.gate.check(RawText("warm"))
    for typed, named in (
        (f"/ops example request {doc_id} for marketing", ("onboarding", "coaching", "reporting", "for nothing else")),
        (
            '/ops example find "invoice" --for marketing',
            ("search, categories, themes and quality", "not for marketing"),
        ),
    ):
        said = text_of(shared_company.command("trainer", typed, containing=named[0]))
        assert all(words in said for words in named), said
    assert denials(shared_company)[:2] == ["example.find", "example.request"]
    assert doc_id not in quotes(shared_company)
    shared_company.command("trainer", '/ops example find "invoice" --for quality -n 2', containing="best first")


def test_an_undone_withdrawal_brings_the_words_back(company: Company) -> None:
    release_id = ask(company, doc_id := a_document(company))
    company.command("steward", f"/ops example release {release_id}", containing="Released for")
    gone = company.command("trainer", f"/ops example withdraw {release_id}", containing="Withdrawn")
    assert doc_id not in quotes(company)
    trainer = company.as_user("trainer")
    company.answer(trainer, lambda: trainer.click(gone, "Undo"), containing="it is released again")
    assert doc_id in quotes(company)


def test_a_new_local_slack_does_not_show_again_what_was_withdrawn(fresh_home: Path) -> None:
    first = start_company(fresh_home)
    release_id = ask(first, a_document(first))
    first.command("steward", f"/ops example release {release_id}", containing="Released for")
    with first.house.store.unit() as unit:
        [text] = [
            quote.text
            for quote in releases.released_quotes(unit.session, SYSTEM, None, at=unit.now)
            if quote.release_id == release_id
        ]
        floor = Audience(AudienceKind.CHANNEL, channel="#floor")
        outbox.enqueue(unit, "q", "#floor", Reply("What a customer wrote", parts=[Quote(text)]), audience=floor)
        unit.commit()
    deliver(first)
    first.as_user("leader").wait_message("floor", containing="What a customer wrote", timeout=60)
    first.command("trainer", f"/ops example withdraw {release_id}", containing="Withdrawn")
    first.stop()
    second = start_company(fresh_home)
    restore_posts(second.house, second.assembly)
    second.slack.settle()
    assert not any("What a customer wrote" in text_of(m) for m in second.as_user("leader").messages("floor"))
    second.stop()


def test_the_demo_library_was_asked_for_and_released_by_two_people_and_names_nobody(shared_company: Company) -> None:
    pool = quotes(shared_company)
    assert len(pool) >= 10
    with shared_company.house.store.read() as session:
        trail = [entry for entry in audit.entries(session, limit=1_000) if entry.resource.startswith("release:")]
    who = {
        action: {entry.actor_key for entry in trail if entry.action == action}
        for action in ("example.request", "example.release")
    }
    assert who["example.request"]
    assert who["example.release"]
    assert not who["example.request"] & who["example.release"]
    with (shared_company.home / "demo" / "documents.jsonl").open(encoding="utf-8") as lines:
        known = {row["id"]: row.get("known") or {} for row in map(json.loads, lines)}
    for doc_id, words in pool.items():
        for part in str(known.get(doc_id, {}).get("name", "")).split():
            assert not re.search(rf"\b{part}\b", words, re.IGNORECASE), doc_id


def test_a_tone_chooses_among_what_was_found(shared_company: Company) -> None:
    shared_company.house.gate.check(RawText("warm"))
    angry = shared_company.command("trainer", '/ops example find "invoice" --tone angry -n 3', containing="best first")
    assert "best first" in text_of(angry)
    unknown = shared_company.command("trainer", '/ops example find "invoice" --tone purple', containing="tone")
    assert "angry, calm" in text_of(unknown)


def test_who_asks_cannot_review_and_another_reviewer_can(company: Company) -> None:
    said = company.command("steward", f"/ops example request {a_document(company)} for onboarding", containing="Asked")
    release_id = release_id_in(said)
    own = company.command("steward", f"/ops example release {release_id}", containing="does not review")
    assert "Released" not in text_of(own)
    assert "example.release" in denials(company)
    asked = asked_in_dm(company, "admin", release_id)
    admin = company.as_user("admin")
    company.answer(admin, lambda: admin.click(asked, "Release"), containing="Released for")
    late = company.command("admin", f"/ops example release {release_id}", containing="released already")
    assert "per_" not in str(late.blocks)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [({"consent": False}, "consent"), ({"language": "dutch", "consent": True}, "not measured")],
    ids=["no consent", "dutch"],
)
def test_what_may_never_be_released_says_why(wanted: dict[str, object], sentence: str, shared_company: Company) -> None:
    with shared_company.house.store.unit() as unit:
        if wanted.get("language"):
            row = unit.session.scalar(select(Document).where(Document.language == "dutch", Document.state == "inside"))
            assert row is not None
            row.consent = True
            doc_id = row.doc_id
            unit.commit()
        else:
            doc_id = a_document(shared_company, **wanted)
    said = shared_company.command(
        "trainer", f"/ops example request {doc_id} for onboarding", containing="cannot be released"
    )
    assert sentence in text_of(said)
    assert doc_id not in quotes(shared_company)


def test_no_text_in_a_language_that_was_not_measured_reaches_a_channel_a_digest_or_the_pool(company: Company) -> None:
    with company.house.store.unit() as unit:
        foreign = list(unit.session.scalars(select(Document).where(Document.language != "english")))
        assert {row.language for row in foreign} == {"dutch", "portuguese", "polish"}
        assert all(any("language_un" in reason for reason in row.reasons) for row in foreign)
        for row in foreign:
            row.consent = True
            found = examine(unit.session, row, gate=company.house.gate, rules=company.house.catalog.releases)
            assert any("not measured" in block or "held" in block for block in found.blocks), row.doc_id
        # Even rows that somebody forged do not make words of them public.
        [victim] = [row for row in foreign if row.language == "dutch" and row.text is not None][:1]
        assert victim.text is not None
        victim.state = "released"
        forged = Release(
            release_id="rel_forged", doc_id=victim.doc_id, state="released", text=victim.text, purpose=victim.text,
            legal_basis="consent", policy="trainer@2", content_key=victim.content_key, requested_by="per_a",
            requested_at=unit.now, reviewed_by="per_b", reviewed_at=unit.now,
            expires_at=unit.now + dt.timedelta(days=9),
        )  # fmt: skip
        unit.session.add(forged)
        unit.commit()
    assert victim.doc_id not in quotes(company)
    channel = Audience(AudienceKind.CHANNEL, channel="#floor")
    hits = company.house.corpus.search(SYSTEM, QuestionText(victim.text.show()), k=50, audience=channel)
    assert not {hit.id for hit in hits} & {row.doc_id for row in foreign}
    digest = company.assembly.runner.rehearse("pain_point_digest", None)
    said = " ".join(render_text(post.reply) for post in digest.posts)
    words = [row.text.show().split() for row in foreign if row.text is not None]
    shingles = {" ".join(each[at : at + 4]) for each in words for at in range(len(each) - 3)}
    assert said
    assert not [shingle for shingle in shingles if shingle in said]


def test_the_library_is_for_agents_too_and_shows_released_words_only(company: Company) -> None:
    release_id = ask(company, doc_id := a_document(company))
    before = company.command("agent", "/ops example list", containing="")
    assert release_id not in text_of(before)
    company.command("steward", f"/ops example release {release_id}", containing="Released for")
    after = company.command("agent", "/ops example list", containing="released example")
    assert quotes(company)[doc_id][:60] in text_of(after)
    assert "Withdraw" not in str(after.blocks)
    assert "Share" not in str(after.blocks)


def test_app_home_counts_the_library_and_what_waits(company: Company) -> None:
    release_id = ask(company, a_document(company))
    for who, words in (("trainer", "of yours wait for a review"), ("steward", "wait for a review")):
        person = company.as_user(who)
        person.open_home()

        def shown(person: Persona = person) -> bool:
            return person.home is not None and release_id in str(person.home.definition)

        company.slack.wait_for(shown, timeout=60, what="the request in App Home")
        assert person.home is not None
        assert words in str(person.home.definition)


def test_a_request_that_waits_comes_back_to_the_reviewers_and_a_release_that_expires_to_who_asked(
    company: Company,
) -> None:
    release_id = ask(company, a_document(company))
    trainer, steward = company.as_user("trainer"), company.as_user("steward")

    def reminders(person: Persona) -> list[Message]:
        return [m for m in person.messages() if "still wait" in text_of(m) and release_id in text_of(m)]

    def pass_days(days: int) -> None:
        company.clock.advance(dt.timedelta(days=days))
        for _ in range(2):
            company.assembly.tick()
            deliver(company)

    pass_days(1)
    assert reminders(steward) == []
    pass_days(1)
    [told] = reminders(steward)
    with company.house.store.read() as session:
        keys = [row.key for row in outbox.list_messages(session, states=("sent",)) if "release/waiting" in row.key]
    assert [key.rpartition("/")[0] for key in keys] == ["release/waiting/2026-06-19"]
    pass_days(1)
    assert len(reminders(steward)) == 1
    assert reminders(trainer) == reminders(company.as_user("admin")) == []
    card = company.answer(steward, lambda: steward.click(told, "Review"), containing="asks to release an example")
    company.answer(steward, lambda: steward.click(card, "Release"), containing="Released for")
    pass_days(3)
    assert len(reminders(steward)) == 1
    pass_days(178)
    pass_days(1)
    [expired] = [m for m in trainer.messages() if "expired" in text_of(m)]
    assert release_id in text_of(expired)
