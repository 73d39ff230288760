"""The exported model says what the reference says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontline.core.errors import EngineError
from frontline.core.ports import Reader, TextEncoder
from frontline.encoder import open_encoder
from frontline.encoder.export import CHECK_TEXTS, LEAST_COSINE, MAX_LENGTH, QUANTISED, model_folder, reference_vectors
from frontline.encoder.minilm import TOKENS, _card, batches

SIMILAR = ("The engineer never showed up", "Nobody came to install it", "I was billed two times")


@pytest.fixture(scope="module")
def theirs() -> Any:
    """What sentence-transformers makes of the check texts."""
    return reference_vectors(model_folder(), CHECK_TEXTS)


def test_every_vector_is_close_to_sentence_transformers(encoder: TextEncoder, theirs: Any) -> None:
    assert float((encoder.encode(CHECK_TEXTS) * theirs).sum(axis=1).min()) >= LEAST_COSINE


def test_neighbours_are_those_of_sentence_transformers(encoder: TextEncoder, theirs: Any) -> None:
    mine = encoder.encode(CHECK_TEXTS)
    same = [len(set(one) & set(other)) / 5 for one, other in zip(_nearest(mine), _nearest(theirs), strict=True)]
    assert float(np.mean(same)) >= 0.9


def _nearest(vectors: Any, *, count: int = 5) -> list[list[int]]:
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    return np.argsort(-cosines, axis=1)[:, :count].tolist()


def test_equal_texts_have_one_vector_wherever_they_stand(encoder: TextEncoder) -> None:
    vectors = encoder.encode([CHECK_TEXTS[0], *CHECK_TEXTS, CHECK_TEXTS[0]])
    assert (vectors[0] == vectors[1]).all()
    assert (vectors[0] == vectors[-1]).all()


@given(st.lists(st.integers(2, MAX_LENGTH), max_size=60))
def test_batches_hold_every_text_once_and_few_tokens(lengths: list[int]) -> None:
    found = batches(lengths)
    assert sorted(place for batch in found for place in batch) == list(range(len(lengths)))
    for batch in found:
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= TOKENS


def test_words_are_read_in_the_order_of_the_lines(encoder: Reader) -> None:
    lines = [CHECK_TEXTS[3].split(), ["refund"], CHECK_TEXTS[1].split()]
    together = encoder.read_words(lines)
    assert [len(words) for words in together] == [len(line) for line in lines]
    for words, line in zip(together, lines, strict=True):
        alone = encoder.read_words([line])[0]
        lengths = np.linalg.norm(words, axis=1) * np.linalg.norm(alone, axis=1)
        assert float(((words * alone).sum(axis=1) / lengths).min()) > 0.95


def test_vectors_are_unit_rows_in_the_order_of_the_texts(encoder: TextEncoder) -> None:
    texts = [*CHECK_TEXTS, *reversed(CHECK_TEXTS)] * 2
    together = encoder.encode(texts)
    assert together.shape == (len(texts), encoder.dim)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-4)
    for index in (0, 70, 200):
        alone = encoder.encode([texts[index]])[0]
        assert texts[int(np.argmax(together @ alone))] == texts[index]


def test_meaning_is_nearer_than_topic(encoder: TextEncoder) -> None:
    first, second, other = encoder.encode(SIMILAR)
    assert first @ second > first @ other


def test_nothing_in_nothing_out(encoder: TextEncoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_an_export_from_before_word_states_is_made_anew_under_the_same_id(text_model: Path, tmp_path: Path) -> None:
    shutil.copytree(text_model, tmp_path / "models")
    card = tmp_path / "models" / "card.json"
    kept = json.loads(card.read_text())
    card.write_text(json.dumps({"model_id": kept["model_id"], "least_cosine": kept["least_cosine"]}))
    (tmp_path / "models" / QUANTISED).write_bytes(b"an older file")
    opened = open_encoder(tmp_path / "models")
    assert opened.read_words([["csat"]])[0].shape == (1, 768)
    assert opened.model_id == kept["model_id"]


@pytest.mark.parametrize("harm", ["cut", "written over"])
def test_a_damaged_export_is_made_anew(text_model: Path, tmp_path: Path, harm: str) -> None:
    shutil.copytree(text_model, tmp_path / "models")
    model = tmp_path / "models" / QUANTISED
    content = model.read_bytes()
    # Weights written over: the file opens, and says something else.
    at = len(content) - 3_000_000
    over = content[:at] + bytes(byte ^ 0x55 for byte in content[at : at + 1000]) + content[at + 1000 :]
    model.write_bytes({"cut": content[:1000], "written over": over}[harm])
    words = ["csat fell in May"]
    expected = open_encoder(text_model).encode(words)
    assert np.allclose(open_encoder(tmp_path / "models").encode(words), expected, atol=1e-6)
    assert model.stat().st_size > 10_000_000


@pytest.mark.parametrize("card", ["", "[]", '{"model_id": 1}', "{"])
def test_a_note_of_the_export_that_says_nothing_is_as_good_as_none(card: str, tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text(card)
    assert _card(tmp_path) == {}


def test_a_model_that_cannot_be_opened_is_one_error_and_not_tried_again_at_once(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where a folder should be")
    encoder = open_encoder(tmp_path / "models")
    for said in ("cannot be opened", "a moment ago"):
        with pytest.raises(EngineError, match=said):
            encoder.encode(["csat"])
