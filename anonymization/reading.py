"""A text as every detector reads it: what they all need is worked out once."""

from __future__ import annotations

import bisect
import functools
import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from anonymization.anchors import Found, glued, look_up, match_at
from anonymization.findings import Finding
from anonymization.lexicon import WORD, Lexicon, fold
from anonymization.normalisation import lower

_CODE_NOUN = (
    r"orders?|tickets?|cases?|tracking|shipments?|parcels?|packages?|references?|ref|bookings?|reservations?|invoices?|"
    r"firmware|software|versions?|ver|builds?|releases?|models?|"
    r"sku|upc|ean|isbn|asin|gtin|barcode|serial|plans?|bundles?|errors?|err|faults?|incidents?|"
    r"rma|returns?|complaints?|claims?|parts?|articles?|products?|"
    r"items?|queues?|ports?|tariffs?|promo|vouchers?|coupons?|"
    r"campaigns?|change|request|patch|driver|channel|node|"
    r"batch|lot|step|section|chapter|article|windows|android|ios|"
    r"bestelling|bestelnummer|ordernummer|zaaknummer|ticketnummer|"
    r"factuur|factuurnummer|meldingsnummer|foutcode|storing|"
    r"encomenda|pedido|fatura|protocolo|rastreio|erro|versão|zamówienie|"
    r"zamówienia|zgłoszenie|zgłoszenia|faktura|faktury|"
    r"błąd|przesyłka|przesyłki|wersja"
)
_CODE_NOUNS = glued(
    frozenset(noun for form in _CODE_NOUN.split("|") for noun in (form.replace("?", ""), form.partition("s?")[0])),
    "is", "was", "are",
)  # fmt: skip
_CODE_AFTER_NOUN = re.compile(
    rf"(?<![\w@])(?:{_CODE_NOUN})(?:\s+(?:number|numbers|no\.?|nr\.?|"
    rf"num\.?|id|code|ref|reference|key|nummer|número|numer))?"
    # Over the end of a line only after a mark or a verb: "order number:" and the number below it.
    r"(?:[^\S\n]*(?:is|was|are|:|=|#|-)\s*|[^\S\n]*)[#(\"']?[^\S\n]*"
    r"(?P<code>[a-z]{0,6}[-/_.]?\d[\w./\-]*(?:\s\d{2,6}(?![\w.]*[@])){0,3})"
)
_CODE_ALONE = re.compile(
    r"(?<![\w@.+/-])(?:"
    r"[A-Z]{2,6}[-_#/]\d[\w\-/]*"  # TCK-48213, INC-2024-0012
    r"|(?=[A-Z\d]*\d)(?=[A-Z\d]*[A-Z]{2})[A-Z]{2,5}\d{3,12}(?![A-Z\d])"  # INC0012345, HG8245
    r"|1Z[A-Z\d]{16}|[A-Z]{2}\d{9}[A-Z]{2}|3S[A-Z]{4}\d{6,12}|JVGL\d{10,20}"  # UPS, UPU S10, PostNL, DHL
    r"|[vV]\d+(?:\.\d+)+[\w.\-]*"
    r"|0x[0-9A-Fa-f]+"
    r"|#\d{3,12}"
    r"|#[0-9A-Fa-f]{6}(?!\w)"  # a colour
    r")(?![\w@])"
)
LETTERS = re.compile(r"[^\W\d_]+")
"""A run of letters."""
_CODE_JOINTS = ("-", "#", "/")
_CODE_SIGNS = ("-", "/", "_", ".")
_DIGITS = re.compile(r"\d+")
_WORD_WITH_DIGITS = re.compile(r"\w+")
_LONG_WORD = 64
# "code" and "number" after these words name something personal or something with a detector of its own.
_NOT_A_CODE = re.compile(r"\b(?:phone|telephone|mobile|call|back|land)\s*$", re.IGNORECASE)
# As people write their number: with a trunk zero or in the groups of North America. Such is no code, whatever noun
# stands before it; after what is called or calls ("line 0612345678") also without a joint.
_NATIONAL = re.compile(
    r"(?:0[1-9]\d{0,3}[ \-/](?=(?:[ \-]?\d){6,9}(?!\d))\d{2,8}(?:[ \-]?\d{2,4}){0,3}|[2-9]\d{2}[-.][2-9]\d{2}[-.]\d{4})"
    r"(?![\w/\-]|[.,]\d)"
)
_IN_ONE = re.compile(r"0[1-9]\d{8,9}(?![\w./\-])")
_CALLED = ("line", "driver", "channel", "request", "port")
# What is on a thing: nobody can be called there, however its digits are grouped.
_ON_THINGS = re.compile(r"(?:sku|upc|ean|isbn|asin|gtin|barcode|rma|serial|firmware|article|model|batch|lot)")


class Token(NamedTuple):
    """A word of the text. ``folded`` is lower case without accents."""

    text: str
    start: int
    end: int
    folded: str

    @property
    def is_capitalised(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()

    @property
    def is_upper(self) -> bool:
        """Whether all of two or more letters are capitals."""
        return len(self.text) > 1 and self.text.isupper()


_END = operator.attrgetter("end")


@dataclass(frozen=True)
class Reading:
    """The detection copy of a text with its word list."""

    text: str
    lexicon: Lexicon

    @property
    def tokens(self) -> Sequence[Token]:
        """The words in order; a possessive belongs to the sentence, not to the word."""
        return self._words[0]

    @property
    def runs(self) -> Mapping[str, Sequence[int]]:
        """Where each run of letters begins, in lower case with its accents: all that anchors (``anchors``) look up."""
        return self._words[1]

    @functools.cached_property
    def _words(self) -> tuple[Sequence[Token], Mapping[str, Sequence[int]]]:
        lowered = self.lowered
        is_ascii = lowered.isascii()
        tokens: list[Token] = []
        runs: dict[str, list[int]] = {}
        # Plainer ways of making a named tuple check what is right here by itself; this is for every word of every text.
        make, add = tuple.__new__, tokens.append
        for found in WORD.finditer(self.text):
            start, end = found.span()
            word, run = found[0], lowered[start:end]
            if run.isalpha():
                places = runs.get(run)
                if places is None:
                    runs[run] = [start]
                else:
                    places.append(start)
                folded = run if is_ascii or run.isascii() else fold(word)
            else:
                for part in LETTERS.finditer(lowered, start, end):
                    runs.setdefault(part[0], []).append(part.start())
                if word[-1] in "sS" and word[-2] in "'’`´":
                    word, end = word[:-2], end - 2
                folded = fold(word)
            add(make(Token, (word, start, end, folded)))
        return tokens, runs

    @functools.cached_property
    def at_start(self) -> Mapping[int, int]:
        """Which word begins at a place."""
        return {token.start: index for index, token in enumerate(self.tokens)}

    def words_in(self, start: int, end: int) -> range:
        """Return which words share characters with [start, end)."""
        tokens = self.tokens
        first = last = bisect.bisect_right(tokens, start, key=_END)
        while last < len(tokens) and tokens[last].start < end:
            last += 1
        return range(first, last)

    def word_before(self, index: int) -> str:
        """Return the folded word before a word when one blank parts them, else ""."""
        if not index:
            return ""
        before = self.tokens[index - 1]
        start = self.tokens[index].start
        return before.folded if before.end == start - 1 and self.text[before.end].isspace() else ""

    @functools.cached_property
    def found(self) -> Found:
        """Which expressions can match, by the words that are there."""
        return look_up(self.runs)

    @functools.cached_property
    def lowered(self) -> str:
        """The text in lower case, character by character: expressions of lower case alone search it twice as fast."""
        return lower(self.text)

    @functools.cached_property
    def numbers(self) -> Sequence[int]:
        """Where each run of digits begins."""
        return [start for start, _ in self._digits]

    @functools.cached_property
    def _digits(self) -> Sequence[tuple[int, int]]:
        return [found.span() for found in _DIGITS.finditer(self.text)]

    @functools.cached_property
    def chunks(self) -> Sequence[int]:
        """Where each word (of letters, digits and "_") begins in which a number stands right behind a letter."""
        return sorted({self.chunk_at(at - 1) for at in self.numbers if at and self.text[at - 1].isalpha()})

    def chunk_at(self, at: int) -> int:
        """Return where the word (of letters, digits and "_") begins in which the sign at ``at`` stands."""
        text = self.text
        for place in range(at, max(at - _LONG_WORD, 0), -1):
            if not (text[place - 1].isalnum() or text[place - 1] == "_"):
                return place
        return 0 if at <= _LONG_WORD else self._word_starts[bisect.bisect_left(self._word_starts, at) - 1]

    @functools.cached_property
    def _word_starts(self) -> Sequence[int]:
        """Where words begin: from each number of a picture in base64 back to its start would cost the square of it."""
        return [found.start() for found in _WORD_WITH_DIGITS.finditer(self.text)]

    @functools.cached_property
    def digit_count(self) -> int:
        """How many digits there are."""
        return sum(end - start for start, end in self._digits)

    @functools.cached_property
    def has_odd_letters(self) -> bool:
        """Whether letters stand in it that are equal to others only for an expression blind to case."""
        return not self.text.isascii() and any(letter in self.text for letter in "ıİſ")

    @functools.cached_property
    def is_shouting(self) -> bool:
        """Whether capitals tell nothing because most words are all in capitals."""
        long = [token.text for token in self.tokens if len(token.text) > 2]
        return len(long) > 3 and sum(map(str.isupper, long)) > 0.6 * len(long)

    @functools.cached_property
    def is_lower(self) -> bool:
        """Whether capitals tell nothing because the writer uses hardly any."""
        first = [token.text[0] for token in self.tokens if len(token.text) > 1]
        return sum(map(str.isupper, first)) <= 0.02 * len(first)

    @functools.cached_property
    def kept(self) -> Sequence[tuple[int, int]]:
        """Order, ticket, tracking, firmware, plan and product codes: service facts that stay."""
        if not self.numbers:
            return ()
        spans = [found.span() for found in match_at(_CODE_ALONE, self.text, self._lone_code_places())]
        for found in match_at(_CODE_AFTER_NOUN, self.lowered, self._code_places()):
            if not (
                _NOT_A_CODE.search(self.text, max(0, found.start() - 12), found.start()) or self._is_national(found)
            ):
                spans.append(found.span("code"))
        return sorted(spans)

    def _is_national(self, code: re.Match[str]) -> bool:
        """Whether what stands after the noun of a code is written like the number of a phone."""
        start = code.start("code")
        if _ON_THINGS.match(code[0]):
            return False
        is_called = code[0].startswith(_CALLED) and _IN_ONE.match(self.text, start) is not None
        return is_called or _NATIONAL.match(self.text, start) is not None

    def _lone_code_places(self) -> Sequence[int]:
        """Where the word begins in which a number stands, or the word or sign before its hyphen, stroke or hash."""
        places = set()
        for number in self.numbers:
            start = self.chunk_at(number)
            places.add(start)
            if self.text[start - 1 : start] in _CODE_JOINTS:
                places.update((start - 1, self.chunk_at(start - 1)))
        return sorted(places)

    def _code_places(self) -> Sequence[int]:
        """Where a noun of a code can begin: it stands alone, or up to the digits letters of the code stick to it."""
        places = {at for noun in _CODE_NOUNS & self.runs.keys() for at in self.runs[noun]}
        for number in self.numbers:
            end = number - 1 if self.text[number - 1 : number] in _CODE_SIGNS else number
            if end > 0 and self.text[end - 1].isalpha():
                places.add(self.chunk_at(end - 1))
        return sorted(places)

    def is_kept(self, start: int, end: int) -> bool:
        """Whether [start, end) touches a service code."""
        return any(a < end and start < b for a, b in self.kept)

    def before(self, start: int, width: int = 40) -> str:
        """Return up to ``width`` characters before ``start``, in lower case."""
        return self.text[max(0, start - width) : start].lower()

    def after(self, end: int, width: int = 30) -> str:
        """Return up to ``width`` characters after ``end``, in lower case."""
        return self.text[end : end + width].lower()

    def are_adjacent(self, left: Token, right: Token) -> bool:
        """Whether nothing but a space, a hyphen or the point of an initial stands between two words."""
        gap = self.text[left.end : right.start]
        return gap in (" ", "-", "  ", "\xa0") or (len(left.text) <= 2 and gap in (". ", "."))

    def starts_sentence(self, start: int) -> bool:
        """Whether the word at ``start`` begins a sentence or a line, so that its capital says nothing."""
        at = start - 1
        while at >= 0 and self.text[at] in " \t\"'“‘(*-–•>":
            at -= 1
        return at < 0 or self.text[at] in ".!?\n\r:…"


def token_of(text: str, start: int) -> Token:
    """Return the word ``text`` that begins at ``start``."""
    return Token(text, start, start + len(text), fold(text))


class Detector(Protocol):
    """One way of finding: pure, no state between texts, linear in the text."""

    @property
    def name(self) -> str:
        """What the span's ``detector`` says."""
        ...

    @property
    def labels(self) -> Sequence[str]:
        """The labels it can yield."""
        ...

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield findings; they may overlap."""
        ...
