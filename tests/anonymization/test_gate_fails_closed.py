from __future__ import annotations

import logging
import socket
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

import pytest

from anonymization.batch import Tally, anonymize_rows
from anonymization.engine import GateEngine, shipped_detectors
from anonymization.findings import Finding
from anonymization.gate import PresidioGate
from anonymization.policy import Limits, load_policies
from anonymization.reading import Reading
from anonymization.word_lists import ListedWord, WordLists, read_entry
from frontline.core.ports import Known, Verdict
from frontline.core.text import RawText

SECRET = "Xanthippe Woude, x.woude@example.org, +31 6 12345678, 4111 1111 1111 1111"

KEY = b"k" * 32
BAD = {
    "empty": "",
    "too_long": "the bill was wrong " * 60_000,
    "not_text": "\x00\x01\x02PNG\x00 the bill was wrong",
    "only_placeholders": "[CUSTOMER], [EMAIL] [PHONE]!",
    "foreign_script": "Вчера звонил Иван, почта ivan@example.org, никто не помог с интернетом",
    "gate_failed": SECRET,
    "timed_out": "The analyzer hangs on this one and never comes back in time.",
}
HOSTILE = (
    "1" * 20_000,
    "a@" * 10_000,
    "Aa " * 8_000,
    "(" * 20_000,
    "1 " * 10_000,
    "x-" * 10_000,
    "one " * 8_000,
    "Jan van " * 4_000,
    "www." * 8_000,
    "&#6" * 8_000,
    "A.B. " * 6_000,
    "12 Aa Bb Cc Dd " * 2_500,
    "Rua de " * 6_000,
    "\n" * 20_000,
    "0-" * 15_000,
    "dear " * 8_000,
    "a1" * 10_000,
    "aBB " * 8_000,
)


@dataclass(frozen=True)
class Exploding:
    """A detector that dies with the text in its hands, as a careless one would."""

    name: str = "exploding"
    labels: tuple[str, ...] = ("PERSON",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        if "Xanthippe" in reading.text:
            raise RuntimeError(f"cannot read {reading.text}")
        return ()


@dataclass(frozen=True)
class Hanging:
    """A detector that takes an hour for one text: the clock says so."""

    patch: pytest.MonkeyPatch
    name: str = "hanging"
    labels: tuple[str, ...] = ("PERSON",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        now = time.monotonic
        late = 3_600.0 if "hangs" in reading.text else 0.0
        if late:
            self.patch.setattr("anonymization.recognizers.time", Namespace(monotonic=lambda: now() + late))
        return ()


class BrokenGate(PresidioGate):
    """The gate with a faulty detector among the others."""

    def _ready(self) -> GateEngine:
        if self._engine is None:
            self._engine = GateEngine(detectors=[*shipped_detectors(), Exploding()])
        return self._engine


def test_a_crash_inside_is_a_quarantine_that_tells_nothing(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        verdict = BrokenGate().check(RawText(SECRET))
    assert verdict.text is None
    assert verdict.reasons == ("gate_failed: The gate could not finish its check, so nothing passes.",)
    captured = capsys.readouterr()
    for place in (caplog.text, captured.out, captured.err, repr(verdict)):
        assert "anthippe" not in place
    # What broke can be found: the type of the error and where, without what it says.
    assert "builtins.RuntimeError" in caplog.text
    assert "in find" in caplog.text


def test_bad_texts_a_crash_and_a_time_out_in_the_middle_of_a_batch_cost_their_own_rows_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = PresidioGate()
    gate._engine = GateEngine(detectors=[Hanging(monkeypatch), *shipped_detectors(), Exploding()])
    rows: list[object] = [{"id": "first", "text": "The bill was wrong."}]
    for reason, text in BAD.items():
        rows += [{"id": reason, "text": text}, {"id": f"after {reason}", "text": "Maria Jansen called."}]
    rows += ["no line of JSON", {"id": "imitation", "text": "The agent [AGENT_1] told me that the bill was wrong."}]
    tally, found = Tally(), {}
    for row in anonymize_rows(rows, gate):
        # The hour has passed with its text.
        monkeypatch.undo()
        tally.count(row)
        found[row["id"]] = row
    for reason in BAD:
        assert found[reason]["text"] is None
        assert [why.partition(":")[0] for why in found[reason]["reasons"]] == [reason]
        assert found[f"after {reason}"]["text"] == "[PERSON_1] called."
    assert found["imitation"]["text"] == "The agent (AGENT_1) told me that the bill was wrong."
    each = ", ".join(f"{reason} 1" for reason in sorted(BAD))
    assert tally.line() == f"17 rows: 9 released, 7 quarantined ({each}), 1 not usable."


def test_nothing_personal_is_logged_at_any_level(gate: PresidioGate, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        gate.check(RawText(SECRET), known=Known(names=("Xanthippe Woude",)))
    for piece in ("anthippe", "woude", "12345678", "1111"):
        assert piece not in caplog.text


def test_a_text_beyond_the_limit_is_quarantined() -> None:
    policies = {
        name: policy.model_copy(update={"limits": Limits(max_characters=50)})
        for name, policy in load_policies().items()
    }
    verdict = PresidioGate(policies=policies).check(RawText("long " * 20))
    assert verdict.text is None
    assert verdict.reasons[0].startswith("too_long")


def test_a_check_that_takes_too_long_is_quarantined() -> None:
    policies = {
        name: policy.model_copy(update={"limits": Limits(seconds=1e-9)}) for name, policy in load_policies().items()
    }
    gate = PresidioGate(policies=policies)
    verdict = gate.check(RawText("The bill was wrong."))
    assert verdict.text is None
    assert verdict.reasons[0].startswith("timed_out")


def refuse_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("the gate went to the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_no_socket_is_opened(gate: PresidioGate, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_sockets(monkeypatch)
    fresh = PresidioGate()
    verdict = fresh.check(RawText("Mail a.new@unseen-domain.example or call +44 20 7946 0958 about the bill."))
    assert verdict.text is not None
    assert verdict.text.show() == "Mail [EMAIL] or call [PHONE] about the bill."


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: text[:6].strip() or "newlines")
def test_hostile_repetition_stays_within_seconds(gate: PresidioGate, hostile: str) -> None:
    verdict = gate.check(RawText(hostile))
    assert not any(reason.startswith("timed_out") for reason in verdict.reasons)


def test_importing_the_gate_loads_no_heavy_engine() -> None:
    heavy = "presidio_analyzer spacy torch tldextract phonenumbers transformers"
    code = (
        f"import sys, anonymization.batch, anonymization.gate; print([m for m in {heavy.split()} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_pool_gives_the_same_verdicts_in_order_and_knows_the_words_of_the_stewards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [
        f"Maria Jansen called about ticket TCK-{n}, the blue falcon plan and mail m{n}@example.org" for n in range(8)
    ]
    allowed, denied = (read_entry(KEY, words) for words in ("Maria Jansen", "Blue Falcon"))
    lists = WordLists(KEY, [ListedWord(*allowed, "PERSON", False), ListedWord(*denied, "ORGANIZATION", True)])
    one, pooled = (PresidioGate(workers=workers, pool_above=4, lists=lambda: lists) for workers in (0, 2))
    monkeypatch.setattr(pooled, "check", None)  # not this process, but those of the pool
    alone, together = ([show(v) for v in each.check_many((RawText(t), None) for t in texts)] for each in (one, pooled))
    assert together == alone
    assert alone[3] == "Maria Jansen called about ticket TCK-3, the [ORGANIZATION] plan and mail [EMAIL]"


def show(verdict: Verdict) -> str | None:
    return verdict.text.show() if verdict.text else None


def test_a_verdict_under_the_lists_of_a_moment_is_not_kept_under_those_before() -> None:
    allowed = WordLists(KEY, [ListedWord(*read_entry(KEY, "Xochitl"), "PERSON", False)])
    moments = [WordLists(), allowed]
    gate = PresidioGate(lists=lambda: moments.pop(0) if len(moments) > 1 else moments[0])
    text = RawText("I spoke to Xochitl about the bill.")
    gate.check(text)
    moments[:] = [WordLists()]
    again = gate.check(text)
    assert again.text is not None
    assert "Xochitl" not in again.text.show()


def test_who_has_become_known_since_is_masked_in_a_text_that_passed_before(gate: PresidioGate) -> None:
    passed = gate.check(RawText("the new colleague quillfeather was kind to me"))
    assert passed.text is not None
    assert "quillfeather" in passed.text.show()
    again = gate.recheck(passed.text, known=Known(agents=("Ada Quillfeather",)))
    assert again.text is not None
    assert again.text.show() == "the new colleague [AGENT_1] was kind to me"
