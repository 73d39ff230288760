from __future__ import annotations

from collections import Counter

import pytest

from anonymization.gate import PresidioGate
from frontline.core.text import RawText
from tests.anonymization.disguised import KEEP, disguised


def test_nearly_all_combinations_of_disguise_and_identifier_are_seen_through(gate: PresidioGate) -> None:
    tried, caught = Counter[str](), Counter[str]()
    for name, written, text in disguised():
        verdict = gate.check(RawText(text))
        covered = {at for span in verdict.spans for at in range(span.start, span.end)}
        start = text.index(written)
        is_masked = all(start + at in covered for at, sign in enumerate(written) if sign.isalnum())
        tried[name] += 1
        caught[name] += is_masked or verdict.text is None
    missed = {name: f"{caught[name]} of {count}" for name, count in tried.items() if caught[name] < count}
    assert caught.total() >= 0.94 * tried.total(), missed
    assert not [name for name in tried if not caught[name]]


@pytest.mark.parametrize("text", KEEP)
def test_what_only_looks_like_a_disguise_stays(gate: PresidioGate, text: str) -> None:
    shown = gate.check(RawText(text)).text
    assert shown is not None
    assert shown.show() == text
