"""Privacy: what the gate held back, reviewed by stewards, and the words of its two lists."""

from __future__ import annotations

from handlers import privacy, privacy_forms
from handlers.entries.kinds import ACTION, COMMAND, FORM
from handlers.readers import read_words
from handlers.registry import Entry

REVIEW, WORDS = "privacy.review", "privacy.words"


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [*_commands(), *_buttons()]


def _commands() -> list[Entry]:
    return [
        Entry(
            COMMAND,
            ("ops", "privacy queue"),
            REVIEW,
            privacy.show_queue,
            summary="lists what the gate held back.",
            examples=("/ops privacy queue",),
            aliases=("ops privacy",),
        ),
        Entry(
            COMMAND,
            ("ops", "privacy allow"),
            WORDS,
            privacy.allow,
            privacy.WordArguments,
            read_words,
            writes=True,
            summary="lets words through that the gate takes for a name.",
            examples=('/ops privacy allow "Fiber Max" --until 2027-01-31 because it is a product',),
        ),
        Entry(
            COMMAND,
            ("ops", "privacy deny"),
            WORDS,
            privacy.deny,
            privacy.WordArguments,
            read_words,
            writes=True,
            summary="masks words wherever they stand.",
            examples=('/ops privacy deny "Old Mill" --label LOCATION because one family lives there',),
        ),
        Entry(
            COMMAND,
            ("ops", "privacy list"),
            WORDS,
            privacy.show_words,
            summary="lists the entries of the gate's allow and deny lists.",
            examples=("/ops privacy list",),
        ),
    ]


def _buttons() -> list[Entry]:
    one, entry = privacy.DocumentArguments, privacy.EntryArguments
    return [
        Entry(ACTION, ("privacy.review.form",), REVIEW, privacy.review, one),
        Entry(ACTION, ("privacy.take_over.form",), REVIEW, privacy.take_over, one),
        Entry(ACTION, ("privacy.undo",), REVIEW, privacy.undo, one, writes=True),
        Entry(ACTION, ("privacy.words.remove",), WORDS, privacy.remove_word, entry, writes=True),
        Entry(ACTION, ("privacy.words.restore",), WORDS, privacy.restore_word, entry, writes=True),
        Entry(FORM, ("privacy.decide",), REVIEW, privacy.decide, privacy_forms.DecideArguments),
    ]
