"""Scripts and variants through the local Slack: said, changed, approved, taken back, and kept few."""

from __future__ import annotations

from frontline.app.scripting import put_drafts
from frontline.core.request import PersonRef
from frontline.governance import people
from frontline.sandbox.slack.driver import text_of
from tests.scenarios.conftest import Company


def test_a_script_is_changed_approved_and_taken_back(shared_company: Company) -> None:
    company = shared_company
    said = text_of(company.command("agent", "/ops kb script cancel --segment smb", containing="segment smb"))
    assert "business desk" in said
    assert "Your contract ends one month after today" in said
    north = company.command("agent", "/ops kb script cancel --segment smb --region north", containing="Two overrides")
    assert "within two hours" in text_of(north)
    company.command("agent", "/ops kb script cancel --segment vip", containing="There is no segment vip")
    dutch = company.command("agent", "/ops kb script refunds --locale nl", containing="has no text in nl")
    assert "complaints desk" in text_of(dutch)

    before = text_of(company.command("leader", "/ops review variants", containing="cancellation"))
    assert "4 of 7" in before
    supervisor = company.as_user("supervisor")
    supervisor.command("/ops", "kb edit cancellation")
    view = company.slack.wait_for(
        lambda: supervisor.view if supervisor.view and "Which block" in str(supervisor.view.definition) else None
    )
    assert view is not None
    removing = {"block": "notice", "segment": "consumer", "leave_out": ["true"]}
    company.answer(supervisor, lambda: supervisor.submit(view, removing), containing="It cannot be published")
    refused = company.command("trainer", "/ops kb publish cancellation", containing="compliance block notice")
    assert "is published" not in text_of(refused)

    company.command("steward", "/ops kb undraft cancellation", containing="The draft is gone")
    edit = "/ops kb edit cancellation close --segment consumer Is there anything else? I am happy to help."
    company.command("supervisor", edit, containing="Kept as a draft")
    company.command("trainer", "/ops kb diff cancellation", containing="happy to help")
    done = company.command("trainer", "/ops kb publish cancellation", containing="is published: 5 variants")
    after = text_of(company.command("leader", "/ops review variants", containing="5 of 7"))
    assert "cancellation" in after
    trainer = company.as_user("trainer")
    company.answer(trainer, lambda: trainer.click(done, "Undo"), containing="holds again")
    company.command("leader", "/ops review variants", containing="4 of 7")


def test_the_eighth_variant_is_refused_with_the_two_that_are_used_least(shared_company: Company) -> None:
    company = shared_company
    census = text_of(company.command("leader", "/ops review variants invoices", containing="7 of 7"))
    assert "near-duplicates" in census
    said = text_of(company.command("leader", '/ops review add invoices "Reminder for enterprise" --kind mail'))
    assert "7 variants and a budget of 7" in said
    assert "Reminder of the old brand (3 uses" in said
    assert "First reminder in friendly word (12 uses" in said
    leader = company.as_user("leader")
    shown = company.command("leader", "/ops review variants invoices", containing="7 of 7")
    identity = text_of(shown).split("3 uses · ")[1].split()[0]
    retired = company.command("leader", f"/ops review retire {identity}", containing="Retired from invoices")
    company.command("leader", '/ops review add invoices "Reminder for enterprise" --kind mail', containing="7 of 7")
    company.answer(leader, lambda: leader.click(retired, "Undo"), containing="budget of 7")


def test_the_first_draft_of_a_topic_is_read_and_mended_before_it_is_approved(
    shared_company: Company,
) -> None:
    company = shared_company
    body = {
        "topic": "Visit Date",
        "title": "Another day for a visit",
        "blocks": [
            {"id": "hello", "text": {"en": "Good day."}},
            {"id": "rights", "compliance": True, "text": {"en": "You can object within 14 days."}},
        ],
        "overrides": [{"block": "rights", "when": {"segment": "smb"}}],
    }
    with company.house.store.read() as session:
        ada = people.resolve(session, PersonRef(handle="ada"))
    assert put_drafts(company.house, ada, [body]) == [("Visit Date", "")]
    shown = text_of(company.command("trainer", "/ops kb diff Visit Date", containing="nothing is published yet"))
    assert "removes the compliance block rights" in shown
    assert "+ rights: You can object within 14 days." in shown
    refused = text_of(company.command("agent", "/ops kb script visit date", containing="There is no script"))
    assert "cancellation" in refused
    company.command("trainer", "/ops kb publish Visit Date", containing="compliance block rights")
    same = "/ops kb edit visit rights --segment smb You can object within 14 days."
    company.command("supervisor", same, containing="Kept as a draft")
    company.command("trainer", "/ops kb publish Visit Date", containing="is published: 1 variant")


def test_a_variant_is_required_by_law_only_when_somebody_says_yes(shared_company: Company) -> None:
    for said, legal in (("no", False), ("yes", True)):
        words = f'/ops review add refunds "mail about {said}" --kind mail --legal {said}'
        shared_company.command("leader", words, containing="Registered")
        shown = text_of(shared_company.command("leader", "/ops review variants refunds", containing=f"about {said}"))
        line = shown.split(f"mail about {said}")[1].split("\n\n")[0]
        assert ("required by law" in line) is legal
    odd = '/ops review add refunds "mail about perhaps" --kind mail --legal perhaps'
    shared_company.command("leader", odd, containing="Does the law want this variant?")
