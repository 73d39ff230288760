"""The words are data: complete, unclaimed twice, and extended by an overlay."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from frontline.catalog.lexicon import load_lexicon
from frontline.catalog.loader import Catalog, load_catalog
from frontline.core.errors import CatalogError
from frontline.core.reply import Outcome
from frontline.core.text import QuestionText
from frontline.metrics.questions.parser import QuestionParser
from frontline.metrics.questions.vocabulary import expand

from .conftest import NOW, Ask


def test_every_metric_answers_to_its_key_and_its_title(catalog: Catalog, ask: Ask) -> None:
    for key, metric in catalog.metrics.items():
        for words in (key, metric.title):
            parsed = ask(f"{words} by team")
            assert parsed.query is not None, words
            assert parsed.query.metrics == (key,)


def test_every_value_answers_to_its_name_beside_its_dimension(catalog: Catalog, ask: Ask) -> None:
    for dim, dimension in catalog.dimensions.items():
        for value in dimension.values:
            query = ask(f"csat, {dim} {value.key}, last month").query
            assert query is not None, value
            assert [(item.dim, item.values) for item in query.filters] == [(dim, (value.key,))]


def test_every_synonym_of_a_metric_names_that_metric_alone(catalog: Catalog, ask: Ask) -> None:
    lexicon = load_lexicon()
    wrong, draw = [], random.Random(7)
    for key, phrases in lexicon.metrics.items():
        for phrase in phrases:
            words = draw.choice(list(expand(phrase, lexicon.classes)))  # all of them would take minutes
            parsed = ask(f"{words.replace('*', '')} by team in may")
            if parsed.outcome is Outcome.ANSWERED and parsed.query and parsed.query.metrics != (key,):
                wrong.append((words, key, parsed.query.metrics))
    assert not wrong, wrong[:20]


def test_no_alias_is_claimed_twice() -> None:
    claimed: dict[str, str] = {}
    twice = []
    lexicon = load_lexicon()
    for key, phrases in lexicon.metrics.items():
        for phrase in phrases:
            for words in expand(phrase, lexicon.classes):
                if claimed.setdefault(words, key) != key:
                    twice.append((words, key, claimed[words]))
    assert not twice


def test_an_overlay_teaches_new_words(tmp_path: Path) -> None:
    (tmp_path / "lexicon.yaml").write_text("metrics:\n  csat: [smile index]\n", encoding="utf-8")
    parser = QuestionParser(load_catalog(tmp_path))
    parsed = parser.parse(QuestionText("smile index in may"), now=NOW)
    assert parsed.query is not None
    assert parsed.query.metrics == ("csat",)
    assert parser.parse(QuestionText("satisfaction in may"), now=NOW).query == parsed.query


def test_a_fault_of_the_overlay_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "lexicon.yaml").write_text("metrics:\n  csat: [smile]\nwordz: 3\n", encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load_lexicon(tmp_path)
    assert str(caught.value.faults[0]).startswith("catalog/lexicon.yaml:3")
