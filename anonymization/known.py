"""Known entities: the customer record and the agents of a case, found however they are written.

Exact forms are case- and accent-blind, with parts, initials, possessives and glued forms; names also with one typo
(Damerau-Levenshtein distance 1 on words of four letters or more that are no everyday words).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anonymization.addresses import CODE
from anonymization.everyday_names import Hit, names_somebody, spread
from anonymization.findings import Finding
from anonymization.identity_numbers import digits_of
from anonymization.lexicon import WORD, Lexicon, fold, load_lexicon, word_set
from anonymization.name_cues import PARTICLES
from anonymization.reading import Reading, Token
from frontline.core.ports import Known

_MIN_PART = 2
_MIN_FUZZY = 4
_DIGIT_RUN = re.compile(r"\+?\d(?:[\d()\[\]]|[ \u00a0.\-–/·](?=[\d(\[])){4,30}")
_POSTAL_CODE = re.compile(CODE)
_ALNUM = re.compile(r"[^\W_]+")
_TITLES = word_set(
    """
    mr mrs ms miss mx dr prof sir dhr mevr mw jr sr ii iii
    """
)
_STREET_SHORT = {
    "street": "st",
    "avenue": "ave",
    "road": "rd",
    "lane": "ln",
    "drive": "dr",
    "boulevard": "blvd",
    "court": "ct",
    "place": "pl",
    "straat": "str",
    "avenida": "av",
    "ulica": "ul",
}


@dataclass(frozen=True)
class _Person:
    parts: tuple[str, ...]  # folded, without particles and titles
    role: str
    identity: str  # which entry of the case's Known
    accented: frozenset[str] = frozenset()  # its words that are written with accents, in lower case


@dataclass(frozen=True)
class KnownDetector:
    """Finds the identities of one ``Known``; made anew for each text."""

    known: Known
    name: str = "known"
    labels: Sequence[str] = ("PERSON", "EMAIL", "PHONE_NUMBER", "ADDRESS", "ID", "LOCATION", "ZIP_CODE", "USERNAME")

    def find(self, reading: Reading) -> Iterable[Finding]:
        yield from self._people(reading)
        yield from self._emails(reading)
        yield from self._phones(reading)
        for value in self.known.ids:
            yield from _flexible(reading, value, "ID")
        for address in self.known.addresses:
            yield from _address(reading, address)

    @functools.cached_property
    def _persons(self) -> Sequence[_Person]:
        named = [(name, "customer", n) for n, name in enumerate(self.known.names)]
        named += [(name, "agent", n) for n, name in enumerate(self.known.agents)]
        persons = [_Person(parts_of(name), role, f"{role}:{n}", _accented(name)) for name, role, n in named]
        return [person for person in persons if person.parts]

    def _people(self, reading: Reading) -> Iterable[Finding]:
        owners = {part: person for person in reversed(self._persons) for part in person.parts}
        fuzzy = [part for part in owners if len(part) >= _MIN_FUZZY]
        glued = _glued_forms(self._persons)
        hits: list[tuple[int, str, float]] = []
        for index, token in enumerate(reading.tokens):
            word = token.folded
            part = word if word in owners else _near(word, fuzzy, reading.lexicon)
            if part is not None:
                hits.append((index, part, 1.0 if part == word else 0.8))
                continue
            hyphenated = [piece for piece in re.split(r"[-'’]", token.text) if fold(piece) in owners]
            if hyphenated:
                hits.append((index, fold(hyphenated[0]), 1.0))
            for form, person in glued.items():
                if form in word and len(word) <= len(form) + 8:
                    yield Finding(token.start, token.end, "PERSON", 0.9, self.name, person.role, person.identity)
        taken = {index for index, _, _ in hits}
        named = {index: _hit(reading, index, part, owners[part]) for index, part, _ in hits}
        meant = {
            index
            for index, part, _ in hits
            if _is_meant(
                reading,
                reading.tokens[index],
                part,
                has_partner=_beside(reading, index, taken) or _over_particles(reading, index, taken),
            )
            or (_with_initial(reading, index) < reading.tokens[index].start and reading.tokens[index].is_capitalised)
            or _is_written_so(reading.tokens[index].text, owners[part])
            or names_somebody(reading, index, named)
        }
        spread(reading, named, meant)
        for index, part, score in hits:
            if index in meant:
                span, owner = (_with_initial(reading, index), reading.tokens[index].end), owners[part]
                yield Finding(*span, "PERSON", score, self.name, owner.role, owner.identity)
        yield from self._whole_names(reading)

    def _whole_names(self, reading: Reading) -> Iterable[Finding]:
        """The full name in one span, particles and titles between included; also names of one or two letters."""
        named = [(name, "customer", n) for n, name in enumerate(self.known.names)]
        named += [(name, "agent", n) for n, name in enumerate(self.known.agents)]
        for name, role, number in named:
            words = _ALNUM.findall(name)
            forms = [words, words[1:] + words[:1]] if len(words) > 1 else [words]
            # "van der Woude" without the given name: the particles belong to it.
            first = next((at for at, word in enumerate(words) if at and fold(word) in PARTICLES), 0)
            if first and len(words) - first > 1:
                forms.append(words[first:])
            forms += [_ALNUM.findall(part) for part in name.split() if "-" in part]
            for form in forms:
                if sum(map(len, form)) < 3:
                    continue
                pattern = r"[\s.,'’\-_]{0,3}".join(_either(word) for word in form)
                for found in re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", reading.text, re.IGNORECASE):
                    is_one = "-" in found[0] or (reading.is_lower and len(form) > 1)
                    if is_one or not _reads_as_words(reading, found[0]):
                        initial = _INITIAL_BEFORE.search(reading.text, max(0, found.start() - 12), found.start())
                        start = initial.start() if initial else found.start()
                        yield Finding(start, found.end(), "PERSON", 1.0, self.name, role, f"{role}:{number}")

    def _emails(self, reading: Reading) -> Iterable[Finding]:
        for email in self.known.emails:
            yield from _flexible(reading, email, "EMAIL")
            local = email.partition("@")[0]
            if len(local) >= 5 and not reading.lexicon.is_common(local):
                yield from _flexible(reading, local, "USERNAME")

    def _phones(self, reading: Reading) -> Iterable[Finding]:
        tails = {digits_of(phone)[-9:] for phone in self.known.phones if len(digits_of(phone)) >= 6}
        if not tails:
            return
        for found in _DIGIT_RUN.finditer(reading.text):
            digits = digits_of(found[0])
            if any(tail in digits or (len(digits) >= 7 and tail.endswith(digits[-7:])) for tail in tails):
                yield Finding(*found.span(), "PHONE_NUMBER", 1.0, self.name)


def _reads_as_words(reading: Reading, written: str) -> bool:
    """Whether an everyday word in lower case makes this part of a sentence ("when I was young, Will")."""
    return any(
        reading.lexicon.is_common(word) and word[0].islower() and fold(word) not in PARTICLES
        for word in WORD.findall(written)
    )


def parts_of(name: str) -> tuple[str, ...]:
    """Return the words of a name by which somebody is found: folded, without particles and titles."""
    words = [fold(piece) for word in WORD.findall(name) for piece in re.split(r"-", word)]
    words += [fold(word) for word in name.replace("-", " ").split() if "'" in word or "’" in word]
    kept = [w for w in words if len(w) >= _MIN_PART and w not in PARTICLES and w not in _TITLES]
    # No name ends in a particle, and some given names look like one: Jane Lê is called Lê, and Ben Smith Ben.
    if len(words) > 1 and words[-1] in PARTICLES and len(words[-1]) >= _MIN_PART:
        kept.append(words[-1])
    if len(words) > 1 and words[0] in PARTICLES and load_lexicon().is_first_name(words[0]):
        kept.insert(0, words[0])
    return tuple(dict.fromkeys(kept))


def _accented(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in WORD.findall(name) if not word.isascii())


def _is_written_so(word: str, person: _Person) -> bool:
    """Whether the accents are those of the record: "topić" is no topic."""
    return word.lower() in person.accented


def _hit(reading: Reading, index: int, part: str, person: _Person) -> Hit:
    others = frozenset(each[0] for each in person.parts if each != part)
    is_everyday = reading.lexicon.is_common(part)
    return Hit(reading.tokens[index], part, person.identity, person.parts.index(part), others, is_everyday)


def _glued_forms(persons: Sequence[_Person]) -> dict[str, _Person]:
    forms: dict[str, _Person] = {}
    for person in persons:
        if len(person.parts) > 1:
            first, last = person.parts[0], person.parts[-1]
            for form in (first + last, last + first, first[0] + last, first + last[0]):
                if len(form) >= 6:
                    forms.setdefault(form, person)
    return forms


def _near(word: str, parts: Sequence[str], lexicon: Lexicon) -> str | None:
    if len(word) < _MIN_FUZZY or not parts:
        return None
    from rapidfuzz.distance import DamerauLevenshtein

    for part in parts:
        if abs(len(part) - len(word)) <= 1 and DamerauLevenshtein.distance(part, word, score_cutoff=1) <= 1:
            return None if lexicon.is_common(word) else part
    return None


def _is_meant(reading: Reading, token: Token, part: str, *, has_partner: bool) -> bool:
    """Whether a word that equals a known part is the person: everyday words need a capital or the rest of the name."""
    if not reading.lexicon.is_common(part):
        return len(part) > 2 or has_partner or token.is_capitalised
    if has_partner:
        return token.is_capitalised or reading.is_lower
    return token.is_capitalised and not (reading.starts_sentence(token.start) and not _ends_phrase(reading, token))


def _ends_phrase(reading: Reading, token: Token) -> bool:
    following = reading.text[token.end : token.end + 1]
    return following in (",", ".", "!", "?", ":", ";", "", "\n", "'", "’")


def _beside(reading: Reading, index: int, taken: set[int]) -> bool:
    tokens = reading.tokens
    before = index - 1 in taken and reading.are_adjacent(tokens[index - 1], tokens[index])
    return before or (index + 1 in taken and reading.are_adjacent(tokens[index], tokens[index + 1]))


def _over_particles(reading: Reading, index: int, taken: set[int]) -> bool:
    for step in (1, -1):
        at = index + step
        while 0 <= at < len(reading.tokens) and reading.tokens[at].folded in PARTICLES and abs(at - index) < 4:
            at += step
        if abs(at - index) > 1 and at in taken:
            return True
    return False


_INITIAL_BEFORE = re.compile(r"(?:(?<!\w)[A-Za-zÀ-ÿ]\.\s?){1,3}$")


def _with_initial(reading: Reading, index: int) -> int:
    start = reading.tokens[index].start
    found = _INITIAL_BEFORE.search(reading.text, max(0, start - 12), start)
    return found.start() if found else start


def _either(word: str) -> str:
    folded = fold(word)
    return re.escape(word) if folded == word.lower() else f"(?:{re.escape(word)}|{re.escape(folded)})"


def _flexible(reading: Reading, value: str, label: str) -> Iterable[Finding]:
    """Find ``value`` with other or no separators between its runs of letters and digits."""
    runs = re.findall(r"[^\W\d_]+|\d", value)
    if len("".join(runs)) < 4:
        return
    pattern = r"[^\w\n]{0,2}_?".join(_either(run) for run in runs) if label != "EMAIL" else re.escape(value)
    for found in re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", reading.text, re.IGNORECASE):
        yield Finding(*found.span(), label, 1.0, "known")


def _address(reading: Reading, address: str) -> Iterable[Finding]:
    words = _ALNUM.findall(address)
    pieces = [piece for piece in re.split(r"[,\n]", address) if piece.strip()]
    spans = [words] + [_ALNUM.findall(piece) for piece in pieces]
    spans += [_ALNUM.findall(found[0]) for found in _POSTAL_CODE.finditer(address)]
    for form in spans:
        text = "".join(form)
        if len(text) < 4 or (
            len(form) == 1 and ((text.isdecimal() and len(text) < 5) or reading.lexicon.is_common(text))
        ):
            continue
        has_digit = any(c.isdecimal() for c in text)
        label = "ADDRESS" if has_digit and len(form) > 1 and len(text) > 7 else "ZIP_CODE" if has_digit else "LOCATION"
        pattern = r"[\s,.\-/#]{0,3}".join(_street_word(word) for word in form)
        for found in re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", reading.text, re.IGNORECASE):
            if has_digit or found[0][0].isupper() or len(form) > 1:
                yield Finding(*found.span(), label, 1.0, "known")


def _street_word(word: str) -> str:
    folded = fold(word)
    for long, short in _STREET_SHORT.items():
        if folded in (long, short):
            return f"(?:{long}|{short})"
    return _either(word)
