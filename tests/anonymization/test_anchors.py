"""An anchor skips only what cannot match: detection with and without them finds the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymization import (
    account_numbers,
    addresses,
    contacts,
    identity_numbers,
    name_cues,
    names,
    organisations,
    places,
    quantities,
    reading,
    spoken_digits,
    spoken_emails,
)
from anonymization.anchors import Anchored
from anonymization.gate import PresidioGate
from anonymization.lexicon import load_lexicon, word_set
from anonymization.normalisation import normalise
from anonymization.reading import Reading
from anonymization.samples import SAMPLES
from frontline.core.text import RawText
from tests.anonymization import adversarial, disguised
from tests.anonymization.test_gate_output import SERVICE_SENTENCES

ROOMS = (account_numbers, addresses, contacts, identity_numbers, organisations, places, quantities)
WITH_PLACES = (addresses, contacts, identity_numbers, names, reading, spoken_digits, spoken_emails)
"""Those that give places of their own to ``match_at``."""


def anchored() -> Iterator[Anchored]:
    for room in ROOMS:
        for value in vars(room).values():
            yield from (
                each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, Anchored)
            )
    yield from (cue.where for cue in name_cues.CUES)


ANCHORED = tuple(anchored())
GOLD = tuple(
    dict.fromkeys(
        (
            *(text.replace("«", "").replace("»", "") for text in (*adversarial.BLIND, *adversarial.READ)),
            *adversarial.KEPT,
            *disguised.KEEP,
            *(text for _, text, _ in disguised.disguised()),
            *SERVICE_SENTENCES,
            *(text for text, _ in SAMPLES.values()),
        )
    )
)
# What an expression can begin with, and what may stick to it: every word of an anchor, numbers, signs, odd letters.
_WORDS = sorted({word for each in ANCHORED for word in (*each.words, *each.needs, *each.holds)})
_ODD = """
    name is number id code Jansen Maria Main Keizersgracht in of me at ını Straße ſir old 1015CJ NL91ABNA SW1A1AA K1A0B1
    a@b.nl www.x.nl https://x.y/z u/x12 XX 'S s.r.l B.V. U.S. tuesdays 3rdMarch 50kEUR
"""
_PIECES = st.one_of(
    st.sampled_from(_WORDS),
    st.sampled_from(_WORDS).map(str.title),
    st.sampled_from(_WORDS).map(str.upper),
    st.from_regex(r"[0-9]{1,16}", fullmatch=True),
    st.sampled_from(sorted(word_set(_ODD))),
    st.sampled_from(list("@.,:;=#$€£+-–/_()[]'’\"!?\n\t")),
)
_TEXTS = st.lists(st.tuples(_PIECES, st.sampled_from(["", "", " ", " ", " ", "  ", "\n", "-"])), max_size=40).map(
    lambda pieces: "".join(piece + gap for piece, gap in pieces)
)


def differences(text: str) -> list[str]:
    """Return the expressions that find something else in ``text`` where they are tried everywhere."""
    read = Reading(text, load_lexicon())
    return [
        each.pattern.pattern
        for each in ANCHORED
        if [found.span() for found in each.find(read)]
        != [found.span() for found in each.pattern.finditer(read.lowered if each.lowered else read.text)]
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=_TEXTS)
def test_an_anchored_expression_finds_what_it_finds_everywhere(text: str) -> None:
    assert differences(text) == []


def test_an_anchored_expression_finds_what_it_finds_everywhere_in_the_gold_texts() -> None:
    assert {text for text in GOLD if differences(normalise(text).text)} == set()


def spans_of(gate: PresidioGate, texts: Iterable[str]) -> list[object]:
    """Return what the gate finds in each text, with who found it and how surely; a review is never kept."""
    verdicts = (gate.review(RawText(text), ()) for text in texts)
    return [(verdict.spans, verdict.reasons) for verdict in verdicts]


def everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every expression be tried at every character."""

    def find(self: Anchored, read: Reading) -> Iterator[re.Match[str]]:
        return self.pattern.finditer(read.lowered if self.lowered else read.text)

    def match(pattern: re.Pattern[str], text: str, places: Sequence[int]) -> Iterator[re.Match[str]]:
        return pattern.finditer(text)

    monkeypatch.setattr(Anchored, "find", find)
    for room in WITH_PLACES:
        monkeypatch.setattr(room, "match_at", match)


def test_the_gate_finds_the_same_with_and_without_anchors_in_the_gold_texts(
    gate: PresidioGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [*GOLD[::3], *("\n".join(GOLD[at : at + 12]) for at in range(0, len(GOLD), 12))]
    anchored_spans = spans_of(gate, texts)
    everywhere(monkeypatch)
    assert spans_of(gate, texts) == anchored_spans


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(_TEXTS, min_size=1, max_size=3))
def test_the_gate_finds_the_same_with_and_without_anchors(gate: PresidioGate, texts: list[str]) -> None:
    anchored_spans = spans_of(gate, texts)
    with pytest.MonkeyPatch.context() as monkeypatch:
        everywhere(monkeypatch)
        assert spans_of(gate, texts) == anchored_spans
