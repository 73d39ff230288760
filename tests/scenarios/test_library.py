"""The library of released examples: who sees it, what never comes into it, who is reminded of what waits or expires."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

from sqlalchemy import select

from bot.render_text import render_text
from frontline.app.commands.demo import restore_posts
from frontline.core.actor import SYSTEM, Audience, AudienceKind
from frontline.core.text import QuestionText, RawText
from frontline.governance import audit, outbox
from frontline.governance.examination import examine
from frontline.sandbox.slack.driver import Persona, text_of
from frontline.sandbox.slack.records import Message
from frontline.store.models.corpus import Document
from frontline.store.models.releases import Release
from tests.scenarios.conftest import Company, start_company
from tests.scenarios.releasing import a_document, ask, deliver, enqueue_quote, quotes


def test_a_new_local_slack_does_not_show_again_what_was_withdrawn(fresh_home: Path) -> None:
    first = start_company(fresh_home)
    release_id = ask(first, a_document(first))
    first.command("steward", f"/ops example release {release_id}", containing="Released for")
    with first.house.store.unit() as unit:
        enqueue_quote(unit, release_id, "What a customer wrote")
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
