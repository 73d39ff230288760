"""Words and phrases of a list, looked for in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence


def find_listed(text: str, listed: Sequence[str]) -> list[str]:
    """Return which of the listed words or phrases stand in ``text``, each once, as listed (see ``ReleaseRules``)."""
    plain = text.replace("’", "'")
    return [entry.rstrip("*") for entry in listed if re.search(_pattern(entry), plain, re.IGNORECASE)]


def _pattern(entry: str) -> str:
    body = r"\s+".join(re.escape(word) for word in entry.rstrip("*").split())
    return rf"(?<!\w){body}" + (r"\w*" if entry.endswith("*") else r"(?!\w)")
