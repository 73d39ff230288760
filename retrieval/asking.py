"""What a search can be asked for: words, a kind, and fields that must have a value."""

from __future__ import annotations

from collections.abc import Mapping

from frontline.core.errors import UsageError
from retrieval.rows import KINDS

FILTERS = ("category", "region", "segment", "language", "consent", "state")


def check_query(words: str, kind: str | None, where: Mapping[str, str]) -> None:
    """Refuse a search that could find nothing.

    Raises:
        UsageError: there are no words, or halves of characters in them, or the kind or a field is unknown.
    """
    if not words.strip():
        raise UsageError("There is nothing to look for.", next_step="Say what the examples should be about.")
    if any("\ud800" <= letter <= "\udfff" for letter in words):
        raise UsageError("The words hold half of a character.", next_step="Type them again.")
    if kind is not None and kind.lower() not in KINDS:
        raise UsageError(f"There is no kind {kind}.", next_step=f"Kinds: {', '.join(KINDS)}.")
    if wrong := [name for name in where if name not in FILTERS]:
        raise UsageError(f"There is no field {wrong[0]}.", next_step=f"Fields: {', '.join(FILTERS)}.")
