"""The list of names that mean a thing (data/eponyms.txt), read once per process."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anonymization.lexicon import WORD, fold, read_sections


@dataclass(frozen=True)
class Phrase:
    """Folded words and what stands between them; ``owned`` are the words behind which "'s" has to stand."""

    words: tuple[str, ...]
    joints: tuple[str, ...]
    owned: tuple[bool, ...]


@dataclass(frozen=True)
class Eponyms:
    """The parts of the list: phrases by their first word, makes as words, the others as folded words."""

    phrases: Mapping[str, Sequence[Phrase]]
    makes: frozenset[tuple[str, ...]]
    owned: frozenset[str]
    tools: frozenset[str]
    fonts: frozenset[str]
    # The words of all phrases and of all makes: most names are in neither, and are looked at no further.
    vocabulary: frozenset[str]
    of_makes: frozenset[str]


@functools.cache
def load_eponyms() -> Eponyms:
    """Read the shipped list (about 1,200 entries)."""
    phrases: dict[str, list[Phrase]] = {}
    makes: set[tuple[str, ...]] = set()
    owned: set[str] = set()
    tools: set[str] = set()
    fonts: set[str] = set()
    for title, text in read_sections("eponyms.txt"):
        for entry in filter(None, (part.strip() for part in text.split(";"))):
            if title.startswith("phrases"):
                for phrase in _read(entry):
                    phrases.setdefault(phrase.words[0], []).append(phrase)
            elif title.startswith("makes"):
                makes.add(tuple(fold(word) for word in WORD.findall(entry)))
            elif title.startswith("owned"):
                owned.add(fold(entry))
            elif title.startswith(("tools", "fonts")):
                (fonts if title.startswith("fonts") else tools).add(fold(entry))
    return Eponyms(
        phrases,
        frozenset(makes),
        frozenset(owned),
        frozenset(tools | fonts),
        frozenset(fonts),
        vocabulary=frozenset(word for each in phrases.values() for phrase in each for word in phrase.words),
        of_makes=frozenset(word for make in makes for word in make),
    )


def signs(gap: str) -> str:
    """Return what stands in a gap beside blanks and hyphens, and something else for a gap that parts."""
    return "|" if len(gap) > 4 or "\n" in gap else re.sub(r"[\s\-]+", "", gap)


def _read(entry: str) -> list[Phrase]:
    """Return an entry as it is, and as people write it who leave the apostrophe out."""
    found = []
    for written in dict.fromkeys((entry, entry.replace("'s", "s"))):
        words, joints, owned = [], [], []
        matches = list(WORD.finditer(written))
        for at, match in enumerate(matches):
            word, end = match[0], match.end()
            is_owned = word[-2:] in ("'s", "’s")
            words.append(fold(word[:-2] if is_owned else word))
            owned.append(is_owned)
            joints.append(signs(written[end : matches[at + 1].start()]) if at + 1 < len(matches) else "")
        found.append(Phrase(tuple(words), tuple(joints), tuple(owned)))
    return found


@functools.cache
def phrase_pairs() -> frozenset[tuple[str, str]]:
    """Return the pairs of folded words that stand side by side in a phrase."""
    every = (phrase.words for phrases in load_eponyms().phrases.values() for phrase in phrases)
    return frozenset(pair for words in every for pair in itertools.pairwise(words))
