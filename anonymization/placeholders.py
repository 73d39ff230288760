"""Placeholders: roles rather than numbers, in a closed grammar, and escaping of input that imitates it."""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from anonymization.case_names import digest_of
from anonymization.disguises import Edit
from anonymization.findings import Finding
from anonymization.grammar import BUCKETS, CURRENCIES, INNER, SHORT
from anonymization.lexicon import WORD, fold
from anonymization.name_cues import PARTICLES, TITLES
from anonymization.normalisation import NormalisedText
from anonymization.policy import Policy, Treatment
from anonymization.quantities import parse_amount, parse_date
from frontline.core.ports import CaseBook, Known

_SIGNS = re.compile(r"[\W_]+")

_IMITATION = re.compile(rf"[\[(<{{]\s?(?:{INNER})\s?[\])>}}]")
_MASKED_BEFORE = re.compile(r"\bX{4,}\b|\bXX/XX/(?:XXXX|\d{4})?|\bXXXX(?:/XXXX)+")  # as public complaint data mask
_FILLER = "·"


def short_of(label: str) -> str:
    """Return how a label is written in a placeholder."""
    return SHORT[label]


def hide(normalised: NormalisedText) -> tuple[NormalisedText, list[Edit]]:
    """Blank what already looks like a placeholder, and return the edits of the ORIGINAL that disarm it.

    "[CUSTOMER]" written by a customer becomes "(CUSTOMER)": nobody can forge a role. Its characters are blanked for
    the detectors, position by position, so that a text that passed the gate yields nothing on a second pass.
    """
    escapes: list[Edit] = []
    blanked = normalised.text
    for found in _IMITATION.finditer(normalised.text):
        blanked = blanked[: found.start()] + _FILLER * len(found[0]) + blanked[found.end() :]
        if found[0].startswith("["):
            start, end = normalised.to_original(*found.span())
            escapes.append((start, end, f"({found[0].strip('[]')})"))
    if "XX" in blanked:
        blanked = _MASKED_BEFORE.sub(lambda found: _FILLER * len(found[0]), blanked)
    return NormalisedText(blanked, normalised.starts, normalised.ends), escapes


def coarser(text: str, policy: Policy) -> str:
    """Return a text that passed before without the buckets that ``policy`` masks: an age band may point at somebody."""
    for label in _GENERALISERS:
        if policy.labels[label] is Treatment.MASK:
            text = re.sub(rf"\[{label} [^\]\[]{{1,30}}\]", f"[{SHORT[label]}]", text)
    return text


@dataclass
class _Met:
    """A person of the text: the folded words seen of the name (their hashes, in a case), the role, the entry of the
    case's ``Known``."""

    words: set[str]
    role: str
    identity: str


class PlaceholderBook:
    """The placeholders of one text: the same person or value gets the same one; numbered only when there are more.

    Over the documents of a case they stay the same: whoever is first goes without a number, and dates are counted from
    the day of the opening.
    """

    def __init__(self, policy: Policy, known: Known | None = None) -> None:
        self._policy = policy
        self._known = known or Known()
        self._case = self._known.case
        self._people: list[_Met] = []
        self._values: dict[str, dict[str, int]] = {}
        self._anchor: dt.date | None = None
        if self._case is not None:
            self._people = [_Met(set(words), role, "") for role, words in self._case.people]
            self._values = {label: {v: n for n, v in enumerate(found, 1)} for label, found in self._case.values}
            self._anchor = dt.date.fromisoformat(self._case.opened) if self._case.opened else None

    def case(self) -> CaseBook | None:
        """Return the case's book with what this text added, None where the text belongs to none."""
        if self._case is None:
            return None
        people = tuple((met.role, tuple(sorted(met.words))) for met in self._people)
        values = tuple((label, tuple(found)) for label, found in self._values.items())
        # A case whose opening nobody knows keeps the first date that was told as its day zero.
        opened = self._anchor.isoformat() if self._anchor is not None else ""
        return replace(self._case, opened=opened, people=people, values=values)

    def name_all(self, text: str, findings: Sequence[Finding]) -> list[str]:
        """Return one placeholder per finding of ``text``, in order."""
        people = [f for f in findings if f.label == "PERSON"]
        for finding in sorted(people, key=lambda f: (not f.identity, not f.role, f.start)):
            self._meet(finding, text[finding.start : finding.end])
        for finding in findings:
            if finding.label != "PERSON":
                self._number(finding.label, text[finding.start : finding.end])
        return [self._placeholder(finding, text[finding.start : finding.end]) for finding in findings]

    def _meet(self, finding: Finding, name: str) -> _Met:
        words = self._words_of(name)
        for met in self._people:
            if finding.identity and finding.identity == met.identity:
                met.words.update(words)
                return met
        before = self._met_before(finding) if self._case is not None and finding.identity else None
        if before is not None:
            before.words.update(words)
            return before
        for met in self._people:
            if not finding.identity and words and met.words and (words <= met.words or met.words <= words):
                met.words.update(words)
                return met
        met = _Met(words, finding.role or "person", finding.identity)
        self._people.append(met)
        return met

    def _met_before(self, finding: Finding) -> _Met | None:
        """Return the person of earlier documents who is this entry of ``Known``, wherever it stands in it today."""
        role, _, number = finding.identity.partition(":")
        listed = self._known.agents if role == "agent" else self._known.names
        words = self._words_of(listed[int(number)])
        for met in self._people:
            is_same = met.role == role and (words <= met.words or met.words <= words)
            # Under another role only with the whole name.
            if met.words and not met.identity and (is_same or (len(words) > 1 and words == met.words)):
                met.identity = finding.identity
                met.words.update(words)
                return met
        return None

    def _words_of(self, name: str) -> set[str]:
        words = _name_words(name)
        return words if self._case is None else {digest_of(self._case.key, "name", word) for word in words}

    def _number(self, label: str, value: str) -> int:
        values = self._values.setdefault(label, {})
        plain = _SIGNS.sub("", value.lower())
        return values.setdefault(
            plain if self._case is None else digest_of(self._case.key, label, plain), len(values) + 1
        )

    def _placeholder(self, finding: Finding, value: str) -> str:
        if finding.label == "PERSON":
            return self._person(self._meet(finding, value))
        if self._policy.labels[finding.label] is Treatment.GENERALISE:
            if finding.label == "DATE_TIME":
                return self._relative_date(value)
            if finding.label in _GENERALISERS:
                return _GENERALISERS[finding.label](value)
            return f"[{SHORT[finding.label]}]"
        number = self._number(finding.label, value)
        if self._case is not None:
            return f"[{SHORT[finding.label]}]" if number == 1 else f"[{SHORT[finding.label]}_{number}]"
        return (
            f"[{SHORT[finding.label]}_{number}]"
            if len(self._values[finding.label]) > 1
            else f"[{SHORT[finding.label]}]"
        )

    def _person(self, met: _Met) -> str:
        same_role = [other for other in self._people if other.role == met.role]
        rank = next(rank for rank, other in enumerate(same_role, start=1) if other is met)
        if met.role == "customer":
            return "[CUSTOMER]" if rank == 1 else f"[CUSTOMER_{rank}]"
        return f"[{met.role.upper()}_{rank}]"

    def _relative_date(self, value: str) -> str:
        """Days since the opening of the case; without one the first full date is day zero."""
        day = parse_date(value)
        if day is None and self._case is not None and self._anchor is not None:
            day = _nearest(value, self._anchor)
        if day is None:
            return "[DATE]"
        if self._anchor is None:
            self._anchor = day
        distance = (day - self._anchor).days
        if self._case is not None:
            return f"[DAY {distance}]" if abs(distance) <= 9999 else "[DATE]"
        return "[DATE]" if distance == 0 or abs(distance) > 9999 else f"[DATE{distance:+d}d]"


def _name_words(name: str) -> set[str]:
    return {fold(word) for word in WORD.findall(name)} - PARTICLES - TITLES


def _nearest(value: str, opened: dt.date) -> dt.date | None:
    """Return the day nearest to the opening that a date without a year ("3 June") may mean, None where it is no day."""
    written = [f"{value.strip()}{mark}{year}" for year in range(opened.year - 1, opened.year + 2) for mark in " /-."]
    days = [day for day in map(parse_date, written) if day is not None]
    return min(days, key=lambda day: abs((day - opened).days), default=None)


def _bucket_amount(value: str) -> str:
    parsed = parse_amount(value)
    if parsed is None:
        return "[AMOUNT]"
    amount, currency = parsed
    at = bisect.bisect_right(BUCKETS, amount)
    span = f"{BUCKETS[at - 1]}-{BUCKETS[at]}" if at < len(BUCKETS) else "100000+"
    return f"[AMOUNT {span} {currency}]" if currency in CURRENCIES.split("|") else f"[AMOUNT {span}]"


def _bucket_age(value: str) -> str:
    found = re.search(r"\d+", value)
    age = int(found[0]) if found else -1
    if age < 0:
        return "[AGE]"
    if age < 30:
        return "[AGE 0-17]" if age < 18 else "[AGE 18-29]"
    return "[AGE 90+]" if age >= 90 else f"[AGE {age // 10}0-{age // 10}9]"


_GENERALISERS: dict[str, Callable[[str], str]] = {"AMOUNT": _bucket_amount, "AGE": _bucket_age}
