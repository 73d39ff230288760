"""The trained head: it finds whom no list knows, leaves service facts alone, and its failure lets nothing pass."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymization.gate import PresidioGate
from anonymization.lexicon import load_lexicon
from anonymization.name_head.finder import NameHead
from anonymization.name_head.invented import Inventor
from anonymization.name_head.words import LINE_WORDS, cut, lines, written
from anonymization.reading import Reading
from anonymization.train import tags_of
from frontline.core.errors import PrivacyError
from frontline.core.ports import Reader
from frontline.core.text import RawText
from tests.anonymization.test_gate_fails_closed import HOSTILE, refuse_sockets
from tests.anonymization.test_gate_output import SERVICE_SENTENCES


@pytest.fixture(scope="module")
def head(encoder: Reader) -> NameHead:
    return NameHead(lambda: encoder)


def found(head: NameHead, text: str) -> Sequence[tuple[str, str]]:
    return [(text[f.start : f.end], f.label) for f in head.find(Reading(text, load_lexicon()))]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("yesterday i talked to vreni zurbriggli and she was kind", "vreni zurbriggli"),
        ("PLEASE TELL VRENI ZURBRIGGLI THAT IT BROKE AGAIN", "VRENI ZURBRIGGLI"),
        ("The card belongs to Oyeludun Abanikanda.", "Oyeludun Abanikanda"),
        ("Thanks,\nRzepka", "Rzepka"),
    ],
)
def test_a_name_that_no_list_knows_is_found_in_any_casing(head: NameHead, text: str, name: str) -> None:
    lexicon = load_lexicon()
    assert not any(lexicon.is_first_name(word) or lexicon.is_last_name(word) for word in name.split())
    assert (name, "PERSON") in found(head, text)


def test_service_facts_are_nobody(head: NameHead) -> None:
    assert [sentence for sentence in SERVICE_SENTENCES if found(head, sentence)] == []


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="ab Z.'-_1é\n😀字", max_size=400))
def test_lines_hold_every_word_once_and_in_order(text: str) -> None:
    words = cut(text)
    reach = 0
    for first, last in lines(text, words):
        assert first == reach < last
        assert last - first <= LINE_WORDS
        reach = last
    assert reach == len(words)
    assert len(written(text, words, load_lexicon())) == len(words)


def test_an_invented_text_is_tagged_where_its_names_stand() -> None:
    inventor = Inventor(load_lexicon(), ["Vreni", "Aiko"], ["Zurbriggli", "Rzepka"], seed=3)
    for _ in range(50):
        text, spans = inventor.text()
        for word, tag in zip(cut(text), tags_of(text, spans), strict=True):
            assert bool(tag) == any(start < word.end and word.start < end for start, end, _ in spans), text


def test_the_same_seed_invents_the_same() -> None:
    first, second = (Inventor(load_lexicon(), ["Vreni"], ["Rzepka"], seed=3) for _ in range(2))
    assert [first.text() for _ in range(5)] == [second.text() for _ in range(5)]


def test_a_head_that_cannot_be_opened_keeps_the_gate_shut(
    encoder: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "head.onnx").write_bytes(b"no model")
    monkeypatch.setattr(NameHead.__init__, "__defaults__", (tmp_path / "head.onnx",))
    with pytest.raises(PrivacyError, match="name head"):
        PresidioGate(ner="embedded", reader=lambda: encoder).check(RawText("Vreni Zurbriggli called."))


def test_the_gate_masks_with_the_head_and_by_rules_alone_unless_it_is_switched_on(
    gate: PresidioGate, gate_with_head: PresidioGate
) -> None:
    text = RawText("yesterday i talked to vreni zurbriggli and she was kind")
    masked, alone = gate_with_head.check(text), gate.check(text)
    assert masked.text is not None
    assert "zurbriggli" not in masked.text.show()
    assert not any(span.detector == "name_head" for span in alone.spans)


def test_a_head_that_fails_on_a_text_holds_it_back(encoder: Reader) -> None:
    class Failing:
        fails = False

        def read_words(self, lines: Sequence[Sequence[str]]) -> Sequence[Any]:
            if self.fails:
                raise RuntimeError("no memory")
            return encoder.read_words(lines)

    reader = Failing()
    gate = PresidioGate(ner="embedded", reader=lambda: reader)
    gate.start()
    reader.fails = True
    verdict = gate.check(RawText("Vreni Zurbriggli called."))
    assert verdict.text is None
    assert verdict.reasons[0].startswith("gate_failed")


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: text[:6].strip() or "newlines")
def test_hostile_repetition_stays_within_seconds_with_the_head(gate_with_head: PresidioGate, hostile: str) -> None:
    verdict = gate_with_head.check(RawText(hostile))
    assert not any(reason.startswith("timed_out") for reason in verdict.reasons)


def test_no_socket_is_opened_for_the_head(text_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_sockets(monkeypatch)
    verdict = PresidioGate(ner="embedded", models=text_model).check(RawText("i talked to vreni zurbriggli about it"))
    assert verdict.text is not None
    assert verdict.text.show() == "i talked to [PERSON_1] about it"


def test_a_pool_gives_the_same_verdicts_with_the_head(gate_with_head: PresidioGate, text_model: Path) -> None:
    texts = [f"i talked to vreni zurbriggli about ticket TCK-{n} and mail m{n}@example.org" for n in range(5)]
    pooled = PresidioGate(ner="embedded", models=text_model, workers=2, pool_above=4)
    alone = [v.text.show() if v.text else None for v in gate_with_head.check_many((RawText(t), None) for t in texts)]
    together = [v.text.show() if v.text else None for v in pooled.check_many((RawText(t), None) for t in texts)]
    assert together == alone
    assert not any(shown is None or "zurbriggli" in shown for shown in alone)


def test_a_letter_that_signs_a_mail_is_somebody_and_one_within_a_line_is_nobody(head: NameHead) -> None:
    mail = "Hi all,\nHope to see you on Sunday. Did you hear the news of Aunt {}? {}"
    assert ("M", "PERSON") in found(head, mail.format("Toni", "LU -M"))
    assert ("L", "PERSON") not in found(head, "The party should be CCGM, L.P.. Further, she wants a copy.")
