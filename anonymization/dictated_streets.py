"""House numbers in words beside a street, and streets that a file name or a row of strokes holds together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from anonymization.anchors import places_of
from anonymization.disguises import Edit
from anonymization.files import stems
from anonymization.lexicon import word_set
from anonymization.number_words import NUMBER, NUMBER_WORDS, value_of

_AFTER = (
    "street avenue ave road rd lane boulevard drive terrace crescent parkway highway mews court square close gardens "
    "grove way place walk hill row quay"
)
_BEFORE = (
    "calle avenida paseo plaza carrer via viale corso piazza vicolo largo rue chemin quai impasse allée place "
    "boulevard rua travessa praça estrada alameda ulica"
)
_STREET_WORDS = word_set(f"{_AFTER} {_BEFORE}")
_SOUTHERN_WORDS = word_set(_BEFORE)
_CAP = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’]{1,30}"
_LINK = r"(?:d[aeo]s?|del|dell[aeo]?|de[iu]|degli|di|du|la|le|los|las|el|l['’]|d['’])"
_SOUTHERN = (
    rf"(?i:{'|'.join(_BEFORE.split())})(?:\s{_LINK}){{0,3}}\s?(?:{_CAP}|{_LINK}\s?{_CAP})"
    rf"(?:\s(?:{_LINK}\s)?{_CAP}){{0,3}}"
)
_NORTHERN = rf"(?:{_CAP}\s){{1,3}}(?i:{'|'.join(_AFTER.split())})(?!\w)"
_NUMBER_FIRST = re.compile(rf"(?<![\w\-])(?P<n>(?i:{NUMBER})),?\s(?={_SOUTHERN}|{_NORTHERN})")
_NUMBER = re.compile(rf"(?<![\w\-])(?i:{NUMBER})(?![\w\-])")
_STREET_BEFORE = re.compile(
    rf"(?<!\w)(?:{_SOUTHERN}|[A-ZÀ-Þ][\w\-]{{2,30}}(?:straat|laan|weg|straße|strasse|gasse)),?\s$"
)
_LONGEST_STREET = 60
_TYPES = (
    "street|st|avenue|ave|road|rd|lane|boulevard|blvd|drive|terrace|crescent|parkway|mews|court|square|close|gardens?|grove|way|"
    "place|walk|hill|row|quay|park|view|rise|heights|green"
)
_JOINT = r"[\-_ ]"
_NAME = r"[^\W\d_]{2,20}"
_IN_FILE = (
    re.compile(rf"(?<![^\W_])\d{{1,4}}[A-Za-z]?(?:{_JOINT}{_NAME}){{1,3}}?{_JOINT}(?i:{_TYPES})(?![^\W_])"),
    re.compile(
        rf"(?<![^\W_])(?i:{'|'.join(_BEFORE.split())})(?:{_JOINT}{_NAME}){{1,5}}?{_JOINT}\d{{1,4}}[A-Za-z]?(?![^\W_])"
    ),
    re.compile(
        rf"(?<![^\W_])\w{{2,20}}(?i:straat|laan|weg|gracht|plein|straße|strasse|gasse|platz|gade|gatan|gata|vägen){_JOINT}\d{{1,4}}[A-Za-z]?(?![^\W_])"
    ),
)
_STROKES = re.compile(
    r"(?<!\w)[A-ZÀ-Þ][^\W\d_]{2,30}(?:straat|laan|weg|gracht|plein|straße|strasse|gasse|platz|gade|gatan|gata|vägen|str\.)"
    r"(?P<n>(?:\s?[/|_]\s?(?:Top|top|Tür|Stiege|Stg|apt|bus)?\.?\s?[/|_]?\s?\d{1,4}[A-Za-z]?){1,4})(?!\w)"
)
_ENDS = ("straat", "laan", "weg", "gracht", "plein", "stra", "gasse", "platz", "gade", "gata", "str.")


def plain_streets(text: str, lowered: str, words: Set[str]) -> Iterable[Edit]:
    """Yield edits, without overlap, that write such streets of ``text`` with blanks and digits."""
    if not words.isdisjoint(NUMBER_WORDS):
        yield from _in_words(text, lowered, words)
    if "-" in text or "_" in text:
        for start, stop in stems(lowered):
            yield from _in_file(text[start:stop], start)
    if any(sign in text for sign in "/|_") and any(end in lowered for end in _ENDS):
        for found in _STROKES.finditer(text):
            yield *found.span("n"), " " + "/".join(re.findall(r"\d+[A-Za-z]?", found["n"]))


def _in_words(text: str, lowered: str, words: Set[str]) -> Iterable[Edit]:
    if words.isdisjoint(_STREET_WORDS) and not any(end in lowered for end in _ENDS):
        return
    places = {at for word in NUMBER_WORDS & words for at in places_of(lowered, word)}
    if "hundred" in words:
        places.update(at for word in ("a hundred", "one hundred") for at in places_of(lowered, word))
    end = 0
    has_southern = not words.isdisjoint(_SOUTHERN_WORDS)
    for place in sorted(places):
        number = _NUMBER.match(text, place) if place >= end else None
        if number is None:
            continue
        follows = text[number.end() : number.end() + 2].lstrip(", ")[:1]
        is_first = (has_southern or follows.isupper()) and _NUMBER_FIRST.match(text, place) is not None
        before = text[max(0, place - _LONGEST_STREET) : place].split()
        is_last = not is_first and bool(before) and before[-1][0].isupper()
        if is_first or (is_last and _STREET_BEFORE.search(text, max(0, place - _LONGEST_STREET), place)):
            end = number.end()
            yield place, end, str(value_of(number[0].lower()))


def _in_file(stem: str, place: int) -> Iterable[Edit]:
    """Blanks for the joints of a street in the name of a file, and around it."""
    for pattern in _IN_FILE:
        for street in pattern.finditer(stem):
            start, end = place + street.start(), place + street.end()
            if stem[street.start() - 1 : street.start()] in ("-", "_") and street.start():
                yield start - 1, start, " "
            for at, sign in enumerate(street[0], start):
                if sign in "-_":
                    yield at, at + 1, " "
            if stem[street.end() : street.end() + 1] in ("-", "_"):
                yield end, end + 1, " "
            return
