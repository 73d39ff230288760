"""Words that no table knows: talk is left aside and named, what narrows a figure keeps it from being answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from frontline.catalog.loader import load_catalog
from frontline.core.errors import EngineError
from frontline.core.ports import Reader
from frontline.core.reply import Outcome
from frontline.encoder.export import model_folder, reference_words
from frontline.metrics.bearing import LIGHT, open_head
from frontline.metrics.bearing.train import read_all, read_marked
from frontline.metrics.evaluation import evaluate
from frontline.metrics.questions.parser import QuestionParser
from tests.bearing.conftest import ask

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("text", "plain", "talk"),
    [
        ("crikey, did we hit the fcr goal in may or shall i weep", "did we hit the fcr goal in may", "weep"),
        ("good grief, what was aht on chat last week", "aht on chat last week", "grief"),
    ],
)
def test_talk_is_left_aside_and_named(parser: QuestionParser, text: str, plain: str, talk: str) -> None:
    said = ask(parser, text)
    assert said.outcome is Outcome.ANSWERED
    assert said.query == ask(parser, plain).query
    assert talk in " ".join(said.left_aside)


@pytest.mark.parametrize(
    "text",
    [
        "csat for android users last week",
        "backlog of the Berlin office in may",
        "honestly, the fcr for customers over sixty in april",
        "aht in may when the agent apologised",
        "gloriously, csat for the webshop in may",
        "csat since the storm",
    ],
)
def test_what_narrows_a_figure_is_never_left_aside(parser: QuestionParser, text: str) -> None:
    said = ask(parser, text)
    assert said.outcome is not Outcome.ANSWERED
    assert said.query is None


def test_a_question_that_is_understood_is_not_judged() -> None:
    class Nobody:
        def of(self, words: object) -> list[float]:
            raise AssertionError(words)

    parser = QuestionParser(load_catalog(), bearing=Nobody())
    assert ask(parser, "csat in may by team").left_aside == ()


def test_talk_saves_no_request_for_a_person(parser: QuestionParser) -> None:
    for text in ("csat of customer Jan de Vries in may, good grief", "gloriously show me Anna Kowalska's calls"):
        assert ask(parser, text).outcome is not Outcome.ANSWERED


def test_marked_questions_of_another_writer_are_told_apart(encoder: Reader) -> None:
    head = open_head(lambda: encoder)
    talk, content, strange = [], [], []
    for row in read_all([HERE / "marked_unseen.jsonl"]):
        for weight, bears, is_strange in zip(head.of(row.words), row.bears, row.strange, strict=True):
            if bears is not None:
                (strange if is_strange else content if bears else talk).append(weight < LIGHT)
    assert sum(talk) / len(talk) > 0.8
    assert sum(content) / len(content) < 0.01
    assert sum(strange) / len(strange) < 0.02


def test_no_near_miss_is_answered_for_the_talk_around_it(parser: QuestionParser) -> None:
    questions = HERE.parent / "questions"
    for name in ("q", "r", "s", "t"):
        assert evaluate(questions / f"near_miss_{name}.jsonl", parser).share("wrong") <= 0.01
    for name in ("kept_not_answerable", "stranger_out_of_scope"):
        assert evaluate(questions / f"{name}.jsonl", parser).share("wrong") <= 0.025


def test_a_mark_that_is_not_in_its_text_is_refused() -> None:
    with pytest.raises(ValueError, match="is not in"):
        read_marked('{"text": "csat in may", "filler": ["honestly"]}')


def test_the_export_reads_words_as_the_backbone_does(encoder: Reader) -> None:
    lines = [["how", "was", "csat", "in", "may"], ["unbelievably", "good"]]
    for mine, theirs in zip(encoder.read_words(lines), reference_words(model_folder(), lines), strict=True):
        assert mine.shape == theirs.shape
        cosines = (mine * theirs).sum(axis=1) / ((mine**2).sum(axis=1) ** 0.5 * (theirs**2).sum(axis=1) ** 0.5)
        assert cosines.min() > 0.95


def test_no_words_have_no_weights(encoder: Reader) -> None:
    assert list(open_head(lambda: encoder).of([])) == []
    assert list(encoder.read_words([])) == []


class Careless:
    """A judge to whom every word is talk: what is kept then, the rules keep."""

    def of(self, words: Sequence[str]) -> list[float]:
        return [0.0] * len(words)


@pytest.fixture(scope="module")
def careless() -> QuestionParser:
    return QuestionParser(load_catalog(), bearing=Careless())


@pytest.mark.parametrize(
    "text",
    [
        "csat for android users last week",
        "backlog of the Berlin office in may",
        "glorious hotel occupancy in Porto last week",
        "without the grumpy ones, contacts last week",
        "only the cranky ones: contacts last week",
        "skip the trivial ones, contacts last week",
        "fcr last month, John Smith from billing is asking, thanks",
        "contacts last week (Rotterdam)",
        "csat (Jansen) last week",
    ],
)
def test_what_excludes_restricts_or_stands_in_brackets_is_no_talk_whatever_the_judge_says(
    text: str, careless: QuestionParser
) -> None:
    assert ask(careless, text).outcome is not Outcome.ANSWERED


def test_without_its_model_the_judge_leaves_the_question_unanswered() -> None:
    class Broken:
        def read_words(self, lines: Sequence[Sequence[str]]) -> Sequence[object]:
            raise EngineError("the model cannot be opened", permanent=False)

    parser = QuestionParser(load_catalog(), bearing=open_head(Broken))
    said = ask(parser, "good grief, what was aht on chat last week")
    assert (said.outcome, said.query, said.not_understood) == (Outcome.ABSTAINED, None, ("grief",))
