"""``frontline categorize``: learns from a file, gives a label only where it is sure, and survives bad lines."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from frontline.app.main import run
from frontline.app.wiring import House
from frontline.core.ports import TextEncoder

MATTERS = {
    "double charge": ("I was charged twice for {}", "the bill for {} was debited two times", "double payment of {}"),
    "no engineer": ("nobody came to install {}", "the engineer for {} did not show up", "I waited all day for {}"),
}
THINGS = ("my router", "the mobile plan", "the television", "my landline", "the second line", "internet", "roaming")
# As many as prove something: the things are said in different ways.
EXAMPLES = [
    {"id": f"{label}-{place}-{thing}", "text": form.format(thing) + ("!" * place), "label": label}
    for label, forms in MATTERS.items()
    for place, form in enumerate(forms)
    for thing in THINGS
]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: TextEncoder) -> None:
    monkeypatch.setenv("FRONTLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FRONTLINE_ADMINS", "olga")
    monkeypatch.setattr(House, "encoder", encoder)


def write(path: Path, rows: Sequence[Any]) -> str:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return str(path)


def categorize(tmp_path: Path, train: Sequence[Any], batch: Sequence[Any], *more: str) -> int:
    files = write(tmp_path / "train.jsonl", train), write(tmp_path / "batch.jsonl", batch)
    return run(["categorize", "--train", files[0], "--batch", files[1], "--json", *more])


def test_each_text_gets_its_likeliest_labels_and_one_where_that_is_sure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [
        {"id": 1, "text": "charged twice for the phone", "label": "no engineer"},
        {"id": 2, "text": "the engineer never came"},
        {"id": 3, "text": "Is the shop open on Sunday?"},
    ]
    assert categorize(tmp_path, EXAMPLES, texts) == 0
    captured = capsys.readouterr()
    rows = [json.loads(line) for line in captured.out.splitlines()]
    assert [row["id"] for row in rows] == [1, 2, 3]
    assert [row["top3"][0]["label"] for row in rows[:2]] == ["double charge", "no engineer"]
    assert [row["label"] for row in rows[:2]] == ["double charge", "no engineer"]
    assert rows[2]["confidence"] < rows[0]["confidence"]
    # Labels that mean nothing are never given, and still suggested.
    mixed = [{**row, "label": f"{place % 2}"} for place, row in enumerate(EXAMPLES)]
    assert categorize(tmp_path, mixed, texts[:1]) == 0
    unsure = json.loads(capsys.readouterr().out)
    assert unsure["label"] is None
    assert len(unsure["top3"]) == 2
    assert all(row["confidence"] == row["top3"][0]["confidence"] for row in rows)
    assert "Learned 2 labels from 42 examples in" in captured.err


def test_bad_lines_are_named_and_cost_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = [*EXAMPLES, "{broken", {"id": "x", "text": "no label here"}, {**EXAMPLES[0], "text": "charged twice again"}]
    assert (
        categorize(tmp_path, train, [{"id": "a", "text": "charged twice"}, "nonsense", {"id": "b", "text": " "}]) == 0
    )
    captured = capsys.readouterr()
    rows = [json.loads(line) for line in captured.out.splitlines()]
    assert [row["id"] for row in rows] == ["a", 2, "b"]
    assert "not JSON" in rows[1]["error"]
    assert "empty text" in rows[2]["error"]
    # The id that came twice counts once, by its later line.
    assert "from 42 examples" in captured.err
    assert "1 examples left out: line 43 is not JSON." in captured.err


class WordVectors:
    """Vectors that cost nothing: each word points somewhere."""

    dim, model_id = 16, "words"

    def encode(self, texts: Sequence[str]) -> Any:
        found = np.ones((len(texts), self.dim), dtype=np.float32) / 10
        for row, text in enumerate(texts):
            for word in text.split():
                found[row, zlib.crc32(word.encode()) % self.dim] += 1
        return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.mark.slow
def test_one_bad_line_of_a_hundred_thousand_is_named_and_all_others_get_their_labels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(House, "encoder", WordVectors())
    said = ("charged twice", "nobody came to install it")
    texts: list[Any] = [{"id": number, "text": said[number % 2]} for number in range(100_000)]
    texts[70_000] = '{"id": 70000, "text": "charged tw'
    assert categorize(tmp_path, EXAMPLES, texts) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == 100_000
    assert rows.pop(70_000) == {"id": 70_001, "error": "line 70001 is not JSON"}
    wanted = ["double charge", "no engineer"]
    assert all(row["top3"][0]["label"] == wanted[row["id"] % 2] for row in rows)


def test_one_label_and_a_person_who_may_not_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert categorize(tmp_path, EXAMPLES[:9], EXAMPLES[:1]) == 2
    assert "fewer than two labels" in capsys.readouterr().err
    assert categorize(tmp_path, EXAMPLES, EXAMPLES[:1], "--as", "role:agent") == 3
    assert capsys.readouterr().out == ""
