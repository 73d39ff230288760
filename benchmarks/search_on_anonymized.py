"""Search on anonymized text against search on raw text: ``python -m benchmarks.search_on_anonymized FILE.csv``.

FILE holds text and category per line (banking77's columns). Identities are planted into every document; the same
queries, which are other lines of the file, search the documents as they were written and as the gate left them. A
result counts when it is of the query's category. What the gate held back cannot be found and counts as lost.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, show

TARGET = 0.97
K = 10
# Syllables of no list of the gate, so that its gazetteers do not know the names beforehand.
_GIVEN = (
    "Aldemar Brisela Corvina Dunstane Elowise Fennick Gisande Hartvin Ilaria Jorvane Kestrel Lisander Maritza Norvell"
)
_FAMILY = (
    "Ashgrove Brantwick Caldermoor Dorvelle Eastmere Fallowdene Grantham Hollowell Iverdale Jessamyn Kirkstane Lorimer"
)
_FRAMES = (
    "My name is {name}. {text}",
    "{text} Regards, {name}",
    "{text} You can mail me at {email}, {given}.",
    "Hello, {name} here, account {account}. {text}",
    "{text} Call me on {phone} please. {name}",
    "I spoke to {other} yesterday. {text}",
)


@dataclass(frozen=True)
class Quality:
    """How good a search was. ``precision``: share of the first ten of the query's category, mean over the queries."""

    precision: float
    first: float


def measure_file(path: Path, *, documents: int, queries: int, ner: str, seed: int = 7) -> list[Figure]:
    """Return the ratio with what it is made of."""
    from anonymization.gate import PresidioGate
    from frontline.core.text import RawText
    from frontline.encoder import open_encoder
    from retrieval.reading import PlainReader

    rng = random.Random(seed)
    rows = _rows(path)
    rng.shuffle(rows)
    corpus, asked = rows[:documents], rows[documents : documents + queries]
    written = [_planted(text, rng) for text, _ in corpus]
    with tempfile.TemporaryDirectory() as folder:
        reader = open_encoder(Path(folder))
        encoder = PlainReader(reader)
        gate = PresidioGate(ner=ner, models=Path(folder), reader=lambda: reader)
        verdicts = [gate.check(RawText(text)) for text in written]
        left = [place for place, verdict in enumerate(verdicts) if verdict.text is not None]
        wanted = encoder.encode([text for text, _ in asked])
        labels = [label for _, label in corpus]
        targets = [label for _, label in asked]
        plain = _quality(encoder.encode([text for text, _ in corpus]), labels, wanted, targets)
        raw = _quality(encoder.encode(written), labels, wanted, targets)
        shown = [verdict.text.show() for verdict in verdicts if verdict.text is not None]
        masked = _quality(encoder.encode(shown), [labels[place] for place in left], wanted, targets)
    held = 1 - len(left) / len(written)
    note = (
        f"precision@{K} {masked.precision:.4f} of {raw.precision:.4f}; first hit {masked.first:.4f} of {raw.first:.4f}"
    )
    return [
        Figure(
            "search on anonymized text, of raw",
            masked.precision / raw.precision,
            target=TARGET,
            is_floor=True,
            note=note,
        ),
        Figure("  of text without identities", masked.precision / plain.precision, note=f"{plain.precision:.4f}"),
        Figure("  documents held back", held, note=f"{len(written):,} documents, {len(asked):,} queries, ner {ner}"),
    ]


def _quality(matrix: Any, labels: Sequence[str], wanted: Any, targets: Sequence[str]) -> Quality:
    import numpy as np

    best = np.argsort(-(wanted @ matrix.T), axis=1, kind="stable")[:, :K]
    hits = np.asarray(labels)[best] == np.asarray(targets)[:, None]
    return Quality(float(hits.mean()), float(hits[:, 0].mean()))


def _planted(text: str, rng: random.Random) -> str:
    given, family, other = (rng.choice(words.split()) for words in (_GIVEN, _FAMILY, _GIVEN))
    return rng.choice(_FRAMES).format(
        text=text,
        name=f"{given} {family}",
        given=given,
        other=f"{other} {rng.choice(_FAMILY.split())}",
        email=f"{given}.{family}{rng.randrange(99)}@post.example".lower(),
        account=f"HT-{rng.randrange(10**7, 10**8)}",
        phone=f"+44 20 7946 0{rng.randrange(100, 1000)}",
    )


def _rows(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return [(row["text"].strip(), row["category"]) for row in csv.DictReader(handle) if row["text"].strip()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; return 1 when the ratio is below the target."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--ner", default="rules", help="as FRONTLINE_NER")
    given = parser.parse_args(arguments)
    figures = measure_file(given.file, documents=given.documents, queries=given.queries, ner=given.ner)
    sys.stdout.write(show(figures))
    return 1 if any(figure.is_missed for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
