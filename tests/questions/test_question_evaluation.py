"""The judge itself: what counts as right, wrong, asked back and abstained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from frontline.metrics.evaluation import evaluate, main, render
from frontline.metrics.questions.parser import QuestionParser

GOLD = {
    "kind": "lookup", "metrics": ["csat"], "by": [], "filters": [], "compare": None, "order": None, "limit": None,
    "period": {"start": "2026-05-01", "end": "2026-06-01", "grain": None},
}  # fmt: skip


def judge(tmp_path: Path, parser: QuestionParser, row: dict[str, Any]) -> str:
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"id": "x", **row}) + "\n", encoding="utf-8")
    return evaluate(path, parser).lines[0].verdict


@pytest.mark.parametrize(
    ("text", "change", "verdict"),
    [
        ("csat in may", {}, "right"),
        ("csat in april", {}, "wrong"),
        ("csat in may by team", {}, "wrong"),
        ("csat in may for gold", {"filters": [{"dim": "tier", "op": "in", "values": ["GOLD"]}]}, "right"),
        ("csat on whatsapp", {}, "abstained"),
        ("sla in may", {}, "asked back"),
    ],
)
def test_a_metric_question_is_judged_against_its_gold(
    tmp_path: Path, parser: QuestionParser, text: str, change: dict[str, Any], verdict: str
) -> None:
    assert judge(tmp_path, parser, {"text": text, "gold": {**GOLD, **change}}) == verdict


def test_answering_what_cannot_be_answered_is_wrong(tmp_path: Path, parser: QuestionParser) -> None:
    gold = {"outcome": "abstained", "must_offer": []}
    assert judge(tmp_path, parser, {"text": "csat in may", "gold": gold}) == "wrong"
    assert judge(tmp_path, parser, {"text": "csat of zebras", "gold": gold}) == "right"
    clarify = {"outcome": "clarify", "must_offer": ["total_cost"]}
    assert judge(tmp_path, parser, {"text": "cost in may", "gold": clarify}) == "right"


def test_a_question_asked_back_tells_whether_one_of_the_first_two_buttons_is_right(
    tmp_path: Path, parser: QuestionParser
) -> None:
    path = tmp_path / "buttons.jsonl"
    rows = [{"text": "sla in may", "gold": {**GOLD, "metrics": [key]}} for key in ("sla_attainment", "csat")]
    path.write_text("".join(json.dumps({"id": "x", **row}) + "\n" for row in rows), encoding="utf-8")
    score = evaluate(path, parser)
    assert [line.verdict for line in score.lines] == ["asked back", "asked back"]
    assert [line.offered for line in score.lines] == [True, False]
    assert "50.0%" in render([score])


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    path.write_text(json.dumps({"id": "x", "text": "csat in april", "gold": GOLD}) + "\n", encoding="utf-8")
    assert main([str(path), "--show"]) == 0
    printed = capsys.readouterr().out
    assert "two.jsonl" in printed
    assert "100.0%" in printed
    assert printed.startswith("wrong")


def test_an_empty_file_scores_nothing(tmp_path: Path, parser: QuestionParser) -> None:
    path = tmp_path / "none.jsonl"
    path.write_text("\n", encoding="utf-8")
    score = evaluate(path, parser)
    assert (score.share("wrong"), score.p95_ms) == (0.0, 0.0)
    assert "none.jsonl" in render([score])
