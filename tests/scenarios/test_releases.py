"""A complaint on its way to others: found, asked for, read, released, shared, withdrawn; and everybody who may not."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from frontline.core.actor import SYSTEM
from frontline.core.text import RawText
from frontline.governance import outbox, quoting
from frontline.sandbox.slack.driver import text_of
from frontline.store.models.corpus import Document
from tests.scenarios.conftest import Company
from tests.scenarios.releasing import (
    a_document,
    ask,
    asked_in_dm,
    deliver,
    denials,
    enqueue_quote,
    form_of,
    quotes,
    release_id_in,
)


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
        enqueue_quote(unit, release_id, "x", action=quoting.QUOTE)
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
