"""Strings that hide somebody, and strings that must survive, with the trained head beside the rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

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


@pytest.mark.parametrize(
    ("text", "is_masked"),
    [
        ("The Victoria credit card has no yearly fee.", False),
        ("The Daisy speaker answers when the Robin alarm goes off.", False),
        ("I spoke to the Victoria who sold me the plan.", True),
        ("Victoria Jansen sold me the plan.", True),
        ("The Peter incident is closed.", True),
        ("I called about the Maria loan.", True),
        ("Peter Max promised a refund.", True),
    ],
)
def test_a_product_that_carries_a_first_name_stays_and_a_person_does_not(
    gate: PresidioGate, text: str, is_masked: bool
) -> None:
    assert bool(gate.check(RawText(text)).spans) is is_masked


def test_a_number_before_an_emoji_does_not_swallow_the_house_number_after_it(gate: PresidioGate) -> None:
    text = "NL91ABNA0417164300 \U0001f600 12 Elm Street, Springfield, IL 62704. "
    shown = gate.check(RawText(text)).text
    assert shown is not None
    assert shown.show() == "[IBAN] \U0001f600 [ADDRESS]. "


STRANGERS = [json.loads(line) for line in Path(__file__).with_name("strangers.jsonl").read_text("utf-8").splitlines()]
"""Six lists of 114 hidden identities and 93 harmless strings each, and the 93 of twelve more (lists 7 to 18), by people
who never saw the gate. What the gate made of a list before anything was learned from it is in docs/privacy.md and the
card of the name head. Where a harmless string is not its whole text, "keep" says where it stands."""
GENERALISED = frozenset(("AMOUNT", "DATE_TIME", "URL"))
"""Prices and dates become ranges and days, and every web address with a path goes: both by policy, whatever it says."""


def unmasked(gate: PresidioGate, lines: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the texts in which a letter or digit of a mention was not masked, unless the gate held them back."""
    left = []
    for line in lines:
        verdict = gate.check(RawText(line["text"]))
        covered = {at for span in verdict.spans for at in range(span.start, span.end)}
        mention = [at for start, end, _ in line["spans"] for at in range(start, end)]
        if verdict.text is not None and any(line["text"][at].isalnum() and at not in covered for at in mention):
            left.append(line["text"])
    return left


def test_disguised_numbers_and_addresses_of_strangers_are_seen_through_by_rules(gate: PresidioGate) -> None:
    numbers = [
        line for line in STRANGERS if line["spans"] and line["spans"][0][2] not in ("PERSON", "ADDRESS", "LOCATION")
    ]
    assert len(unmasked(gate, numbers)) <= 0.12 * len(numbers)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "left"), [(1, 14), (2, 14), (3, 14), (4, 4), (5, 4), (6, 4)])
def test_of_a_strangers_114_disguises_nearly_all_are_seen_through(
    gate_with_head: PresidioGate, number: int, left: int
) -> None:
    hidden = [line for line in STRANGERS if line["list"] == number and line["spans"]]
    assert len(hidden) == 114
    assert len(unmasked(gate_with_head, hidden)) <= left


@pytest.mark.slow
@pytest.mark.parametrize(("number", "most"), [(1, 9), (2, 9), (3, 9), *((number, 4) for number in range(4, 19))])
def test_of_a_strangers_93_harmless_strings_few_are_touched(
    gate_with_head: PresidioGate, number: int, most: int
) -> None:
    harmless = [line for line in STRANGERS if line["list"] == number and not line["spans"]]
    assert len(harmless) == 93
    touched = [line["text"] for line in harmless if _is_touched(gate_with_head, line)]
    assert len(touched) <= most, touched


def _is_touched(gate: PresidioGate, line: Mapping[str, Any]) -> bool:
    start, end = line.get("keep", (0, len(line["text"])))
    spans = gate.check(RawText(line["text"])).spans
    return any(span.label not in GENERALISED and span.start < end and start < span.end for span in spans)
