"""Categories of cases: the taxonomy, and a suggestion for a text."""

from __future__ import annotations

from handlers import coding, taxonomy, taxonomy_changes
from handlers.entries.kinds import ACTION, COMMAND, FORM
from handlers.readers import read_case_or_text, whole
from handlers.registry import Entry

_CHANGE = taxonomy_changes.ChangeArguments


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "metric show taxonomy"),
            "category.read",
            taxonomy.show,
            taxonomy.ShowArguments,
            whole("value"),
            summary="shows the cases by code, how much ends in other, and how well two people agree on codes.",
            examples=("/ops metric show taxonomy",),
            aliases=("ops category", "ops category list"),
        ),
        Entry(
            COMMAND,
            ("ops", "category suggest"),
            "category.suggest",
            taxonomy.suggest,
            taxonomy.SuggestArguments,
            read_case_or_text,
            summary="suggests three categories for a case or a text, and says when none is sure.",
            examples=("/ops category suggest I was charged twice for March",),
        ),
        Entry(
            COMMAND,
            ("ops", "category code"),
            "category.code",
            coding.show_next,
            coding.CodeArguments,
            summary="shows the next case of the weekly sample that waits for a category from you.",
            examples=("/ops category code",),
        ),
        Entry(ACTION, ("category.next",), "category.code", coding.show_next, coding.CodeArguments),
        Entry(ACTION, ("category.choose",), "category.code", coding.choose, coding.CodeArguments),
        Entry(FORM, ("category.answer",), "category.code", coding.answer, coding.CodeArguments, writes=True),
        Entry(ACTION, ("category.split",), "category.decide", taxonomy_changes.ask_titles, _CHANGE),
        Entry(FORM, ("category.split",), "category.decide", taxonomy_changes.accept, _CHANGE, writes=True),
        Entry(ACTION, ("category.accept",), "category.decide", taxonomy_changes.accept, _CHANGE, writes=True),
        Entry(ACTION, ("category.decline",), "category.decide", taxonomy_changes.decline, _CHANGE, writes=True),
        Entry(ACTION, ("category.undo",), "category.decide", taxonomy_changes.undo, _CHANGE, writes=True),
    ]
