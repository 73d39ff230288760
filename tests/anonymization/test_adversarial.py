"""Strings that hide somebody, and strings that must survive, with the trained head beside the rules."""

from __future__ import annotations

import re
from collections.abc import Sequence

from anonymization.gate import PresidioGate
from frontline.core.text import RawText
from tests.anonymization.adversarial import BLIND, KEPT, READ

_MARKED = re.compile("«([^»]*)»")


def left_open(gate: PresidioGate, marked: Sequence[str]) -> list[str]:
    """Return the marked strings of which a letter or digit of a mention was not masked."""
    open_ones = []
    for line in marked:
        text, hidden, at = "", [], 0
        for found in _MARKED.finditer(line):
            text += line[at : found.start()]
            hidden.append((len(text), len(text) + len(found[1])))
            text += found[1]
            at = found.end()
        text += line[at:]
        masked = {at for span in gate.check(RawText(text)).spans for at in range(span.start, span.end)}
        if any(text[at].isalnum() and at not in masked for start, end in hidden for at in range(start, end)):
            open_ones.append(line)
    return open_ones


def test_nine_of_ten_disguises_are_seen_through(gate_with_head: PresidioGate) -> None:
    assert len(left_open(gate_with_head, BLIND)) <= len(BLIND) // 10
    assert len(left_open(gate_with_head, READ)) <= len(READ) // 10


def test_of_a_hundred_service_strings_five_at_most_are_touched(gate_with_head: PresidioGate) -> None:
    damaged = [
        text for text in KEPT if any(_not_a_number(span.label) for span in gate_with_head.check(RawText(text)).spans)
    ]
    assert len(damaged) <= len(KEPT) * 5 // 93, damaged


def _not_a_number(label: str) -> bool:
    """Amounts and dates are coarsened on purpose: that is no damage."""
    return label not in ("AMOUNT", "DATE_TIME", "AGE")


def test_a_number_before_an_emoji_does_not_swallow_the_house_number_after_it(gate: PresidioGate) -> None:
    text = "NL91ABNA0417164300 \U0001f600 12 Elm Street, Springfield, IL 62704. "
    shown = gate.check(RawText(text)).text
    assert shown is not None
    assert shown.show() == "[IBAN] \U0001f600 [ADDRESS]. "
