"""Anonymized complaints for those who train."""

from __future__ import annotations

from handlers import examples
from handlers.entries.kinds import COMMAND
from handlers.readers import read_find
from handlers.registry import Entry


def entries() -> list[Entry]:
    """Return the entries of this family."""
    return [
        Entry(
            COMMAND,
            ("ops", "example find"),
            "example.find",
            examples.find,
            examples.FindArguments,
            read_find,
            summary="finds anonymized complaints.",
            examples=(
                '/ops example find "double charged" -n 5',
                '/ops example find "double charged" --tone angry',
                '/ops example find "double charged" --for quality',
            ),
        ),
    ]
