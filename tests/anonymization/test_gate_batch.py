from __future__ import annotations

import json

from anonymization.batch import anonymize_rows
from anonymization.gate import PresidioGate


def test_rows_come_back_in_order_in_the_form_of_the_interface(gate: PresidioGate) -> None:
    text = "Hi, this is Maria Jansen, mail m.jansen@example.org."
    rows = list(anonymize_rows([{"id": "a", "text": text}, {"id": 2, "text": "The router is slow today."}], gate))
    assert [row["id"] for row in rows] == ["a", 2]
    assert set(rows[0]) == {"id", "text", "spans", "decision", "reasons"}
    assert rows[0]["decision"] == "released"
    assert all(set(span) == {"start", "end", "label", "action"} for span in rows[0]["spans"])
    found = {(text[span["start"] : span["end"]], span["label"], span["action"]) for span in rows[0]["spans"]}
    assert found == {("Maria Jansen", "PERSON", "mask"), ("m.jansen@example.org", "EMAIL", "mask")}
    assert rows[1]["text"] == "The router is slow today."
    assert json.dumps(rows)


def test_offsets_are_code_points_of_the_original_behind_emoji_and_disguise(gate: PresidioGate) -> None:
    text = "😀😀 write to maria dot jansen at gmail dot com 😀 thanks for all the help with this"
    (row,) = anonymize_rows([{"id": 1, "text": text}], gate)
    (span,) = row["spans"]
    assert text[span["start"] : span["end"]] == "maria dot jansen at gmail dot com"


def test_a_bad_line_is_an_error_row_that_quotes_nothing(gate: PresidioGate) -> None:
    rows = list(
        anonymize_rows(
            [
                '{"id": 1, "text": "fine, thanks for the call"}',
                "not json Maria",
                "[]",
                {"id": 4},
                {"id": 5, "text": ["Maria"]},
                {"id": 6, "text": "x", "known": {"emial": "maria@example.org"}},
                {"id": 7, "text": "good again, thank you"},
            ],
            gate,
        )
    )
    assert [row["id"] for row in rows] == [1, None, None, 4, 5, 6, 7]
    assert ["error" in row for row in rows] == [False, True, True, True, True, True, False]
    assert all(set(row) == {"id", "error"} for row in rows if "error" in row)
    assert "aria" not in json.dumps(rows)


def test_known_takes_one_value_or_a_list(gate: PresidioGate) -> None:
    known = {"name": "Xanthippe Woude", "account_id": 44912077, "agents": ["Quirijn Bolt"], "phone": None}
    (row,) = anonymize_rows(
        [{"id": 1, "text": "xanthippe called quirijn about 44912077 on Monday.", "known": known}], gate
    )
    assert row["text"] == "[CUSTOMER] called [AGENT_1] about [ID] on Monday."


def test_a_quarantined_row_keeps_its_spans_and_loses_its_text(gate: PresidioGate) -> None:
    (row,) = anonymize_rows(
        [{"id": 1, "text": "Вчера звонил Иван, почта ivan@example.org, никто не помог с интернетом"}], gate
    )
    assert row["text"] is None
    assert row["decision"] == "quarantined"
    assert [span["label"] for span in row["spans"]] == ["EMAIL"]
