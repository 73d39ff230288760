"""``python -m anonymization.evaluate FILE.jsonl ...``: how well the gate finds what people labelled.

A file holds {text, spans: [{start, end, label}], source?, language?} per line. Recall: every letter and digit of a
mention is masked, whatever the label. Precision of a label: its spans that touch any labelled mention. Over-masking:
masked characters among those outside all mentions. Texts are judged by the detectors alone, so that a quarantine hides
nothing. Recall is printed again per language (guessed where a line does not say it) and per source. ``--every``,
``--offset`` and ``--source`` judge a part of a file; each figure of name_head/MODEL_CARD.md names its own.
``--origins`` measures names by where they come from and needs no file; so does ``--numbers`` with IBANs, IP addresses,
cards, US social security numbers and e-mail addresses, all invented. ``--known`` measures the people of a case's record
in every case and part, and in the files what such a record masks although nobody of it is named there.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anonymization import known_variants, number_variants
from anonymization.gate import PresidioGate
from anonymization.languages import guess_language
from anonymization.lexicon import load_lexicon
from anonymization.origins import report
from frontline.core.ports import Span, Verdict
from frontline.core.text import RawText

SHORT = ("PERSON", "LOCATION", "ORGANIZATION", "ADDRESS")
"""The labels that are told again per language and source."""
Gold = Sequence[tuple[int, int, str]]


@dataclass(frozen=True)
class Subset:
    """Every ``every``-th text from ``offset`` (0 is the first) on, of ``sources`` alone where any is named.

    Texts made from templates go by the number of their template, as in training: no template is in two subsets.
    """

    every: int = 1
    offset: int = 0
    sources: Sequence[str] = ()

    def of(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield those of ``rows`` that belong to it."""
        named = (row for row in rows if not self.sources or row.get("source") in self.sources)
        for number, row in enumerate(named):
            if row.get("template_id", number) % self.every == self.offset:
                yield row


ALL = Subset()


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


def evaluate(path: Path, gate: PresidioGate, *, policy: str = "index", limit: int = 0, subset: Subset = ALL) -> Tally:
    """Judge the texts of ``path`` that belong to ``subset`` (the first ``limit`` when positive) under ``policy``.

    Raises:
        ValueError: a line is not of the form above.
    """
    gate.start()
    tally = Tally()
    for row in itertools.islice(subset.of(_rows(path)), limit or None):
        text, gold = row["text"], [(s["start"], s["end"], s["label"]) for s in row["spans"]]
        started = time.perf_counter()
        verdict: Verdict = gate.check(RawText(text), policy=policy)
        tally.seconds += time.perf_counter() - started
        tally.quarantined += not verdict.is_released
        tally.add(text, gold, verdict.spans)
        for part in _parts(row):
            tally.parts.setdefault(part, Tally()).add(text, gold, verdict.spans)
    return tally


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row: dict[str, Any] = json.loads(line)
                is_marked = all(0 <= s["start"] < s["end"] <= len(row["text"]) and s["label"] for s in row["spans"])
                if not is_marked or not isinstance(row["text"], str) or not isinstance(row.get("template_id", 0), int):
                    raise ValueError(number)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise ValueError(
                    f"{path.name}:{number}: not {{text, spans: [{{start, end, label}}]}} with spans inside the text"
                ) from None
            yield row


def _parts(row: dict[str, Any]) -> Iterator[str]:
    language = row.get("language") or guess_language(row["text"], load_lexicon()) or "not known"
    yield f"language {language}"
    if "source" in row:
        yield f"source {row['source']}"


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
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--policy", default="index")
    parser.add_argument("--ner", default="embedded", help="as FRONTLINE_NER")
    parser.add_argument("--limit", type=int, default=0, help="only the first so many texts")
    parser.add_argument("--every", type=int, default=1, help="only every n-th text (or template, where texts name one)")
    parser.add_argument("--offset", type=int, default=0, help="which of them: 0 (default) to one below --every")
    parser.add_argument("--source", action="append", default=[], help="only texts of this source; may be repeated")
    parser.add_argument("--origins", action="store_true", help="recall of names by where they come from; needs no file")
    parser.add_argument("--numbers", action="store_true", help="recall of IBANs, IP addresses and the like; no file")
    parser.add_argument("--known", action="store_true", help="leaks of known people, and false hits in the files")
    options = parser.parse_args(None if arguments is None else list(arguments))
    if not 0 <= options.offset < options.every:
        parser.error("--offset is from 0 to one below --every, and --every is 1 or more")
    if not (options.files or options.origins or options.known or options.numbers):
        parser.error("name a file, --origins, --numbers or --known")
    subset = Subset(options.every, options.offset, tuple(options.source))
    gate = PresidioGate(ner=options.ner, cache_size=0)
    if options.origins:
        gate.start()
        sys.stdout.write("\n".join(report(gate)) + "\n\n")
    if options.numbers:
        sys.stdout.write("\n".join(number_variants.report(gate)) + "\n\n")
    try:
        if options.known:
            texts = [row["text"] for path in options.files for row in subset.of(_rows(path))]
            sys.stdout.write("\n".join(known_variants.report(gate, texts)) + "\n")
            return 0
        for path in options.files:
            tally = evaluate(path, gate, policy=options.policy, limit=options.limit, subset=subset)
            sys.stdout.write(f"{path.name}\n" + "\n".join(tally.lines()) + "\n\n")
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
