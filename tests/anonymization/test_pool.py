"""Bulk checks: order, one bad text among many, workers that die or hang, and counts that add up."""

from __future__ import annotations

import itertools
import json
import os
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from anonymization.batch import BadLine, anonymize_rows
from anonymization.gate import PresidioGate
from anonymization.pool import check_in_pool
from anonymization.reasons import Reason
from frontline.core.ports import Known, Verdict
from frontline.core.text import Provenance, RawText, seal


class Fragile:
    """A gate that dies, hangs or passes, as its text says."""

    def check(self, text: RawText, *, known: Known | None = None, policy: str = "index") -> Verdict:
        word = text.reveal()
        if word == "crash":
            os._exit(1)
        if word == "hang":
            threading.Event().wait()
        return Verdict(seal(f"{word} {os.getpid()}", Provenance(policy)))


class Broken:
    """A gate that never opens."""

    def __init__(self) -> None:
        raise SystemExit(1)


def judged(words: list[str], *, open_checker: type = Fragile, workers: int = 2, seconds: float = 1.0) -> list[Verdict]:
    items = ((RawText(word), None) for word in words)
    return list(
        check_in_pool(items, open_checker=partial(open_checker), policy="index", workers=workers, seconds=seconds)
    )


def test_a_text_that_kills_or_hangs_its_worker_is_quarantined_and_the_batch_goes_on() -> None:
    words = [f"t{number}" for number in range(150)]
    words[3], words[40], words[41] = "crash", "hang", "crash"
    verdicts = judged(words)
    reasons = [verdict.reasons for verdict in verdicts]
    assert reasons[3] == reasons[41] == (Reason.GATE_FAILED.value,)
    assert reasons[40] == (Reason.TIMED_OUT.value,)
    passed = [
        (word, verdict.text.show().split()) for word, verdict in zip(words, verdicts, strict=True) if verdict.text
    ]
    assert len(passed) == 147
    assert all(word == said for word, (said, _) in passed)
    # The workers that were lost have been replaced.
    assert len({pid for _, (_, pid) in passed}) >= 3


def test_gates_that_never_open_pass_nothing() -> None:
    verdicts = judged(["a", "b", "c"], open_checker=Broken)
    assert [verdict.reasons for verdict in verdicts] == [(Reason.GATE_FAILED.value,)] * 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("the bill was wrong " * 60_000, "too_long"),
        ("\x00\x01\x02PNG\x00 the bill was wrong", "not_text"),
        ("broken \ud83d half of an emoji in the text here", "not_text"),
        ("��� ��� %% the ��� of ���", "not_text"),
        ("[CUSTOMER], [EMAIL] [PHONE]!", "only_placeholders"),
    ],
    ids=["empty", "blank", "1 MB", "binary", "half a surrogate", "wrong encoding", "only placeholders"],
)
def test_what_is_no_text_is_quarantined_with_the_reason(gate: PresidioGate, text: str, reason: str) -> None:
    (row,) = anonymize_rows([{"id": "x", "text": text}], gate)
    assert (row["decision"], row["text"]) == ("quarantined", None)
    assert [why.partition(":")[0] for why in row["reasons"]] == [reason]


def test_what_looks_like_our_placeholders_is_told_from_ours(gate: PresidioGate) -> None:
    text = "The agent [AGENT_1] told me that Maria Jansen would call me back about the broken router."
    (row,) = anonymize_rows([{"id": "x", "text": text}], gate)
    assert "[AGENT_1]" not in row["text"]
    assert "AGENT_1" in row["text"]
    assert "Maria" not in row["text"]


def test_mixed_languages_are_judged_and_nobody_is_left_in(gate: PresidioGate) -> None:
    text = "Goedemiddag, my router is broken and niemand belt mij terug, please call Maria Jansen on 0612345678."
    (row,) = anonymize_rows([{"id": "x", "text": text}], gate)
    assert "Jansen" not in json.dumps(row)
    assert "0612345678" not in json.dumps(row)


def test_bad_lines_keep_their_place_and_the_rows_are_read_as_they_are_needed(gate: PresidioGate) -> None:
    taken = 0

    def lines() -> Iterator[object]:
        nonlocal taken
        for number in itertools.count():
            taken += 1
            yield BadLine(number, "is not JSON") if number % 3 == 1 else {"id": number, "text": "The bill was wrong."}

    rows = list(itertools.islice(anonymize_rows(lines(), gate), 7))
    assert [row["id"] for row in rows] == list(range(7))
    assert ["error" in row for row in rows] == [number % 3 == 1 for number in range(7)]
    assert taken < 20
