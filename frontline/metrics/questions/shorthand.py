"""Shorthand of fingers in a hurry: "y did csat drop lw" is "why did csat drop last week"."""

from __future__ import annotations

import re

from frontline.catalog.lexicon import Lexicon

_UNITS = {
    "d": "days", "w": "weeks", "wk": "weeks", "m": "months", "mo": "months", "q": "quarters", "y": "years",
    "h": "hours",
}  # fmt: skip
_COUNTED = re.compile(
    r"\b(last|past|lst|prev|previous|next|nxt|rolling|trailing) (\d{1,3}) ?(d|wk|w|mo|m|q|y|h)\b", re.IGNORECASE
)
_COUNT = re.compile(r"(?<!\S)# (?=[a-z])", re.IGNORECASE)
_WHY = re.compile(r"^(\W*)y (?=\w)", re.IGNORECASE)
# "w7 - w8", "in w8" are weeks; "longest w8" is a wait.
_WEEKS = re.compile(r"\bw\d{1,2}\b.*\bw\d{1,2}\b|\b(?:in|for|since|from|during|vs) w\d{1,2}\b", re.IGNORECASE)
_WEEK = re.compile(r"w\d{1,2}", re.IGNORECASE)
# Classes of things that are counted one by one, in their plural: "how much calls".
_COUNTED_CLASSES = ("case", "contact", "customer", "written")
_PEOPLE = ("people", "tags")
_AND = re.compile(r"(?<=\w) (?:n|'n'|nd|&amp;) (?=\w)", re.IGNORECASE)


class Shorthand:
    """Spells out the shorthand of one lexicon, before a question is cut into words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._words = {word.casefold(): said for word, said in lexicon.shorthand.items()}
        either = "|".join(re.escape(word) for word in sorted(self._words, key=len, reverse=True)) or "(?!)"
        self._pattern = re.compile(rf"(?<![\w@.'-])(?:{either})(?![\w@'-])", re.IGNORECASE)
        counted = {f"{word.removesuffix('s')}s" for name in _COUNTED_CLASSES for word in lexicon.classes.get(name, ())}
        plurals = "|".join(sorted({*_PEOPLE, *(word for word in counted if word.isalpha())}))
        self._much = re.compile(rf"\bhow much (?=(?:[a-z]+ )?(?:{plurals})\b)", re.IGNORECASE)

    def spelt_out(self, text: str) -> str:
        """Return ``text`` in full words."""
        text = _COUNT.sub("number of ", text)
        text = _COUNTED.sub(lambda found: f"{found[1]} {found[2]} {_UNITS[found[3].lower()]}", text)
        text = self._much.sub("how many ", _AND.sub(" and ", _WHY.sub(r"\1why ", text)))
        names_weeks = _WEEKS.search(text) is not None
        return self._pattern.sub(lambda found: self._said(found[0], names_weeks=names_weeks), text)

    def _said(self, word: str, *, names_weeks: bool) -> str:
        return word if names_weeks and _WEEK.fullmatch(word) else self._words[word.casefold()]
