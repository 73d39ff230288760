"""The head at work: a ``Detector`` that reads each line of a text once and marks people, places and organisations."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anonymization.findings import Finding
from anonymization.name_head.words import cut, lines, written
from anonymization.reading import Reading, Token
from frontline.core.errors import EngineError, PrivacyError

if TYPE_CHECKING:
    from frontline.core.ports import WordReader
    from frontline.encoder.tagger import Tagger

HEAD = Path(__file__).with_name("head.onnx")
TAGS = ("", "PERSON", "LOCATION", "ORGANIZATION", "ADDRESS")
# A word is marked when the chance that it is none of these is below. Chosen on development files: MODEL_CARD.md.
BELOW = {"PERSON": 0.5, "LOCATION": 0.92, "ORGANIZATION": 0.4, "ADDRESS": 0.5}
SMALL = 0.3
"""The same for a word without a capital where the writer uses capitals otherwise."""
_LONGEST_GAP = 12
_CLOSES = re.compile(r"\.?[ \t]*(?:[\r\n]|$)")
# "Q3", "W42" and "the U S B": a period, and short words letter by letter.
_CODE = re.compile(r"[A-Z]{1,2}\d{1,3}|(?:[Tt]he )?[A-Z](?: [A-Z]){1,3}")
_JOINERS = frozenset("-'’&.")
_GAPS = frozenset(("", " ", "  ", "\xa0", "-", "'", "’", "&"))


class NameHead:
    """People, places and organisations by what the encoder makes of each word. Threads may share it."""

    name = "name_head"
    labels: Sequence[str] = TAGS[1:]

    def __init__(self, reader: Callable[[], WordReader], weights: Path = HEAD) -> None:
        """``reader`` opens the encoder at the first text; whatever fails in it is the gate's to answer for."""
        self._open_reader = reader
        self._weights = weights
        self._lock = threading.Lock()
        self._ready: tuple[WordReader, Tagger] | None = None

    def version(self) -> str:
        """Return what tells one set of weights from another."""
        try:
            return hashlib.blake2b(self._weights.read_bytes(), digest_size=6).hexdigest()
        except OSError as error:
            raise PrivacyError("the name head cannot be opened: the gate stays shut") from error

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield stretches of words of one label."""
        words = cut(reading.text)
        for first, last, chances in self._read(reading, words):
            yield from _marked(reading, words[first:last], chances)

    def _read(self, reading: Reading, words: Sequence[Token]) -> Iterable[tuple[int, int, Any]]:
        import numpy as np

        met: dict[tuple[str, ...], Any] = {}
        for first, last in lines(reading.text, words, reading.lexicon):
            line = words[first:last]
            said = tuple(word.text for word in line)
            if said not in met:  # a line that repeats itself is read once
                reader, tagger = self._opened()
                try:
                    (states,) = reader.read_words([said])
                except EngineError as error:
                    raise PrivacyError("the encoder cannot be opened: the gate stays shut") from error
                met[said] = tagger.of(np.hstack([states, written(reading.text, line, reading.lexicon)]))
            yield first, last, met[said]

    def _opened(self) -> tuple[WordReader, Tagger]:
        with self._lock:
            if self._ready is None:
                from frontline.encoder.tagger import Tagger

                try:
                    self._ready = self._open_reader(), Tagger(self._weights)
                except EngineError as error:
                    raise PrivacyError("the name head cannot be opened: the gate stays shut") from error
            return self._ready


def _marked(reading: Reading, words: Sequence[Token], chances: Any) -> Iterable[Finding]:
    run: list[tuple[Token, float]] = []
    current = ""
    for word, row in zip(words, chances, strict=True):
        if word.text in _JOINERS:
            continue
        label = _label(word, row, uses_capitals=not (reading.is_lower or reading.is_shouting))
        if run and (label != current or not _joins(reading, run[-1][0], word, label)):
            yield from _finding(reading, run, current)
            run = []
        if label:
            run.append((word, float(row[0])))
        current = label
    if run:
        yield from _finding(reading, run, current)


def _joins(reading: Reading, left: Token, right: Token, label: str) -> bool:
    gap = reading.text[left.end : right.start]
    if label == "ADDRESS":
        return len(gap) < 10 and not any(c.isalnum() for c in gap)
    return gap in _GAPS or (len(left.text) == 1 and gap in (".", ". "))


def _finding(reading: Reading, run: Sequence[tuple[Token, float]], label: str) -> Iterable[Finding]:
    """What a complaint is about stays: service codes, and companies and products of the list."""
    start, end = run[0][0].start, run[-1][0].end
    words = [word for word, _ in run]
    is_brand = label == "ORGANIZATION" and all(word.folded in reading.lexicon.kept for word in words)
    if label in ("LOCATION", "ORGANIZATION") and (
        _CODE.fullmatch(reading.text, start, end) or _is_in_host(reading.text, start, end)
    ):
        return
    if not is_brand and not _is_nobody(reading, words, label) and not reading.is_kept(start, end):
        # Half the chance: presidio keeps the surest of equal findings, and a rule also knows whose name it is.
        score = 0.5 - 0.5 * min(chance for _, chance in run)
        yield Finding(start, end, label, round(score, 3), NameHead.name)


def _is_nobody(reading: Reading, words: Sequence[Token], label: str) -> bool:
    """Peoples and products are no places; a lone everyday word is nobody unless listed or inside a sentence."""
    lexicon = reading.lexicon
    folded = [word.folded for word in words]
    if label != "ADDRESS" and not any(c.isalpha() for word in folded for c in word):
        return True
    if label == "PERSON" and len(words) == 1 and len(folded[0]) == 1:
        return not _is_signature(reading, words[0])
    if all(word in lexicon.peoples or word.removesuffix("s") in lexicon.peoples for word in folded):
        return True
    is_product = len(words) == 1 and folded[0] in lexicon.kept and folded[0] not in lexicon.countries
    if label == "LOCATION" and is_product:
        return words[0].text.title() not in lexicon.places
    if len(words) > 1 or label == "ADDRESS" or not lexicon.is_common(words[0].text):
        return False
    word = words[0]
    if label == "PERSON" and (lexicon.is_first_name(word.text) or lexicon.is_last_name(word.text)):
        return False
    is_country = label == "LOCATION" and word.folded in lexicon.countries and word.is_capitalised
    return not is_country and (not word.is_capitalised or reading.starts_sentence(word.start))


def _is_signature(reading: Reading, letter: Token) -> bool:
    """Whether a letter alone closes a line as a name does: "see you - M", "K." below a mail."""
    before = reading.text[max(0, letter.start - _LONGEST_GAP) : letter.start].rstrip(" \t")[-1:]
    return before in ("\n", "-", "–", "—") and _CLOSES.match(reading.text, letter.end) is not None


def _is_in_host(text: str, start: int, end: int) -> bool:
    """Whether a word stands between the points of a host or ends a code: "help.novalink.example", "CM8200-EU"."""
    if text[start - 1 : start] == "-" and text[start - 2 : start - 1].isdecimal():
        return True
    return text[start - 1 : start] == "." and text[start - 2 : start - 1].isalnum() and text[end : end + 1] == "."


def _label(word: Token, row: Any, *, uses_capitals: bool) -> str:
    if not word.text[0].isalnum():
        return ""
    best = 1 + int(row[1:].argmax())
    # A place or a firm without a capital has to be clearer: "the depot" is none.
    below = BELOW[TAGS[best]]
    if word.text.islower() and TAGS[best] != "ADDRESS":
        below = min(below, SMALL if uses_capitals else BELOW["PERSON"])
    return TAGS[best] if row[0] < below else ""
