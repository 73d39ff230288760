"""Word lists of the gate: given names, family names, places, everyday words. Read once per process."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

WORD = re.compile(r"[^\W\d_]+(?:['’`´][^\W\d_]+)*")
_CONTRACTION = re.compile(r"['’](?:d|ll|re|ve|t|m)$", re.IGNORECASE)
# Letters that NFKD does not take apart.
_STROKED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})


@dataclass(frozen=True)
class Lexicon:
    """Folded word sets. ``common`` holds what is an everyday word whatever else it may be; ``kept`` is the part of
    it that is written with a capital (calendar, companies, peoples)."""

    first_names: frozenset[str]
    last_names: frozenset[str]
    places: frozenset[str]
    common: frozenset[str]
    kept: frozenset[str]
    countries: frozenset[str] = frozenset()
    peoples: frozenset[str] = frozenset()

    def is_common(self, word: str) -> bool:
        """Whether ``word`` is an everyday word, so that it is no name without a cue."""
        folded = fold(word)
        if folded in self.common or len(folded) > 8:
            return folded in self.common
        return _CONTRACTION.search(word, max(0, len(word) - 3)) is not None

    def is_first_name(self, word: str) -> bool:
        """Whether ``word`` is a listed given name."""
        return fold(word) in self.first_names

    def is_last_name(self, word: str) -> bool:
        """Whether ``word`` is a listed family name."""
        return fold(word) in self.last_names


def word_set(text: str) -> frozenset[str]:
    """Return the words of a literal; long sets read better as prose than as a column."""
    return frozenset(text.split())


@functools.lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """Return ``word`` in lower case without accents or apostrophes ("O’Brien" -> "obrien")."""
    if word.isascii():
        return word.lower().replace("'", "").replace("`", "")
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    return plain.translate(_STROKED).replace("'", "").replace("’", "").replace("`", "").replace("´", "")


@functools.cache
def load_lexicon() -> Lexicon:
    """Read the shipped lists (about 15,000 words)."""
    kept = frozenset(fold(word) for word in _words("kept_words.txt"))
    places = frozenset(" ".join(place.split()) for place in _places("places.txt"))
    return Lexicon(
        first_names=frozenset(fold(word) for word in _words("first_names.txt")),
        last_names=frozenset(fold(word) for word in _words("last_names.txt")),
        places=places,
        common=kept | frozenset(fold(word) for word in _words("common_words.txt")),
        kept=kept,
        countries=_section("kept_words.txt", "countries and continents"),
        peoples=_section("kept_words.txt", "peoples, languages and faiths"),
    )


def _text(name: str) -> str:
    return resources.files("anonymization").joinpath("data", name).read_text(encoding="utf-8")


def _lines(name: str) -> Iterable[str]:
    return (line for line in _text(name).splitlines() if line and not line.startswith("#"))


def _section(name: str, title: str) -> frozenset[str]:
    """Return the folded words between the line "# title" and the next comment."""
    part = _text(name).partition(f"# {title}\n")[2].partition("\n#")[0]
    return frozenset(fold(word) for word in part.split())


def read_sections(name: str) -> Iterable[tuple[str, str]]:
    """Yield (title, text in one line) of each part that begins with "# title"; parts without text are left out."""
    for part in _text(name).split("# ")[1:]:
        title, _, text = part.partition("\n")
        if text.strip():
            yield title, " ".join(text.split())


def _words(name: str) -> Iterable[str]:
    return (word for line in _lines(name) for word in line.split())


def _places(name: str) -> Iterable[str]:
    return (place.strip() for line in _lines(name) for place in line.split(",") if place.strip())
