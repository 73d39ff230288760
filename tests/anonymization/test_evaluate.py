from __future__ import annotations

import json
from pathlib import Path

import pytest

from anonymization.evaluate import evaluate, main
from anonymization.gate import PresidioGate

PII = Path(__file__).parents[3] / "shared" / "data" / "pii"


def test_a_mention_counts_only_when_all_of_it_is_masked(gate: PresidioGate, tmp_path: Path) -> None:
    text = "I spoke with Maria Jansen and with Zzyzx today."
    rows = [
        {
            "text": text,
            "spans": [{"start": 13, "end": 25, "label": "PERSON"}, {"start": 13, "end": 40, "label": "PERSON"}],
        }
    ]
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    tally = evaluate(file, gate)
    assert tally.mentions["PERSON"] == 2
    assert tally.found["PERSON"] == 1
    assert tally.words == 9


def test_recall_is_told_again_per_language_and_source(gate: PresidioGate, tmp_path: Path) -> None:
    rows = [
        {"text": "I spoke with Maria Jansen.", "spans": [{"start": 13, "end": 25, "label": "PERSON"}], "source": "a"},
        {
            "text": "ik sprak Zzyzx",
            "spans": [{"start": 9, "end": 14, "label": "PERSON"}],
            "source": "b",
            "language": "nl",
        },
    ]
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    lines = list(evaluate(file, gate).lines())
    assert "language nl: 1 texts, PERSON 0.000 of 1, over-masking 0.000" in lines
    assert "source a: 1 texts, PERSON 1.000 of 1, over-masking 0.000" in lines


def test_a_file_of_another_form_is_one_sentence_and_exit_code_2(
    gate: PresidioGate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"words": "Maria"}', encoding="utf-8")
    assert main([str(file)]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("bad.jsonl:1:")
    assert "Maria" not in captured.err


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not PII.is_dir(), reason="the public data folder ../shared/data is not here")
@pytest.mark.parametrize(
    ("name", "label", "recall", "precision"),
    [
        ("presidio_synth_v2_templatesA", "PERSON", 0.80, 0.93),
        ("presidio_synth_v2_templatesA", "CREDIT_CARD", 0.99, 0.99),
        ("presidio_synth_v2_templatesA", "PHONE_NUMBER", 0.95, 0.99),
        ("presidio_synth_v2_templatesA", "EMAIL", 1.0, 1.0),
        ("ewt_dev_as_train", "PERSON", 0.75, 0.80),
    ],
)
def test_the_rules_do_not_get_worse_on_public_sets(
    gate: PresidioGate, name: str, label: str, recall: float, precision: float
) -> None:
    tally = evaluate(PII / f"{name}.jsonl", gate)
    assert tally.found[label] / tally.mentions[label] >= recall
    assert tally.right[label] / tally.spans[label] >= precision
    assert tally.quarantined <= 0.02 * tally.texts
