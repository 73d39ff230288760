"""``python -m anonymization.evaluate FILE.jsonl ...``: how well the gate finds what people labelled.

A file holds {text, spans: [{start, end, label}], source?, language?} per line. Recall: every letter and digit of a
mention is masked, whatever the label. Precision of a label: its spans that touch any labelled mention. Over-masking:
masked characters among those outside all mentions. Texts are judged by the detectors alone, so that a quarantine hides
nothing. Recall is printed again per language (guessed where a line does not say it) and per source.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anonymization.gate import PresidioGate
from anonymization.languages import guess_language
from anonymization.lexicon import load_lexicon
from frontline.core.ports import Span, Verdict
from frontline.core.text import RawText

SHORT = ("PERSON", "LOCATION", "ORGANIZATION", "ADDRESS")
"""The labels that are told again per language and source."""
Gold = Sequence[tuple[int, int, str]]


@dataclass
class Tally:
    """Counts over one or more files."""

    texts: int = 0
    words: int = 0
    seconds: float = 0.0
    quarantined: int = 0
    mentions: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    spans: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    outside: int = 0
    over_masked: int = 0
    texts_with_people: int = 0
    texts_with_leak: int = 0
    parts: dict[str, Tally] = field(default_factory=dict)

    def add(self, text: str, gold: Gold, spans: Sequence[Span]) -> None:
        """Count one text."""
        masked, labelled = bytearray(len(text)), bytearray(len(text))
        for span in spans:
            masked[span.start : span.end] = b"\1" * (span.end - span.start)
        leaks = people = 0
        for start, end, label in gold:
            labelled[start:end] = b"\1" * (end - start)
            is_found = all(masked[at] or not text[at].isalnum() for at in range(start, end))
            self.mentions[label] += 1
            self.found[label] += is_found
            people += label == "PERSON"
            leaks += label == "PERSON" and not is_found
        for span in spans:
            self.spans[span.label] += 1
            self.right[span.label] += any(labelled[span.start : span.end])
        self.texts += 1
        self.words += len(text.split())
        self.outside += labelled.count(0)
        self.over_masked += sum(m and not g for m, g in zip(masked, labelled, strict=True))
        self.texts_with_people += people > 0
        self.texts_with_leak += leaks > 0

    def lines(self) -> Iterator[str]:
        """Yield the report."""
        yield f"{'label':<16}{'mentions':>9}{'recall':>8}{'spans':>8}{'precision':>11}{'F2':>7}"
        for label in sorted(set(self.mentions) | set(self.spans), key=lambda name: -self.mentions[name]):
            recall = _share(self.found[label], self.mentions[label])
            precision = _share(self.right[label], self.spans[label])
            yield (
                f"{label:<16}{self.mentions[label]:>9}{_show(recall):>8}{self.spans[label]:>8}{_show(precision):>11}"
                f"{_show(_f2(precision, recall)):>7}"
            )
        yield f"over-masking {_show(_share(self.over_masked, self.outside))} of characters outside mentions"
        yield f"texts with a name leak {self.texts_with_leak} of {self.texts_with_people} with names"
        yield f"quarantined {self.quarantined} of {self.texts}"
        for name, part in sorted(self.parts.items()):
            yield f"{name}: {part.in_short()}"
        yield (
            f"{self.words / self.seconds:,.0f} words/s, {self.texts / self.seconds:,.0f} texts/s"
            if self.seconds
            else ""
        )

    def in_short(self) -> str:
        """Return recall by label, and over-masking, on one line."""
        told = [
            f"{label} {_show(_share(self.found[label], mentions))} of {mentions}"
            for label, mentions in sorted(self.mentions.items())
            if label in SHORT
        ]
        over = f"over-masking {_show(_share(self.over_masked, self.outside))}"
        return ", ".join([f"{self.texts} texts", *told, over])


def evaluate(path: Path, gate: PresidioGate, *, policy: str = "index", limit: int = 0) -> Tally:
    """Judge the texts of ``path`` (the first ``limit`` when positive) under ``policy``.

    Raises:
        ValueError: a line is not of the form above.
    """
    gate.start()
    tally = Tally()
    for text, gold, parts in _rows(path, limit):
        started = time.perf_counter()
        verdict: Verdict = gate.check(RawText(text), policy=policy)
        tally.seconds += time.perf_counter() - started
        tally.quarantined += not verdict.is_released
        tally.add(text, gold, verdict.spans)
        for part in parts:
            tally.parts.setdefault(part, Tally()).add(text, gold, verdict.spans)
    return tally


def _rows(path: Path, limit: int) -> Iterator[tuple[str, Gold, Sequence[str]]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if limit and number > limit:
                return
            try:
                row: dict[str, Any] = json.loads(line)
                language = row.get("language") or guess_language(row["text"], load_lexicon()) or "not known"
                parts = [f"language {language}", *(f"source {row['source']}" for _ in range("source" in row))]
                yield row["text"], [(s["start"], s["end"], s["label"]) for s in row["spans"]], parts
            except (ValueError, KeyError, TypeError):
                raise ValueError(f"{path.name}:{number}: not {{text, spans: [{{start, end, label}}]}}") from None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _f2(precision: float | None, recall: float | None) -> float | None:
    """Recall counts twice as much as precision (van Rijsbergen's F with beta 2)."""
    if precision is None or recall is None or precision + recall == 0:
        return None
    return 5 * precision * recall / (4 * precision + recall)


def _show(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"


def main(arguments: Iterable[str] | None = None) -> int:
    """Print a report per file; 2 when a file cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m anonymization.evaluate", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--policy", default="index")
    parser.add_argument("--ner", default="embedded", help="as FRONTLINE_NER")
    parser.add_argument("--limit", type=int, default=0, help="only the first texts of each file")
    options = parser.parse_args(None if arguments is None else list(arguments))
    gate = PresidioGate(ner=options.ner, cache_size=0)
    for path in options.files:
        try:
            tally = evaluate(path, gate, policy=options.policy, limit=options.limit)
        except (OSError, ValueError) as error:
            sys.stderr.write(f"{error}\n")
            return 2
        sys.stdout.write(f"{path.name}\n" + "\n".join(tally.lines()) + "\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
