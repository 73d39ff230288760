from __future__ import annotations

import logging
import socket
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

import pytest

from anonymization.engine import GateEngine, shipped_detectors
from anonymization.findings import Finding
from anonymization.gate import PresidioGate
from anonymization.policy import Limits, load_policies
from anonymization.reading import Reading
from frontline.core.ports import Known
from frontline.core.text import RawText

SECRET = "Xanthippe Woude, x.woude@example.org, +31 6 12345678, 4111 1111 1111 1111"


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


def test_a_pool_gives_the_same_verdicts_in_order(gate: PresidioGate) -> None:
    texts = [f"Maria Jansen called about ticket TCK-{n} and mail m{n}@example.org" for n in range(8)]
    pooled = PresidioGate(workers=2, pool_above=4)
    alone = [v.text.show() if v.text else None for v in gate.check_many((RawText(t), None) for t in texts)]
    together = [v.text.show() if v.text else None for v in pooled.check_many((RawText(t), None) for t in texts)]
    assert together == alone
    assert None not in alone
