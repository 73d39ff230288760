"""The router's rules beside ``analysis.scope`` on the product's own questions, each writer held out in turn.

The classifier learns from all other writers. Printed per writer: intents right by the rules, by the classifier alone,
with it as a veto (what it takes for nothing of ours is turned away), and with it where the rules find nothing; of
questions out of scope how many it turns away, how many the rules answered and how many of these it stops; of metric
questions answered rightly how many it stops.
Run with ``python -m benchmarks.router_scope``; why the router does without it: docs/decisions/0006.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from frontline.analysis.scope import Intent, fit_intents
from frontline.catalog.loader import load_catalog
from frontline.encoder import default_folder, open_encoder
from frontline.metrics.bearing import open_head
from frontline.metrics.evaluation import Line, evaluate
from frontline.metrics.questions.parser import QuestionParser

QUESTIONS = Path(__file__).parents[1] / "tests" / "questions"
# Writer -> files of intents, of questions that are out of scope or name no metric, and of metric questions.
WRITERS: Mapping[str, tuple[str, str, str]] = {
    "cc": ("intents_cc", "not_answerable_cc", "personas_cc"),
    "ee": ("", "not_answerable_ee", "personas_ee"),
    "t": ("intents_t", "not_answerable_t", "personas_t"),
    "own": ("intents_own", "out_of_scope", ""),
    "visitors": ("intents_visitors", "", ""),
    "stranger": ("stranger_intents", "stranger_out_of_scope", "stranger_metrics"),
    "kept": ("kept_intents", "kept_not_answerable", "kept_metrics"),
}
NONE = "none"


def main() -> int:
    """Print the table."""
    encoder = open_encoder(default_folder())
    parser = QuestionParser(load_catalog(), bearing=open_head(lambda: encoder))
    columns = (
        "intents",
        "rules",
        "scope",
        "veto",
        "fallback",
        "strange",
        "turned",
        "answered",
        "stopped",
        "right",
        "stopped",
    )
    sys.stdout.write(f"{'writer':10}" + "".join(f"{name:>10}" for name in columns) + "\n")
    for writer, (intents, strange, metrics) in WRITERS.items():
        examples = [pair for other in WRITERS if other not in (writer, "kept") for pair in _examples(other)]
        texts, labels = [text for text, _ in examples], [label for _, label in examples]
        classifier = fit_intents(texts, encoder.encode(texts), labels)

        def judge(name: str) -> tuple[list[dict[str, Any]], list[Line], list[Intent]]:
            rows = _rows(name)
            said = [row["text"] for row in rows]
            found = classifier.classify(said, encoder.encode(said)) if rows else []  # noqa: B023  # used in this round
            return rows, evaluate(_path(name), parser).lines if rows else [], found

        rows, lines, found = judge(intents)
        gold = [row["gold_intent"] for row in rows]
        ruled = [line.verdict == "right" for line in lines]
        alone = [(each.label or NONE) == label for each, label in zip(found, gold, strict=True)]
        vetoed = [
            (is_right if each.label else label == NONE)
            for each, label, is_right in zip(found, gold, ruled, strict=True)
        ]
        asked = [
            (each.label or NONE) == label if line.got.partition(":")[0].endswith(f" {NONE}") else is_right
            for each, line, label, is_right in zip(found, lines, gold, ruled, strict=True)
        ]
        cells = [str(len(rows)), _share(ruled), _share(alone), _share(vetoed), _share(asked)]
        for name, verdict in ((strange, "wrong"), (metrics, "right")):
            rows, lines, found = judge(name)
            picked = [each.label is None for line, each in zip(lines, found, strict=True) if line.verdict == verdict]
            if verdict == "wrong":
                cells += [str(len(rows)), _share([each.label is None for each in found])]
            cells += [str(len(picked)), str(sum(picked))]
        sys.stdout.write(f"{writer:10}" + "".join(f"{cell:>10}" for cell in cells) + "\n")
    return 0


def _examples(writer: str) -> list[tuple[str, str]]:
    intents, _, metrics = WRITERS[writer]
    known = [(row["text"], row["gold_intent"]) for row in _rows(intents) if row["gold_intent"] != NONE]
    return known + [(row["text"], "metric") for row in _rows(metrics) if "kind" in row["gold"]]


def _path(name: str) -> Path:
    return QUESTIONS / f"{name}.jsonl"


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _path(name).read_text(encoding="utf-8").splitlines()] if name else []


def _share(values: Sequence[bool]) -> str:
    return f"{sum(values) / len(values):.1%}" if values else "-"


if __name__ == "__main__":
    raise SystemExit(main())
