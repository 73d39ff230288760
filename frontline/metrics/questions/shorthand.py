"""Shorthand of fingers in a hurry: "y did csat drop lw" is "why did csat drop last week"."""

from __future__ import annotations

import re
from collections.abc import Mapping

_UNITS = {
    "d": "days", "w": "weeks", "wk": "weeks", "m": "months", "mo": "months", "q": "quarters", "y": "years",
    "h": "hours",
}  # fmt: skip
_COUNTED = re.compile(
    r"\b(last|past|lst|prev|previous|next|nxt|rolling|trailing) (\d{1,3}) ?(d|wk|w|mo|m|q|y|h)\b", re.IGNORECASE
)
_COUNT = re.compile(r"(?<!\S)# (?=[a-z])", re.IGNORECASE)
_WHY = re.compile(r"^(\W*)y (?=\w)", re.IGNORECASE)
_AND = re.compile(r"(?<=\w) (?:n|'n'|nd|&amp;) (?=\w)", re.IGNORECASE)


class Shorthand:
    """Spells out the shorthand of one lexicon, before a question is cut into words."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = {word.casefold(): said for word, said in words.items()}
        either = "|".join(re.escape(word) for word in sorted(self._words, key=len, reverse=True)) or "(?!)"
        self._pattern = re.compile(rf"(?<![\w@.'-])(?:{either})(?![\w@'-])", re.IGNORECASE)

    def spelt_out(self, text: str) -> str:
        """Return ``text`` in full words."""
        text = _COUNT.sub("number of ", text)
        text = _COUNTED.sub(lambda found: f"{found[1]} {found[2]} {_UNITS[found[3].lower()]}", text)
        text = _AND.sub(" and ", _WHY.sub(r"\1why ", text))
        return self._pattern.sub(lambda found: self._words[found[0].casefold()], text)
