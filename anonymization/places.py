"""Where somebody lives, more coarsely: postal codes, and places below a country."""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anonymization.addresses import CAP, CODE, STATE, UK_CODE
from anonymization.anchors import Anchored
from anonymization.findings import Finding
from anonymization.lexicon import WORD, Lexicon, fold, word_set
from anonymization.reading import Reading, Token

_NL_CODE = Anchored(
    re.compile(
        r"(?<![\w.,/#-])[1-9]\d{3}\s?(?!SA|SD|SS|KB|MB|GB|TB|AM|PM|AD|BC|"
        r"EU|US|UK|TV|HD|FM|OK|ID|PC|IP|NL|KM|CM|MM|MS)[A-Z]{2}(?![\w-])"
    ),
    digits=True,
    least=4,
)
_STATES = frozenset(
    f"{a}{b}".lower() for a in string.ascii_uppercase for b in string.ascii_uppercase if re.fullmatch(STATE, a + b)
) | word_set("nsw vic qld act tas")
_US_CODE = Anchored(
    re.compile(rf"(?<![\w-])(?:{STATE})\s+(?P<n>\d{{5}}(?:-\d{{4}})?)(?![\w-])"), words=_STATES, least=5
)
_US_PLUS_FOUR = Anchored(re.compile(r"(?<![\w.\-])\d{5}-\d{4}(?![\w\-])"), digits=True, least=9)
_UK = Anchored(re.compile(rf"(?<![\w-]){UK_CODE}(?![\w-])"), words=word_set("gir"), chunks=True, least=1)
_CA = Anchored(
    re.compile(r"(?<![\w-])[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d(?![\w-])"),
    chunks=True,
    least=3,
)
_EIRCODE = r"(?:D6W|[AC-FHKNPRTV-Y]\d{2})\s?(?=[A-Z]*\d)[0-9AC-FHKNPRTV-Y]{4}"
_IE = Anchored(re.compile(rf"(?<=[,\n] ){_EIRCODE}(?![\w-])"), chunks=True, least=3)
_PT_PL = Anchored(
    re.compile(rf"(?<![\w.\-/])(?P<n>[1-9]\d{{3}}-\d{{3}}|\d{{2}}-\d{{3}})(?![\w\-/])(?=[,]?\s+{CAP})"),
    digits=True,
    least=5,
)
_CODE_CUE = Anchored(
    re.compile(
        rf"\b(?:zip(?:\s?-?code)?|post(?:al)?\s?-?code|postcode|eircode|"
        rf"código\s+postal|cep|kod\s+pocztowy|plz|postleitzahl)\b"
        rf"(?:\s+(?:is|was|now|to|of|for|my|area|changed|from|should|be|"
        rf"at|with|=))*\s*[:=]?\s*(?P<n>{_EIRCODE}|{CODE}|\d{{5}}-?\d{{3}})(?!\w)",
        re.IGNORECASE,
    ),
    words=word_set("zip zipcode post postal postcode postalcode eircode código cep kod plz postleitzahl"),
    least=1,
)
_PLACE_CUE = Anchored(
    re.compile(
        r"\b(?:live[sd]?\s+in|living\s+in|based\s+in|born\s+in|moved?\s+(?:to|"
        r"from)|moving\s+(?:to|from)|reside[sd]?\s+in|(?:here|home)\s+in|"
        r"(?:town|city|village|suburb|municipality|gemeente|county)\s+of|woon(?:achtig)?\s+in|"
        r"moro\s+em|mieszkam\s+w|branch\s+in|store\s+in|shop\s+in|"
        r"outside(?:\s+of)?|near|around|address\s+in|house\s+in|apartment\s+in|flat\s+in|from)\s+",
        re.IGNORECASE,
    ),
    words=word_set(
        """
        live lives lived living based born move moved moving reside resides resided here home town city village suburb
        municipality gemeente county woon woonachtig moro mieszkam branch store shop outside near around address house
        apartment flat from
        """
    ),
)
_PLACE_AFTER_CUE = re.compile(rf"(?:the\s+)?(?P<n>{CAP}(?:[ \-](?:{CAP}|aan|den|de|op|upon|on)(?=\W)){{0,2}})")


# Countries of several words or with points, of which the single words say nothing.
_COUNTRY = Anchored(
    re.compile(
        r"(?<![\w.])(?:U\.\s?S\.(?:\s?A\.)?|U\.K\.|U\.A\.E\.|D\.C\.|United (?:States(?: of America)?|Kingdom)|"
        r"(?:North|South) (?:Korea|Africa|Sudan|Carolina|Dakota)|New (?:Zealand|York|Jersey|Mexico|Orleans|Delhi)|"
        r"Saudi Arabia|Sri Lanka|Costa Rica|El Salvador|Puerto Rico|Hong Kong|Ivory Coast|Sierra Leone|West Virginia|"
        r"Great Britain|Northern Ireland|Czech Republic|Dominican Republic|Middle East|Rhode Island|Los Angeles|"
        r"San [A-Z][a-z]+|New Hampshire|United Arab Emirates|West Bank|[Tt]he [Ss]tates|"
        r"(?<=[Tt]he )U[SK]|USA|UK)(?!\w)"
    ),
    words=word_set(
        """
        u us uk usa d united north south new saudi sri costa el puerto hong ivory sierra west great northern czech
        dominican middle rhode los san the
        """
    ),
)


_WORDS = frozenset({"turkey", "china", "guinea", "chile", "mali", "niger", "us", "eu", "holland", "wales"})
"""Countries that are something else without a capital."""
_NAMED = frozenset({"Washington", "Lourdes"})
"""Places that stand in no list, for they are names first."""
_NAMED_COUNTRIES = frozenset({"Chad", "Jordan"})


@dataclass(frozen=True)
class PostalCodeDetector:
    """Postal codes of the Netherlands, US, UK, Canada, Ireland, Portugal and Poland, by shape or by cue."""

    name: str = "postal_code"
    labels: Sequence[str] = ("ZIP_CODE",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for pattern in (_NL_CODE, _US_PLUS_FOUR, _UK, _CA, _IE):
            for found in pattern.find(reading):
                if not reading.is_kept(*found.span()):
                    yield Finding(*found.span(), "ZIP_CODE", 0.7, self.name)
        for pattern in (_US_CODE, _PT_PL):
            for found in pattern.find(reading):
                if not reading.is_kept(*found.span("n")):
                    yield Finding(*found.span("n"), "ZIP_CODE", 0.7, self.name)
        for found in _CODE_CUE.find(reading):
            yield Finding(*found.span("n"), "ZIP_CODE", 0.9, self.name)


@dataclass(frozen=True)
class PlaceDetector:
    """Cities, states and provinces from the list, and capitalised words after "live in", "moved to".

    ``has_countries``: countries as well, in any casing. They tell little, so by rules alone they stay; with the head,
    which finds them, none should depend on how it is written.
    """

    has_countries: bool = False
    name: str = "place"
    labels: Sequence[str] = ("LOCATION",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        for start, end in _listed_places(reading):
            yield Finding(start, end, "LOCATION", 0.6, self.name)
        if self.has_countries:
            for token in reading.tokens:
                if token.folded in reading.lexicon.countries and (token.is_capitalised or token.folded not in _WORDS):
                    yield Finding(token.start, token.end, "LOCATION", 0.6, self.name)
        named = _NAMED | _NAMED_COUNTRIES if self.has_countries else _NAMED
        for token in [token for token in reading.tokens if token.text in named]:
            if _is_where(reading, token, token.text):
                yield Finding(token.start, token.end, "LOCATION", 0.6, self.name)
        for country in _COUNTRY.find(reading):
            yield Finding(*country.span(), "LOCATION", 0.6, self.name)
        if self.has_countries and not reading.is_shouting:
            for token in reading.tokens:
                if token.text in ("US", "UK"):
                    yield Finding(token.start, token.end, "LOCATION", 0.6, self.name)
        for cue in _PLACE_CUE.find(reading):
            place = _PLACE_AFTER_CUE.match(reading.text, cue.end())
            if place and self._is_place(reading.lexicon, place["n"], cue[0].strip().lower()):
                yield Finding(*place.span("n"), "LOCATION", 0.5, self.name)

    def _is_place(self, lexicon: Lexicon, words: str, cue: str) -> bool:
        first = words.split(maxsplit=1)[0]
        if words in lexicon.places or first in lexicon.places:
            return True
        if cue in ("from", "near", "around", "outside", "outside of"):
            return False
        return not lexicon.is_common(first.split("-")[0])


def _listed_places(reading: Reading) -> Iterable[tuple[int, int]]:
    by_first_word = _by_first_word(reading.lexicon)
    for token in [token for token in reading.tokens if token.folded in by_first_word]:
        for name in by_first_word[token.folded]:
            end = token.start + len(name)
            written = reading.text[token.start : end]
            if (written != name and written != name.upper()) or reading.text[end : end + 1].isalnum():
                continue
            if " " in name or not _is_also_a_word(reading.lexicon, name) or _is_where(reading, token, name):
                yield token.start, end
                break


_WHERE = re.compile(r"\b(?:in|via|across|throughout|into|near|outside)\s(?:the\s)?$")
_JOINT = re.compile(r"(?: and|,| or) $")
_FIRMS = frozenset({"fargo", "santander"})
"""Places that are more often a firm."""
_AREA = re.compile(r"\s(?:area|region|county|city|metro|airport)\b")


def _is_where(reading: Reading, token: Token, name: str) -> bool:
    """Whether a place that is somebody's name or a word as well can only be the place here.

    It stands after what a place stands after ("in Washington"), before what follows one ("Washington area"), or is
    joined to a country or to a place that is nothing else ("Syria and Jordan").
    """
    lexicon, folded = reading.lexicon, fold(name)
    is_word = lexicon.is_common(name) and (folded not in lexicon.kept or folded in _FIRMS)
    if not token.is_capitalised or token.is_upper or is_word:
        return False
    end = token.start + len(name)
    if reading.text[end : end + 2].lstrip(" \t")[:1].isupper() or reading.text[end : end + 2] in ("'s", "’s"):
        return False  # "in Jordan Miller", "in Jordan's name"
    before = reading.before(token.start, 16)
    return _WHERE.search(before) is not None or _AREA.match(reading.text, end) is not None or _is_joined(reading, token)


def _is_joined(reading: Reading, token: Token) -> bool:
    """Whether "and", "or" or a comma joins a word to a country or a place before it."""
    joint = _JOINT.search(reading.text, max(0, token.start - 6), token.start)
    before = reading.text[max(0, joint.start() - 40) : joint.start()] if joint else ""
    words = WORD.findall(before)
    if not words or not before[-1:].isalpha() or not words[-1][0].isupper():
        return False
    is_place = words[-1] in reading.lexicon.places and not _is_also_a_word(reading.lexicon, words[-1])
    return is_place or fold(words[-1]) in reading.lexicon.countries


def _is_also_a_word(lexicon: Lexicon, word: str) -> bool:
    return lexicon.is_common(word) or lexicon.is_first_name(word) or lexicon.is_last_name(word)


@functools.cache
def _by_first_word(lexicon: Lexicon) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for name in sorted(lexicon.places, key=len, reverse=True):
        first = WORD.search(name)
        if first:
            index.setdefault(fold(first[0]), []).append(name)
    return index
