"""Words in which a writer says who they are: "I am the only pharmacist in ...", "as a deaf mother of triplets".

No name stands in them, and yet neighbours know who wrote. A reviewer sees the whole stretch marked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST = 70
_CLAUSE_ENDS = re.compile(r"[.,;!?\n()]|\s[-–]\s|\s(?:and|but|so|because|who|which|when)\s", re.IGNORECASE)


def find_self_descriptions(text: str, cues: Sequence[str], *, harmless: Sequence[str] = ()) -> list[tuple[int, int]]:
    """Return the stretches [start, end) that begin with one of ``cues`` and run to the end of their clause.

    ``harmless`` are beginnings that say nothing of the writer ("as a result"). Cues match whole words in any case; a
    trailing ``*`` takes any ending.
    """
    plain = text.replace("’", "'")
    found: list[tuple[int, int]] = []
    for cue in cues:
        for place in re.finditer(_pattern(cue), plain, re.IGNORECASE):
            if any(re.match(_pattern(other), plain[place.start() :], re.IGNORECASE) for other in harmless):
                continue
            end = _CLAUSE_ENDS.search(plain, place.end())
            stop = min(end.start() if end else len(plain), place.start() + _LONGEST)
            found.append((place.start(), max(place.end(), _at_a_word(plain, stop))))
    return _merged(found)


def _pattern(cue: str) -> str:
    body = r"\s+".join(re.escape(word) for word in cue.rstrip("*").split())
    return rf"(?<!\w){body}" + (r"\w*" if cue.endswith("*") else r"(?!\w)")


def _at_a_word(text: str, stop: int) -> int:
    while stop < len(text) and stop > 0 and text[stop].isalnum() and text[stop - 1].isalnum():
        stop -= 1
    return len(text[:stop].rstrip())


def _merged(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
