"""``frontline categorize``: learn labels from examples, and suggest one for each text of a file."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from frontline.app.terminal import Line, complain, read_lines, say, show_progress, write_json
from frontline.app.wiring import House
from frontline.core.errors import UsageError
from frontline.core.ports import Progress, Report

# Texts encoded between two movements of the progress bar, and written between two lines of it.
BATCH = 512


def register(app: typer.Typer) -> None:
    """Add ``categorize``."""
    app.command("categorize", help="Learn labels from examples, and suggest one for each text.")(categorize)


def categorize(
    context: typer.Context,
    train: Annotated[Path, typer.Option(help="JSONL of examples, {id, text, label}.")],
    batch: Annotated[Path, typer.Option(help="JSONL of texts, {id, text}; a label there is not read.")],
    precision: Annotated[
        float, typer.Option(help="How many of the labels that are given should be right.", min=0.5, max=0.999)
    ] = 0.95,
) -> int:
    """Print {id, label or null, confidence, top3} per line: null where the confidence is below what was measured."""
    house = House(options=context.obj)
    house.permit("category.learn")
    examples = _examples(train)
    lines = list(read_lines(batch))
    quiet = house.options.json
    from frontline.analysis.text_classes import fit_classifier

    started = time.perf_counter()
    texts = [str(line.row["text"]) for line in examples]
    with show_progress("Reading the examples", quiet=quiet) as report:
        vectors = _encode(house, texts, report)
    with show_progress("Learning", quiet=quiet) as report:
        labels = [str(line.row["label"]) for line in examples]
        classifier = fit_classifier(texts, vectors, labels, precision=precision, report=report)
    took = time.perf_counter() - started
    held = classifier.acceptance
    complain(f"Learned {len(classifier.labels)} labels from {len(texts):,} examples in {took:.1f} s.")
    complain(
        f"Labels are given from a confidence of {held.least:.2f} on: there {held.precision:.1%} of held-out texts were"
        f" right, and {held.coverage:.0%} of them reach it."
        if held.coverage
        else f"At no confidence were {precision:.0%} of held-out texts right: no label is given, only suggestions."
    )
    good = [line for line in lines if not _fault(line)]
    with show_progress("Categorizing", quiet=quiet) as report:
        found = iter(_suggest(house, classifier, [str(line.row["text"]) for line in good], report))
    for line in lines:
        if fault := _fault(line):
            write_json({"id": line.row.get("id", line.number), "error": fault})
            continue
        suggestion = next(found)
        top = [{"label": label, "confidence": round(chance, 4)} for label, chance in suggestion.top]
        confidence = round(suggestion.confidence, 4)
        write_json({"id": line.row["id"], "label": suggestion.label, "confidence": confidence, "top3": top})
    if not quiet:
        say(f"{len(good):,} texts, {len(lines) - len(good):,} lines that could not be read.")
    return 0


def _fault(line: Line) -> str:
    return line.error or ("" if str(line.row["text"]).strip() else f"line {line.number} has an empty text")


def _examples(path: Path) -> list[Line]:
    """Return the examples that can be learned from; says on stderr what was left out, and why.

    Raises:
        UsageError: there is none, or none of two labels.
    """
    faults: Counter[str] = Counter()
    first: dict[str, str] = {}
    kept: dict[str, Line] = {}
    for line in read_lines(path, needs=("text", "label")):
        error = _fault(line) or ("" if str(line.row["label"]).strip() else f"line {line.number} has an empty label")
        if error:
            reason = error.partition(" ")[2].partition(" ")[2]
            faults[reason] += 1
            first.setdefault(reason, error)
            continue
        # The same id again: the later line holds, as in ``corpus add``.
        kept[str(line.row.get("id", f"line {line.number}"))] = line
    for reason, count in faults.items():
        complain(f"{count:,} examples left out: {first[reason]}{' (the first)' if count > 1 else ''}.")
    if len({str(line.row["label"]) for line in kept.values()}) < 2:
        raise UsageError(f"{path} has examples of fewer than two labels.", next_step="Give lines of {id, text, label}.")
    return list(kept.values())


def _encode(house: House, texts: Sequence[str], report: Report) -> Any:
    import numpy as np

    from frontline.encoder.long_texts import encode_long

    parts = []
    for start in range(0, len(texts), BATCH):
        parts.append(encode_long(house.encoder, texts[start : start + BATCH]))
        report(Progress(min(start + BATCH, len(texts)), len(texts)))
    return np.concatenate(parts)


def _suggest(house: House, classifier: Any, texts: Sequence[str], report: Report) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(texts), BATCH):
        part = texts[start : start + BATCH]
        found += classifier.suggest(part, _encode(house, part, lambda _: None))
        report(Progress(len(found), len(texts)))
    return found
