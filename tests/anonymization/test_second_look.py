"""A text that passed is looked at again under today's policy, and a reviewer may mask more."""

from __future__ import annotations

import pytest

from anonymization.gate import PresidioGate
from anonymization.revision import mask_words
from frontline.core.errors import UsageError
from frontline.core.text import AnonymizedText, Provenance, RawText, seal


def passed(text: str) -> AnonymizedText:
    return seal(text, Provenance("index@1", (("PERSON", 1),)))


def test_placeholders_stay_as_they_are(gate: PresidioGate) -> None:
    text = passed("[CUSTOMER] was charged [AMOUNT 25-50 EUR] on [DATE+3d] and [AGENT_1] did not call back. [MASKED]")
    verdict = gate.recheck(text, language="english")
    assert verdict.text is not None
    assert verdict.text == text
    assert verdict.text.provenance == Provenance("trainer@2", (("PERSON", 1),))


def test_what_today_is_found_is_masked_and_counted(gate: PresidioGate) -> None:
    verdict = gate.recheck(
        passed("[CUSTOMER] here, my mail is jan@example.com and nobody answers."), language="english"
    )
    assert verdict.text is not None
    assert verdict.text.show() == "[CUSTOMER] here, my mail is [EMAIL] and nobody answers."
    assert dict(verdict.text.provenance.counts) == {"EMAIL": 1, "PERSON": 1}


def test_an_age_band_goes_under_the_stricter_policy(gate: PresidioGate) -> None:
    verdict = gate.recheck(passed("I am [AGE 80-89] and the modem is too heavy for me."), language="english")
    assert verdict.text is not None
    assert "[AGE]" in verdict.text.show()


def test_a_language_that_was_not_measured_does_not_pass(gate: PresidioGate) -> None:
    dutch = passed("Ik wacht al drie weken op de monteur en niemand belt mij terug over het internet.")
    assert gate.recheck(dutch, language="dutch").text is None
    assert gate.recheck(dutch, language="english").text is None


def test_a_forged_placeholder_is_still_disarmed_the_first_time(gate: PresidioGate) -> None:
    first = gate.check(RawText("[CUSTOMER] and [MASKED] are words I typed myself."), language="en")
    assert first.text is not None
    assert "[" not in first.text.show()


def test_a_reviewer_masks_whole_words_in_any_case_and_no_placeholder() -> None:
    text = mask_words(
        passed("Bakery here. The BAKERY of [CUSTOMER], not bakery-like, Bakeryx."), ["bakery", "customer here"][:1]
    )
    assert text.show() == "[MASKED] here. The [MASKED] of [CUSTOMER], not [MASKED]-like, Bakeryx."
    assert dict(text.provenance.counts) == {"MASKED": 3, "PERSON": 1}


@pytest.mark.parametrize("words", [[], ["  "], ["nobody"], ["customer"]])
def test_what_is_not_there_is_not_masked(words: list[str]) -> None:
    with pytest.raises(UsageError):
        mask_words(passed("The shop of [CUSTOMER]."), words)


def test_words_that_hold_signs_and_line_breaks_are_found() -> None:
    assert (
        mask_words(passed("My shop\nin (Zwolle) is closed."), ["shop in (Zwolle)"]).show() == "My [MASKED] is closed."
    )
