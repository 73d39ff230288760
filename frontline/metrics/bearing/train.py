"""Makes the head from marked questions: ``python -m frontline.metrics.bearing.train [--check FILE ...]``.

A marked question is a JSON line {"text", "filler": [...], "unservable": [...]}: what of the text could go without
changing the figure, and what narrows it by something that the desk does not have. All else is ordinary content. On one
machine the same lines and the same seed give the same head.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontline.core.ports import WordReader
from frontline.metrics.bearing.head import LIGHT, WEIGHTS, Head, beside
from frontline.metrics.questions.words import cut, normalise

MARKED = Path(__file__).with_name("marked")
HIDDEN = 48
STEPS = 10
BATCH = 256
RATE = 1e-3
DECAY = 0.02
DROP = 0.3


@dataclass(frozen=True)
class Marked:
    """The words of a question and, for each, 1.0 where it bears on the figure, 0.0 where not, None for a mark."""

    words: tuple[str, ...]
    bears: tuple[float | None, ...]
    strange: tuple[bool, ...]  # of something the desk does not have


def read_marked(line: str) -> Marked:
    """Return a marked question.

    Raises:
        ValueError: a marked stretch is not in the text.
    """
    row = json.loads(line)
    plain = normalise(row["text"])
    tokens = cut(row["text"])
    bears: list[float | None] = [None if token.is_punct else 1.0 for token in tokens]
    strange = [False] * len(tokens)
    for kind in ("filler", "unservable"):
        after = 0
        for stretch in row.get(kind, ()):
            said = normalise(stretch).strip()
            start = plain.find(said, after)
            if start < 0:
                raise ValueError(f"{stretch!r} is not in {row['text']!r}")
            after = start + len(said)
            for at, token in enumerate(tokens):
                if start <= token.start and token.end <= after and not token.is_punct:
                    bears[at] = 0.0 if kind == "filler" else 1.0
                    strange[at] = kind == "unservable"
    return Marked(tuple(token.raw for token in tokens), tuple(bears), tuple(strange))


def read_all(files: Iterable[Path]) -> list[Marked]:
    """Return the marked questions of JSONL files."""
    return [read_marked(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line]


def train(rows: Sequence[Marked], reader: WordReader, *, seed: int = 0) -> dict[str, Any]:
    """Return the weights of a head: logistic loss, AdamW with dropout, written out in numpy."""
    import numpy as np

    dice = np.random.default_rng(seed)
    features = np.vstack([beside(reader.read_words([row.words])[0]) for row in rows])
    marks = [value for row in rows for value in row.bears]
    kept = [at for at, value in enumerate(marks) if value is not None]
    wanted = np.array([marks[at] for at in kept], dtype=np.float32)
    mean, scale = features[kept].mean(axis=0), features[kept].std(axis=0) + 1e-6
    data = ((features[kept] - mean) / scale).astype(np.float32)
    width = data.shape[1]
    weights = {
        "w1": dice.uniform(-1, 1, (width, HIDDEN)).astype(np.float32) / np.sqrt(width),
        "b1": np.zeros(HIDDEN, dtype=np.float32),
        "w2": dice.uniform(-1, 1, HIDDEN).astype(np.float32) / np.sqrt(HIDDEN),
        "b2": np.zeros(1, dtype=np.float32),
    }
    _descend(weights, data, wanted, dice)
    return {"mean": mean, "scale": scale, **weights}


def _descend(weights: dict[str, Any], data: Any, wanted: Any, dice: Any) -> None:
    import numpy as np

    first = {name: np.zeros_like(value) for name, value in weights.items()}
    second = {name: np.zeros_like(value) for name, value in weights.items()}
    step = 0
    for _ in range(STEPS):
        order = dice.permutation(len(data))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            slopes = _slopes(weights, data[rows], wanted[rows], dice)
            step += 1
            for name, slope in slopes.items():
                first[name] = 0.9 * first[name] + 0.1 * slope
                second[name] = 0.999 * second[name] + 0.001 * slope**2
                moved = (first[name] / (1 - 0.9**step)) / (np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8)
                weights[name] = (weights[name] * (1 - RATE * DECAY) - RATE * moved).astype(np.float32)


def _slopes(weights: dict[str, Any], data: Any, wanted: Any, dice: Any) -> dict[str, Any]:
    import numpy as np

    seen = data * (dice.random(data.shape, dtype=np.float32) >= DROP) / (1 - DROP)
    inner = seen @ weights["w1"] + weights["b1"]
    open_gates = (dice.random(inner.shape, dtype=np.float32) >= DROP) / (1 - DROP)
    hidden = np.maximum(inner, 0.0) * open_gates
    error = (1.0 / (1.0 + np.exp(-(hidden @ weights["w2"] + weights["b2"]))) - wanted) / len(wanted)
    back = np.outer(error, weights["w2"]) * open_gates * (inner > 0)
    return {
        "w1": seen.T @ back, "b1": back.sum(axis=0), "w2": hidden.T @ error, "b2": np.array([error.sum()])
    }  # fmt: skip


def check(rows: Sequence[Marked], head: Head) -> str:
    """Return how much talk is seen through, and how much of what bears on the figure would be lost, below ``LIGHT``."""
    counts = {"talk": [0, 0], "content": [0, 0], "strange content": [0, 0]}
    for row in rows:
        for value, bears, is_strange in zip(head.of(row.words), row.bears, row.strange, strict=True):
            if bears is not None:
                name = "talk" if not bears else "strange content" if is_strange else "content"
                counts[name][0] += value < LIGHT
                counts[name][1] += 1
    parts = [f"{name} {below / max(1, total):.1%} of {total:,}" for name, (below, total) in counts.items()]
    return f"words below {LIGHT}: " + ", ".join(parts)


def save(weights: dict[str, Any], path: Path) -> None:
    """Write the weights as float16: half the size."""
    import numpy as np

    np.savez_compressed(path, **{name: value.astype(np.float16) for name, value in weights.items()})


def main(arguments: Sequence[str] | None = None) -> int:
    """Train on the marked questions of the package and write the head, or ``--check`` the shipped one on files."""
    from frontline.encoder import default_folder, open_encoder

    options = argparse.ArgumentParser(prog="python -m frontline.metrics.bearing.train", description=__doc__)
    options.add_argument("--check", nargs="+", type=Path, help="judge the shipped head on these marked questions")
    options.add_argument("--models", type=Path, default=default_folder())
    chosen = options.parse_args(arguments)
    reader = open_encoder(chosen.models)
    if chosen.check is None:
        rows = read_all(sorted(MARKED.glob("*.jsonl")))
        save(train(rows, reader), WEIGHTS)
        sys.stdout.write(f"{WEIGHTS.name} from {len(rows):,} questions\n")
    for file in chosen.check or ():
        sys.stdout.write(f"{file.name}: {check(read_all([file]), Head(lambda: reader))}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
