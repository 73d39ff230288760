"""Verified questions, learned words, and words that nobody could answer to."""

from __future__ import annotations

from handlers import learning, verified
from handlers.entries.kinds import ACTION, COMMAND, FORM
from handlers.readers import whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [*_questions(), *_words(), *_buttons()]


def _questions() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("ops", "question verify"),
            "question.verify",
            verified.verify,
            verified.VerifyArguments,
            whole("words"),
            summary="vouches for the answer to a question.",
            examples=("/ops question verify fcr by channel last month",),
        ),
        Entry(
            COMMAND,
            ("ops", "question list"),
            "question.list",
            verified.list_questions,
            summary="lists the verified questions, and which have changed.",
            examples=("/ops question list",),
            aliases=("ops question", "ops questions", "ops questions list"),
        ),
        Entry(
            COMMAND,
            ("ops", "question check"),
            "question.list",
            verified.check_questions,
            summary="asks every verified question again and says which changed.",
            examples=("/ops question check",),
            aliases=("ops questions check",),
        ),
        Entry(
            COMMAND,
            ("ops", "question drop"),
            "question.verify",
            verified.drop,
            verified.QuestionArguments,
            whole("value"),
            writes=True,
            summary="takes a mark back.",
            examples=("/ops question drop vq_4k7q0z2m9x",),
        ),
        Entry(
            COMMAND,
            ("ops", "question gaps"),
            "question.gaps",
            learning.list_gaps,
            summary="lists words that I could not answer to.",
            examples=("/ops question gaps",),
            aliases=("ops questions gaps",),
        ),
    ]


def _words() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("ops", "words list"),
            "word.list",
            learning.list_words,
            summary="lists the words I learned, and those that wait for an owner.",
            examples=("/ops words list",),
            aliases=("ops words",),
        ),
        Entry(
            COMMAND,
            ("ops", "words drop"),
            "word.decide",
            learning.drop,
            learning.WordArguments,
            whole("value"),
            writes=True,
            summary="takes a learned word back.",
            examples=("/ops words drop word_4k7q0z2m9x",),
        ),
    ]


def _buttons() -> list[Entry]:
    one = learning.WordArguments
    return [
        Entry(ACTION, ("question.verify.form",), "question.verify", verified.ask_words, verified.QuestionArguments),
        Entry(ACTION, ("question.drop",), "question.verify", verified.drop, verified.QuestionArguments, writes=True),
        Entry(FORM, ("question.verify",), "question.verify", verified.verify, verified.VerifyArguments),
        Entry(ACTION, ("word.mean",), "metric.ask", learning.mean, learning.MeaningArguments, prepare=learning.look),
        Entry(ACTION, ("word.approve",), "word.decide", learning.approve, one, writes=True),
        Entry(ACTION, ("word.reject",), "word.decide", learning.reject, one, writes=True),
        Entry(ACTION, ("word.drop",), "word.decide", learning.drop, one, writes=True),
    ]
