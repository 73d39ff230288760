"""Over the mails of a case the same person keeps the same placeholder, and dates are counted from its opening."""

from __future__ import annotations

from dataclasses import replace

import pytest

from anonymization.gate import PresidioGate
from frontline.core.ports import CaseBook, Known
from frontline.core.text import RawText

MAILS = (
    "Hello, this is Maria Jansen. On 3 June 2026 I called and spoke to Quirijn Bolt about my router.",
    "Quirijn told me to wait. My neighbour Zbigniew Okonjo-Weber has the same router. Call 0612345678 or 0687654321.",
    "Okonjo-weber says it works for him since 7 June, and Maria and quirijn agreed on 2026-05-30, "
    "call 06 87654321 please.",
)
KNOWN = Known(names=("Maria Jansen",), agents=("Quirijn Bolt",))


def read(
    gate: PresidioGate, book: CaseBook | None, mails: tuple[str, ...] = MAILS
) -> tuple[list[str], CaseBook | None]:
    shown = []
    for mail in mails:
        verdict = gate.check(RawText(mail), known=replace(KNOWN, case=book))
        assert verdict.text is not None, verdict.reasons
        shown.append(verdict.text.show())
        book = verdict.case
    return shown, book


def test_the_same_person_and_number_keep_their_placeholder_over_the_mails_of_a_case(gate: PresidioGate) -> None:
    shown, book = read(gate, CaseBook("k1", opened="2026-06-01"))
    assert shown == [
        "Hello, this is [CUSTOMER]. On [DAY 2] I called and spoke to [AGENT_1] about my router.",
        "[AGENT_1] told me to wait. My neighbour [PERSON_1] has the same router. Call [PHONE] or [PHONE_2].",
        "[PERSON_1] says it works for him since [DAY 6], and [CUSTOMER] and [AGENT_1] agreed on [DAY -2], "
        "call [PHONE_2] please.",
    ]
    assert book is not None
    assert [role for role, _ in book.people] == ["customer", "agent", "person"]


def test_a_name_that_only_an_earlier_mail_gave_away_is_masked_without_a_record(gate: PresidioGate) -> None:
    later = "okonjo-weber was at home and zbigniew opened the door for the engineer."
    alone = gate.check(RawText(later)).text
    _, book = read(gate, CaseBook("k1"), MAILS[1:2])
    together = gate.check(RawText(later), known=Known(case=book)).text
    assert together is not None
    assert together.show() == "[PERSON_1] was at home and [PERSON_1] opened the door for the engineer."
    assert alone is None or alone.show() != together.show()


def test_another_agent_at_the_same_place_of_the_record_is_somebody_else(gate: PresidioGate) -> None:
    _, book = read(gate, CaseBook("k1"), MAILS[:1])
    known = Known(names=("Maria Jansen",), agents=("Femke Bosman", "Quirijn Bolt"), case=book)
    verdict = gate.check(RawText("Femke Bosman took over from Quirijn Bolt, thanks from Maria Jansen."), known=known)
    assert verdict.text is not None
    assert verdict.text.show() == "[AGENT_2] took over from [AGENT_1], thanks from [CUSTOMER]."


def test_two_cases_have_nothing_in_common_by_which_they_could_be_linked(gate: PresidioGate) -> None:
    (first, one), (second, two) = read(gate, CaseBook("k1")), read(gate, CaseBook("k2"))
    assert first == second
    assert one is not None
    assert two is not None
    hashes = [{h for _, words in (*book.people, *book.values) for h in words} for book in (one, two)]
    assert len(hashes[0]) > 6
    assert not hashes[0] & hashes[1]
    for piece in ("jansen", "Jansen", "612345678", "okonjo"):
        assert piece not in repr(one)


@pytest.mark.parametrize("written", ["[DAY 3]", "[DAY -12]"])
def test_a_day_that_a_customer_writes_like_ours_is_disarmed(gate: PresidioGate, written: str) -> None:
    verdict = gate.check(RawText(f"They promised me {written} that the engineer would come to my house."))
    assert verdict.text is not None
    assert written not in verdict.text.show()


def test_without_a_case_everything_is_as_before(gate: PresidioGate) -> None:
    verdict = gate.check(RawText(MAILS[1]), known=KNOWN)
    assert verdict.case is None
    assert verdict.text is not None
    assert "[PHONE_1] or [PHONE_2]" in verdict.text.show()
