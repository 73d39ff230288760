"""Whole clauses of talk: a story that bears on no figure is passed over and named, one that does is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from frontline.catalog.loader import load_catalog
from frontline.core.reply import Outcome
from frontline.metrics.evaluation import evaluate
from frontline.metrics.questions.parser import QuestionParser
from tests.bearing.conftest import ask

QUESTIONS = Path(__file__).parent.parent / "questions"


@pytest.mark.parametrize(
    ("story", "plain", "told"),
    [
        (
            "I had coffee in the corridor with a colleague, so please settle it: what was csat in May?",
            "what was csat in May?",
            "settle",
        ),
        (
            "I was out on Monday, so forgive me if this was shared already, but what was nps by team last week?",
            "what was nps by team last week?",
            "monday",
        ),
        (
            "There's a tale going round that our enterprise folks have to sing the same song over. "
            "How often did enterprise customers have to repeat themselves in May?",
            "How often did enterprise customers have to repeat themselves in May?",
            "song",
        ),
    ],
)
def test_a_story_is_passed_over_and_named(parser: QuestionParser, story: str, plain: str, told: str) -> None:
    said = ask(parser, story)
    assert said.outcome is Outcome.ANSWERED, said.message
    assert said.query == ask(parser, plain).query
    assert told in " ".join(said.left_aside)


@pytest.mark.parametrize(
    "text",
    [
        "I work on the prepaid side, what was churn in Q1?",
        "the app got redesigned, csat in may",
        "you know the hospital contracts? how many cases in May",
        "It is the refurbished modems I am worried about. how many cases in May",
        "We launched a loyalty programme. what was csat in May for it?",
        "I'm looking at android users, what was csat in May?",
        "Our vip customers complain a lot. What was csat last month?",
    ],
)
def test_a_story_that_may_say_of_whom_is_asked_about(parser: QuestionParser, text: str) -> None:
    said = ask(parser, text)
    assert said.outcome in (Outcome.CLARIFY, Outcome.ABSTAINED)
    assert said.query is None


class Careless:
    """A judge to whom every word is talk but those of a question: what a story says of the figure, the rules keep."""

    def of(self, words: Sequence[str]) -> list[float]:
        begins = [word in ("what", "how") for word in words]
        return [1.0 if any(begins[: at + 1]) else 0.0 for at in range(len(words))]


@pytest.mark.parametrize(
    "text",
    [
        "Our people in Porto slaved away, what was csat in May?",
        "I grumble about grumpy ones only, what was csat in May?",
        "The android app, what was csat in May (android)?",
        "for grumpy android, what was csat in May?",
    ],
)
def test_what_a_story_says_of_the_figure_is_kept_whatever_the_judge_says(text: str) -> None:
    careless = QuestionParser(load_catalog(), bearing=Careless())
    assert ask(careless, text).outcome is not Outcome.ANSWERED


@pytest.mark.parametrize(("name", "right"), [("personas_v", 0.94), ("personas_w", 0.93)])
def test_chatty_strangers_are_answered(parser: QuestionParser, name: str, right: float) -> None:
    score = evaluate(QUESTIONS / f"{name}.jsonl", parser)
    assert score.share("right") >= right
    assert score.share("wrong") <= 0.01
