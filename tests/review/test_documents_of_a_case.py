"""The mails of a case through intake: one person, one placeholder; nothing that links two cases; what ends the book."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from anonymization.gate import PresidioGate
from frontline.core.clock import FrozenClock
from frontline.governance import quarantine
from frontline.store.case_books import book_of_document, forget_books_before
from frontline.store.models.corpus import CaseBookRow, Document
from frontline.store.vault import Vault
from frontline.store.work import Store
from retrieval.erasure import forget_documents
from retrieval.intake import Intake
from retrieval.links import FactLinks
from tests.review.conftest import KEY, STELLA, Strict

LINKS = FactLinks(lambda _: {}, lambda cases: {case: dt.date(2026, 6, 1) for case in cases if case == "C1"})


def mail(number: int, text: str, case: str = "C1", **more: Any) -> dict[str, Any]:
    return {
        "id": f"{case}-mail-{number}",
        "kind": "complaint",
        "text": text,
        "case_id": case,
        "language": "english",
    } | more


def taken(store: Store, vault: Vault, gate: Any, rows: list[dict[str, Any]]) -> dict[str, str]:
    intake = Intake(store, gate=lambda: gate, vault=lambda: vault, key=lambda: KEY, links=LINKS)
    list(intake.take(STELLA, rows))
    return shown(store)


def shown(store: Store) -> dict[str, str]:
    with store.read() as session:
        return {row.doc_id: row.text.show() for row in session.scalars(select(Document)) if row.text is not None}


FIRST = mail(1, "On 3 June 2026 I spoke to Quirijn Bolt about my router, and to Zbigniew Okonjo. Regards, Maria Jansen")
SECOND = mail(2, "On 9 June came Zbigniew Okonjo, but Mr Bolt did not call Maria Jansen back at all.")


def test_a_load_and_a_later_load_go_on_where_the_case_stood(store: Store, vault: Vault, gate: PresidioGate) -> None:
    other = mail(1, "Zbigniew Okonjo and Quirijn Bolt told me on 3 June 2026 to wait for the router.", "C2")
    found = taken(store, vault, gate, [FIRST, other, SECOND])
    assert found["C1-mail-1"] == (
        "On [DAY 2] I spoke to [AGENT_1] about my router, and to [PERSON_1]. Regards, [CUSTOMER]"
    )
    assert found["C1-mail-2"] == "On [DAY 8] came [PERSON_1], but [AGENT_1] did not call [CUSTOMER] back at all."
    # The other case begins anew; its opening is unknown, so the first date that was told is its day zero.
    assert found["C2-mail-1"] == "[PERSON_1] and [PERSON_2] told me on [DAY 0] to wait for the router."
    third = mail(3, "At last okonjo repaired it on 10 June 2026, thanks to Quirijn Bolt and to Femke Bosman.")
    fourth = mail(2, "On 5 June 2026 Quirijn Bolt called, and Okonjo too.", "C2")
    later = taken(store, vault, gate, [third, fourth])
    assert later["C1-mail-3"] == "At last [PERSON_1] repaired it on [DAY 9], thanks to [AGENT_1] and to [PERSON_2]."
    assert later["C2-mail-2"] == "On [DAY 2] [PERSON_2] called, and [PERSON_1] too."


def test_a_book_holds_no_names_and_two_cases_share_nothing(store: Store, vault: Vault, gate: PresidioGate) -> None:
    taken(store, vault, gate, [FIRST, {**FIRST, "id": "C2-mail-1", "case_id": "C2"}])
    with store.read() as session:
        books = [book_of_document(session, vault, f"{case}-mail-1") for case in ("C1", "C2")]
        sealed = [row.sealed for row in session.scalars(select(CaseBookRow))]
    (one, two) = (found[1] for found in books if found is not None)
    assert [len(book.people) for book in (one, two)] == [3, 3]
    hashes = [{word for _, words in book.people for word in words} for book in (one, two)]
    assert not hashes[0] & hashes[1]
    assert not any(word in repr(one).lower() for word in ("jansen", "okonjo", "bolt"))
    assert not any(one.key.encode() in content for content in sealed)


def test_a_held_back_mail_that_a_steward_lets_in_goes_on_where_the_case_stood(
    store: Store, vault: Vault, gate: PresidioGate
) -> None:
    taken(store, vault, gate, [FIRST])
    taken(store, vault, Strict(), [SECOND])
    with store.unit() as unit:
        opened = quarantine.open_text(unit, STELLA, "C1-mail-2", vault=vault)
        verdict = gate.review(opened.text, (), known=opened.known)
        quarantine.decide(
            unit, STELLA, opened, verdict, choices=(), language="english", undo_window=dt.timedelta(days=1), vault=vault
        )
        unit.commit()
    assert shown(store)["C1-mail-2"].startswith("On [DAY 8] came [PERSON_1], but [AGENT_1] did not")


def test_a_book_goes_with_the_documents_of_an_erased_person_and_with_time(
    store: Store, vault: Vault, gate: PresidioGate, clock: FrozenClock
) -> None:
    taken(store, vault, gate, [FIRST, {**FIRST, "id": "C2-mail-1", "case_id": "C2"}])
    with store.unit() as unit:
        forget_documents(unit, ["C1-mail-1"])
        assert book_of_document(unit.session, vault, "C1-mail-1") is None
        assert len(unit.session.scalars(select(CaseBookRow)).all()) == 1
        clock.advance(dt.timedelta(days=200))
        assert forget_books_before(unit, clock.now() - dt.timedelta(days=180)) == 1
