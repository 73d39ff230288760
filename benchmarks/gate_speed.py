"""Speed of the gate beside vanilla Presidio, in one run on the same invented texts.

Vanilla: presidio's default recognizers over ``spacy.blank("en")``, analysis only, no names. Ours: the whole gate
(normalise, analyze, replace, verify) with the cache off, by rules alone; beside it with the name head.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from anonymization.gate import PresidioGate
from benchmarks.figures import Figure
from frontline.core.text import RawText

TEXTS = 200
_TEXT = (
    "Hi, my name is Maria Jansen and I called three times about ticket "
    "TCK-{n}. I spoke with Tom de Vries on 3 March 2024 and he "
    "promised a refund of $149.95 to NL91 ABNA 0417 1643 00, but nothing "
    "came. The router (firmware 2.14.3) still restarts every "
    "hour and the portal shows error E-4031. You can reach me at "
    "m.jansen{n}@example.org or on +31 6 12345678, I live at "
    "Keizersgracht {n}, 1015 CJ Amsterdam. I have been a customer "
    "for nine years, never missed a payment, and nobody seems to "
    "read what I write. Please call me back before Friday, after "
    "six, because I work during the day. Kind regards, Maria"
)


def measure() -> list[Figure]:
    """Measure words per second of both, best of three rounds each, and the ratio."""
    texts = [_TEXT.format(n=n) for n in range(100, 100 + TEXTS)]
    words = sum(len(text.split()) for text in texts)
    vanilla = _vanilla()
    gate = PresidioGate(ner="rules", cache_size=0)
    gate.start()
    theirs = _seconds(lambda text: vanilla.analyze(text, language="en"), texts)
    ours = _seconds(lambda text: gate.check(RawText(text)), texts)
    return [
        Figure("gate: words a second, one process", words / ours, "1/s"),
        Figure("gate: documents a second, one process", len(texts) / ours, "1/s"),
        *_with_head(texts),
        Figure("gate: vanilla presidio, analysis only, words a second", words / theirs, "1/s"),
        Figure("gate: against vanilla presidio", theirs / ours, "x", 3.0, True, "whole gate against analysis alone"),
    ]


_START = """
import resource, sys, time
from pathlib import Path
began = time.perf_counter()
from anonymization.gate import PresidioGate
gate = PresidioGate(ner="embedded", models=Path(sys.argv[1]))
gate.start()
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def _with_head(texts: Sequence[str]) -> list[Figure]:
    with tempfile.TemporaryDirectory() as models:
        gate = PresidioGate(ner="embedded", models=Path(models), cache_size=0)
        gate.start()
        seconds = _seconds(lambda text: gate.check(RawText(text)), texts)
        # A process of its own, with the encoder exported already, as at every start but the first.
        done = subprocess.run([sys.executable, "-c", _START, models], capture_output=True, text=True, check=True)
    start, memory = map(float, done.stdout.split())
    return [
        Figure("gate: with the name head, documents a second", len(texts) / seconds, "1/s", 15.0, True),
        Figure("gate: start-up with the name head", start, "s"),
        Figure("gate: memory with the name head", memory, "MiB"),
    ]


def _vanilla() -> Any:
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    class BlankEngine(SpacyNlpEngine):
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    # Without this, presidio asks the network for the public suffix list at the first e-mail address.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    return AnalyzerEngine(registry=registry, nlp_engine=BlankEngine(), supported_languages=["en"])


def _seconds(judge: Callable[[str], object], texts: Sequence[str]) -> float:
    rounds = []
    for _ in range(3):
        began = time.perf_counter()
        for text in texts:
            judge(text)
        rounds.append(time.perf_counter() - began)
    return min(rounds)
