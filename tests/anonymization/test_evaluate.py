from __future__ import annotations

import json
from pathlib import Path

import pytest

from anonymization import number_variants
from anonymization.evaluate import Subset, evaluate, main
from anonymization.gate import PresidioGate
from anonymization.origins import ORIGINS, recall_by_origin, report

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


@pytest.mark.parametrize("options", [[], ["--known"]])
@pytest.mark.parametrize(
    "line", ['{"words": "Maria"}', '{"text": "Maria", "spans": [{"start": 0, "end": 9, "label": "PERSON"}]}']
)
def test_a_file_of_another_form_is_one_sentence_and_exit_code_2(
    gate: PresidioGate, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, options: list[str]
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(line, encoding="utf-8")
    assert main([str(file), *options]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("bad.jsonl:1:")
    assert "Maria" not in captured.err


def test_a_part_of_a_file_is_judged_by_templates_and_sources(gate: PresidioGate, tmp_path: Path) -> None:
    rows = [
        {
            "text": f"Maria Jansen {n}",
            "spans": [{"start": 0, "end": 12, "label": "PERSON"}],
            "source": source,
            **template,
        }
        for n, (source, template) in enumerate(
            [("a", {"template_id": 0}), ("b", {}), ("a", {"template_id": 3}), ("a", {})]
        )
    ]
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert evaluate(file, gate, subset=Subset(every=3, sources=("a",))).texts == 2
    assert evaluate(file, gate, subset=Subset(every=3, offset=1)).texts == 1


def test_recall_by_origin_names_the_gap(gate: PresidioGate) -> None:
    recall = recall_by_origin(gate, each=4)
    assert set(recall) == set(ORIGINS)
    assert all(0 <= share <= 1 for share in recall.values())
    assert list(report(gate, each=2))[-1].startswith("gap ")


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not PII.is_dir(), reason="the public data folder ../shared/data is not here")
@pytest.mark.parametrize(
    ("name", "label", "recall", "precision"),
    [
        ("presidio_synth_v2_templatesA", "CREDIT_CARD", 0.995, 0.99),
        ("presidio_synth_v2_templatesA", "PHONE_NUMBER", 0.95, 0.98),
        ("presidio_synth_v2_templatesA", "EMAIL", 0.995, 0.99),
        ("presidio_synth_v2_templatesA", "ADDRESS", 0.93, 0.98),
        ("presidio_synth_v2_templatesA", "PERSON", 0.98, 0.95),
        ("ewt_dev_as_train", "PERSON", 0.95, 0.78),
        ("ewt_dev_as_train", "LOCATION", 0.88, 0.70),
    ],
)
def test_the_gate_does_not_get_worse_on_public_sets(
    gate_with_head: PresidioGate, name: str, label: str, recall: float, precision: float
) -> None:
    tally = evaluate(PII / f"{name}.jsonl", gate_with_head)
    assert tally.found[label] / tally.mentions[label] >= recall
    assert tally.right[label] / tally.spans[label] >= precision
    assert tally.quarantined <= 0.02 * tally.texts


def test_ibans_and_addresses_of_machines_are_found_in_every_writing(gate: PresidioGate) -> None:
    lines = list(number_variants.report(gate, each=100))
    assert [line.split()[0] for line in lines] == ["IBAN", "IP", "card", "SSN", "e-mail"]
    assert all(float(line.split()[2]) >= 0.99 for line in lines), lines
