"""Categories of cases: the taxonomy, and a suggestion for a text."""

from __future__ import annotations

from handlers import taxonomy
from handlers.entries.kinds import COMMAND
from handlers.readers import whole
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "metric show taxonomy"),
            "category.read",
            taxonomy.show,
            summary="shows the cases by code of the taxonomy, and how much ends in other.",
            examples=("/ops metric show taxonomy",),
            aliases=("ops category", "ops category list"),
        ),
        Entry(
            COMMAND,
            ("ops", "category suggest"),
            "category.suggest",
            taxonomy.suggest,
            taxonomy.SuggestArguments,
            whole("text"),
            summary="suggests three categories for a text, and says when none is sure.",
            examples=("/ops category suggest I was charged twice for March",),
        ),
    ]
