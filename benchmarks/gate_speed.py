"""Speed of the gate beside vanilla Presidio, in one run on the same invented texts.

Vanilla: presidio's default recognizers over ``spacy.blank("en")``, analysis only, no names. Ours: the whole gate
(normalise, analyze, replace, verify) with the cache off, by rules alone; beside it with the name head. Both are judged
by CPU seconds and take turns, so that others on the machine disturb them alike. The ratio that is wanted is that of
letters that hold a number of each kind; beside it that of letters without any, in which presidio's expressions find
nothing to look at, and ours still have the names.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
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

_PLAIN = (
    "Hello, this is {n}. For the third week in a row the line drops every evening, and nobody at your company seems to "
    "know why. The last agent, Priya, was friendly and promised that a technician would come before the weekend, but "
    "nobody came and nobody called. When I asked again I was told to restart the router and to wait, which I have done "
    "more often than I can count. My wife works from home and cannot go on like this, and I pay for what I do "
    "not get. Please tell me honestly when it will be repaired, or let me leave without a fee. Regards, {n}"
)
_NAMES = ("Maria Jansen", "Tom Whitfield", "Ana Ferreira", "Piotr Nowak", "Grace Okafor", "Wei Chen", "Liam Murphy")


def measure() -> list[Figure]:
    """Measure words a CPU second of both, best of five rounds each, and the ratio."""
    texts = [_TEXT.format(n=n) for n in range(100, 100 + TEXTS)]
    words = sum(len(text.split()) for text in texts)
    vanilla = _vanilla()
    gate = PresidioGate(ner="rules", cache_size=0)
    gate.start()

    def both(texts: Sequence[str]) -> Sequence[float]:
        analyze = partial(vanilla.analyze, language="en")
        return _seconds([analyze, lambda text: gate.check(RawText(text))], texts)

    theirs, ours = both(texts)
    theirs_plain, ours_plain = both([_PLAIN.format(n=_NAMES[n % len(_NAMES)]) for n in range(TEXTS)])
    return [
        Figure("gate: words a second, one process", words / ours, "1/s"),
        Figure("gate: documents a second, one process", len(texts) / ours, "1/s"),
        *_with_head(texts),
        Figure("gate: vanilla presidio, analysis only, words a second", words / theirs, "1/s"),
        Figure("gate: against vanilla presidio", theirs / ours, "x", 3.0, True, "whole gate against analysis alone"),
        Figure("gate: the same on letters without a number", theirs_plain / ours_plain, "x"),
    ]


_START = """
import resource, sys, time
from pathlib import Path
began = time.perf_counter()
from anonymization.gate import PresidioGate
gate = PresidioGate(ner="embedded", models=Path(sys.argv[1]))
gate.start()
took = time.perf_counter() - began
status = Path("/proc/self/status")
# The maximum that a process is told of itself includes that of whoever started it; this one does not.
lines = status.read_text().splitlines() if status.exists() else []
peak = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
print(took, (peak or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])[0] / 1024)
"""


def _with_head(texts: Sequence[str]) -> list[Figure]:
    with tempfile.TemporaryDirectory() as models:
        gate = PresidioGate(ner="embedded", models=Path(models), cache_size=0)
        gate.start()
        (seconds,) = _seconds([lambda text: gate.check(RawText(text))], texts)
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


def _seconds(judges: Sequence[Callable[[str], object]], texts: Sequence[str]) -> Sequence[float]:
    """Return the CPU seconds of each over all texts, the best of five rounds in which they take turns."""
    rounds = []
    for _ in range(5):
        spent = []
        for judge in judges:
            began = time.process_time()
            for text in texts:
                judge(text)
            spent.append(time.process_time() - began)
        rounds.append(spent)
    return [min(seconds) for seconds in zip(*rounds, strict=True)]
