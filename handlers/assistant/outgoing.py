"""What of a question may leave the house: everyday words, words of the catalog, short numbers and dates, nothing else.

The gate looks first, as at any text of a person, and once more at the words with capitals (a name typed in lower case
is one all the same). What is then neither an everyday word nor the catalog's is left out: an allow-list does not
depend on recognising a name.
"""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from frontline.core.text import QuestionText, RawText
from handlers.arguments import IMPERSONAL
from handlers.assistant.model import ModelUnavailable

if TYPE_CHECKING:
    from frontline.catalog.loader import Catalog
    from frontline.core.ports import Gate

LONGEST = 500
LEFT_OUT = "[..]"
# Addresses, mentions and placeholders go as a whole, before single words are looked at.
_WHOLE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|<[^<>]*>|\[[^\[\]]*\]|@\w+")
_PIECE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[^\w\s]|_")
_MARKS = frozenset("?!.,;:%&+-/()'\"")
_LONGEST_NUMBER = 4
# A number in pieces ("06 12 34 56 78", "4711-0815", "K47B1108") is judged as one; what was left out joins pieces too.
_RUN = re.compile(r"\S*\d\S*(?:[\W_]+\d\S*)*")
# Days and years that figures may be asked for: a day of birth is one of them least often.
_YEAR = r"(?<!\d)20(?:1[5-9]|[23]\d)"
_DATE = re.compile(rf"{_YEAR}-[01]\d-[0-3]\d(?!\d)|{_YEAR}(?!\d)")


def words_for_model(question: QuestionText, *, gate: Gate, catalog: Catalog) -> str:
    """Return the words of ``question`` that a provider may see, ``[..]`` for each that was left out.

    Raises:
        ModelUnavailable: the gate held the question back, it is too long, or nothing of it is left.
    """
    raw = " ".join(question.reveal().split())
    if not raw or len(raw) > LONGEST:
        raise ModelUnavailable("private", "too long to be looked at")
    verdict = gate.check(RawText(raw), language="en")
    if verdict.text is None:
        raise ModelUnavailable("private", "the gate held it back")
    spoken = _without_names(verdict.text.show(), gate)
    known = _known_words(_Words(catalog))
    kept = [_kept(piece, known) for piece in _pieces(spoken)]
    if not any(word.isalpha() and word != LEFT_OUT for word in kept):
        raise ModelUnavailable("private", "nothing is left of it")
    return re.sub(r"(?:\[\.\.\]\s*)+", f"{LEFT_OUT} ", " ".join(kept)).strip()


def _without_names(text: str, gate: Gate) -> str:
    """Leave out what reads as a name once it is written with capitals."""
    titled = text.title()
    if len(titled) != len(text):  # "ß" grows: the places would no longer match
        return text
    verdict = gate.check(RawText(titled), language="en")
    if verdict.text is None:
        raise ModelUnavailable("private", "the gate held it back")
    spans = sorted((span for span in verdict.spans if span.label not in IMPERSONAL), key=lambda span: -span.start)
    for span in spans:
        text = f"{text[: span.start]} {LEFT_OUT} {text[span.end :]}"
    return text


def _pieces(text: str) -> Iterator[str]:
    without = _WHOLE.sub(" _ ", text)  # what was left out already becomes a lone mark again
    return iter(_PIECE.findall(_RUN.sub(lambda run: " _ " if _is_long(run[0]) else run[0], without)))


def _is_long(run: str) -> bool:
    """Whether a row of numbers has more digits than the longest number, dates such as "May 5, 2026" aside."""
    dates, rest = len(_DATE.findall(run)), re.findall(r"\d+", _DATE.sub(" ", run))
    if not dates:
        return sum(map(len, rest)) > _LONGEST_NUMBER
    return dates > 2 or len(rest) > (2 if dates == 1 else 0) or any(len(number) > 2 for number in rest)


def _kept(piece: str, known: frozenset[str]) -> str:
    if piece == LEFT_OUT or piece in _MARKS:
        return piece
    if piece.isdigit():
        return piece if piece.isascii() and len(piece) <= _LONGEST_NUMBER else LEFT_OUT
    folded = piece.casefold().replace("’", "'")
    bare = folded.removesuffix("'s")
    return piece if {folded, bare, bare.removesuffix("s")} & known else LEFT_OUT


class _Words:
    """The catalog as a key of the cache: the same while nobody changed it."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def __hash__(self) -> int:
        return hash(self.catalog.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Words) and other.catalog.hash == self.catalog.hash


@functools.lru_cache(maxsize=4)
def _known_words(words: _Words) -> frozenset[str]:
    from anonymization.lexicon import load_lexicon

    lists, catalog = load_lexicon(), words.catalog
    everyday = set(lists.common)
    if catalog.lexicon is not None:
        everyday |= set(_words_of(catalog.lexicon.model_dump()))
    # "Mark", "Grace" and "Will" are everyday words and names; so are some months, which stay.
    everyday -= lists.first_names | lists.last_names
    named = set(_words_of([*calendar.month_name, *calendar.month_abbr, *calendar.day_name]))
    for metric in catalog.metrics.values():
        named |= set(_words_of([metric.title, metric.definition]))
    for dimension in catalog.dimensions.values():
        if not dimension.is_person:
            named |= set(_words_of([dimension.title, [[value.key, value.label] for value in dimension.values]]))
    named |= {word for key in (*catalog.metrics, *catalog.dimensions) for word in key.split("_")}
    return frozenset(everyday | named)


def _words_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (word.casefold() for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", value.replace("_", " ")))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _words_of(key)
            yield from _words_of(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _words_of(inner)


__all__ = ["LEFT_OUT", "words_for_model"]
