"""Long runs of blanks cost nothing, and hide nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymization.blanks import LONGEST, shorten
from anonymization.gate import PresidioGate
from anonymization.normalisation import normalise
from frontline.core.text import RawText

MANY = 20_000


@pytest.mark.parametrize("blank", [" ", "\n", "\t", " \n"])
@pytest.mark.parametrize(
    "opening", ["I work", "10 Main Street", "My zip code", "Account number", "The name on the card"]
)
def test_thousands_of_blanks_do_not_take_the_time_of_a_check(gate: PresidioGate, opening: str, blank: str) -> None:
    verdict = gate.check(RawText(f"{opening}{blank * MANY}and my mail is jan@example.com."))
    assert verdict.text is not None
    assert verdict.text.show().endswith(f"{blank * MANY}and my mail is [EMAIL].")


def test_a_run_of_blanks_keeps_its_ends_and_its_place() -> None:
    copy = shorten(normalise("Jan \n\n" + " " * 50 + "\n\tPiet"))
    assert copy.text == "Jan \n\n  " + "   \n\tPiet"
    assert copy.to_original(copy.text.index("Piet"), len(copy.text)) == (58, 62)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["a", "é", "ﬁ", "%41", " ", "\n", " " * 7, "\t" * 30]), max_size=30).map("".join))
def test_only_the_middle_of_long_runs_is_left_out(text: str) -> None:
    before, after = normalise(text), shorten(normalise(text))
    assert after.text.split() == before.text.split()
    assert " " * (LONGEST + 1) not in after.text.replace("\n", " ").replace("\t", " ")
    for at, sign in enumerate(after.text):
        if not sign.isspace():
            start, end = after.to_original(at, at + 1)
            assert text[start:end].strip()
