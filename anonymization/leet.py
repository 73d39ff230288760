"""Names with signs and digits for letters: "M4gd4l3n4 Kr0l1k", "A!ej@ndro Fuente$", "D3cl4n 0'Sh34", "m4ri4".

Two such words side by side are a name. One alone is, where the letters it stands for are a listed name or place that is
no word, or where it stands beside a name or behind "from": else it is a code, a measure or slang ("gr8", "HG8245").
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from anonymization.anchors import places_of
from anonymization.disguises import Edit
from anonymization.lexicon import Lexicon, fold, load_lexicon

_INSIDE = re.compile(r"[0134578!$€|]['’]?[^\W\d_]|@[^\W\d_][^\W_]{0,20}(?![\w.@\-])")
_TOKEN = re.compile(r"[\w@!$€|'’]+")
_SIGN = re.compile(r"[0134578@!$€|]")
_SHAPE = re.compile(r"(?:[^\W\d_]|[0134578@!$€|])(?:[^\W\d_]|[0134578@!$€|]|['’](?=\w)){2,24}")
_MIXED = re.compile(
    r"[^\W\d_][0134578@!$€|]+[^\W\d_]|^[0134578@!$]['’]?[^\W\d_]{2}|^[0134578@!$]['’]?[^\W\d_][0134578@!$€|]|\$$"
)
_LETTER_OF = str.maketrans("0134578@!$€|", "oieastbaisei")
_OTHER_LETTER = str.maketrans("0134578@!$€|", "oleastbalsel")
_FROM = re.compile(r"(?<!\w)(?:from|in|near|lives? in|based in|of)\s$", re.IGNORECASE)
_GOES_ON = re.compile(r"\.\w")
_MANY = re.compile(r"[0134578@!$€|]{3}|[a-z]@[A-Z]{3}")  # "jansen311x", "Warner@ENRON"
_REACH = 24


def letters_for_leet(text: str) -> Iterable[Edit]:
    """Yield edits, without overlap, that write such names of ``text`` in letters."""
    inside = [found.start() for found in _INSIDE.finditer(text)]
    if "$" in text:
        ends = [
            at - 1 for at in places_of(text, "$") if text[at - 1 : at].isalpha() and not text[at + 1 : at + 2].isalnum()
        ]
        inside = sorted([*inside, *ends])
    if not inside:
        return
    tokens = _tokens(text, inside)
    if not tokens:
        return
    lexicon = load_lexicon()
    sure: set[int] = set()
    for left, right in itertools.pairwise(range(len(tokens))):
        gap = text[tokens[left][1] : tokens[right][0]]
        if gap.isspace() and len(gap) <= 3:
            sure.update((left, right))
    for at, (start, end) in enumerate(tokens):
        listed = _listed(lexicon, text[start:end])
        if at in sure or listed or _is_beside_name(lexicon, text, start, end) or _is_town(text, start, end):
            plain = listed or text[start:end].translate(_LETTER_OF)
            for offset, (old, new) in enumerate(zip(text[start:end], plain, strict=True)):
                if old != new:
                    is_first = offset == 0 and not text[start:end].islower()
                    yield (
                        start + offset,
                        start + offset + 1,
                        new.upper() if is_first or _is_shouted(text, start, end) else new,
                    )


def _tokens(text: str, inside: Sequence[int]) -> list[tuple[int, int]]:
    """Return the words around such places that are letters with a few signs between them."""
    result: list[tuple[int, int]] = []
    done = 0
    for place in inside:
        if place < done:
            continue
        start = place
        while start > max(0, place - _REACH) and (text[start - 1].isalnum() or text[start - 1] in "@!$€|'’_"):
            start -= 1
        found = _TOKEN.match(text, start, start + 2 * _REACH)
        if found is None:
            continue
        done = found.end()
        word = found[0].rstrip("!'’|@")
        if not (_SHAPE.fullmatch(word) and _MIXED.search(word)) or _MANY.search(word):
            continue
        if len(word) < 4 and not word[0].isalpha():  # "3rd 4th"
            continue
        letters, signs = sum(map(str.isalpha, word)), len(_SIGN.findall(word))
        end = start + len(word)
        is_part = (start > 0 and text[start - 1] in ".@/-#_&=?:+") or text[end : end + 1] in (
            "@",
            "/",
            "-",
            "_",
            "=",
            "#",
        )
        if 2 <= letters >= signs - 1 and not is_part and not _GOES_ON.match(text, end):
            result.append((start, start + len(word)))
    return result


def _readings(word: str) -> Iterable[str]:
    yield word.translate(_LETTER_OF)
    yield word.translate(_OTHER_LETTER)
    yield re.sub(r"[1!|]", lambda sign: "l" if sign.start() % 2 else "i", word).translate(_LETTER_OF)
    yield re.sub(r"[1!|]", lambda sign: "i" if sign.start() % 2 else "l", word).translate(_LETTER_OF)


def _listed(lexicon: Lexicon, word: str) -> str:
    """Return the listed name or place of four or more letters that ``word`` stands for, or ""."""
    for reading in _readings(word):
        folded = fold(reading.lower())
        is_name = (
            folded in lexicon.first_names or folded in lexicon.last_names or reading.lower().title() in lexicon.places
        )
        if len(folded) > 3 and is_name and folded not in lexicon.common:
            return reading
    return ""


def _is_beside_name(lexicon: Lexicon, text: str, start: int, end: int) -> bool:
    """Whether a capitalised listed name stands right before or behind a word that has a capital or a sign for one."""
    if text[start].islower():
        return False
    before = re.search(r"([^\W\d_]{2,20}) $", text[max(0, start - 22) : start])
    after = re.match(r" ([^\W\d_]{2,20})", text[end : end + 22])
    return any(
        other[1][0].isupper()
        and not lexicon.is_common(other[1])
        and (lexicon.is_first_name(other[1]) or lexicon.is_last_name(other[1]))
        for other in (before, after)
        if other
    )


def _is_town(text: str, start: int, end: int) -> bool:
    """Whether two or more signs for letters stand in a word with a capital behind "from"."""
    is_long = end - start > 4 and len(_SIGN.findall(text[start:end])) > 1
    return is_long and text[start].isupper() and _FROM.search(text, max(0, start - 10), start) is not None


def _is_shouted(text: str, start: int, end: int) -> bool:
    letters = [sign for sign in text[start:end] if sign.isalpha()]
    return len(letters) > 1 and all(map(str.isupper, letters))
