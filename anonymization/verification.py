"""The second look, with different code: what is about to leave is scanned again at a stricter point.

Nothing here is shared with the detectors except checksums and word lists: a fault there must not repeat itself here.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence

from anonymization.checksums import IBAN_LENGTH, is_card, is_iban, is_us_ssn
from anonymization.eponyms import is_eponym_pair
from anonymization.grammar import PLACEHOLDER
from anonymization.lexicon import Lexicon, fold
from anonymization.name_cues import PARTICLES, TITLES
from anonymization.reasons import Reason
from frontline.core.ports import Known

_BREAK = "\x00"
_NO_NAMES = PARTICLES | TITLES
_DIGIT = re.compile(r"\d")
_RUN = re.compile(r"\+?\d(?:[\s().\-–/]{0,3}\d)*")
# Tried only where a run begins: from each character of a long run it would cost the square of its length.
_MAILBOX = re.compile(
    # "lodash@4.17.21" is a package and its version.
    r"(?<![^\s@<>\x00])[^\s@<>\x00]+@(?!\d+\.\d+(?:\.\d+)?(?:[\s,;:!?)\x00]|\.?$|\.\s))"
    r"[^\s@<>\x00]+\.[^\s@<>\x00]{2,}"
)
_HANDLE = re.compile(r"(?:^|[\s(])@(?!(?:media|import|font-face|keyframes|charset|supports|layer)\b)[A-Za-z0-9_]{3,}")
_BANK = re.compile(r"[A-Za-z]{2}\d{2}[A-Za-z0-9 \-]{11,40}")
_DASHED_SSN = re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)")
_SCHEME = re.compile(r"https?://\S", re.IGNORECASE)


def verify(
    output: str, *, labels: Sequence[str], masked_names: Iterable[str], known: Known | None, lexicon: Lexicon
) -> list[Reason]:
    """Return why ``output`` must not pass; empty when it may."""
    text = _plain(output)
    text = PLACEHOLDER.sub(_BREAK, text) if "[" in text else text
    reasons: list[Reason] = []
    if "@" in text and {"EMAIL", "USERNAME"} <= set(labels) and (_MAILBOX.search(text) or _HANDLE.search(text)):
        reasons.append(Reason.CONTACT_LEFT)
    if "URL" in labels and "://" in text and _SCHEME.search(text):
        reasons.append(Reason.CONTACT_LEFT)
    if _has_number(text, labels):
        reasons.append(Reason.NUMBER_LEFT)
    if known is not None and _has_known(text, known, lexicon):
        reasons.append(Reason.KNOWN_LEFT)
    if "PERSON" in labels and (_has_masked_name(text, masked_names, lexicon) or _has_full_name(text, lexicon)):
        reasons.append(Reason.NAME_LEFT)
    return list(dict.fromkeys(reasons))


def _plain(output: str) -> str:
    if output.isascii():
        return output
    composed = unicodedata.normalize("NFKC", output)
    return "".join(c for c in composed if c.isascii() or unicodedata.category(c) != "Cf")


def _has_number(text: str, labels: Sequence[str]) -> bool:
    if _DIGIT.search(text) is None:
        return False
    for run in _RUN.finditer(text):
        digits = "".join(c for c in run[0] if c.isdecimal())
        if "CREDIT_CARD" in labels and is_card(digits):
            return True
        if "PHONE_NUMBER" in labels and run[0].startswith("+") and 9 <= len(digits) <= 15:
            return True
    if (
        "SSN" in labels
        and text.count("-") > 1
        and any(is_us_ssn(found[0].replace("-", "")) for found in _DASHED_SSN.finditer(text))
    ):
        return True
    return "IBAN" in labels and any(_starts_with_iban(found[0]) for found in _BANK.finditer(text))


def _starts_with_iban(candidate: str) -> bool:
    squeezed = "".join(c for c in candidate if c.isalnum())
    return is_iban(squeezed[: IBAN_LENGTH.get(squeezed[:2].upper(), 0)])


def _words(text: str) -> list[str]:
    return [word for word in (raw.strip("'’\"“”.,;:!?()[]{}<>*_/|\\-") for raw in re.split(r"[\s\-/_]+", text)) if word]


def _has_known(text: str, known: Known, lexicon: Lexicon) -> bool:
    folded_words = {fold(_without_possessive(word)) for word in _words(text)}
    squeezed = "".join(fold(c) if c.isalnum() or c == _BREAK else " " for c in text)
    for name in (*known.names, *known.agents):
        words = [fold(word) for word in re.split(r"[\s\-.]+", name) if word]
        if any(len(w) > 3 and w not in PARTICLES and not lexicon.is_common(w) and w in folded_words for w in words):
            return True
        full = " ".join(words)
        if (
            len(words) > 1
            and len(full) > 5
            and re.search(rf"(?<!\w){re.escape(full)}(?!\w)", re.sub(r"\s+", " ", squeezed))
        ):
            return True
    compact = re.sub(r"[^a-z0-9\x00]", "", squeezed)
    values = [*known.emails, *known.ids, *known.addresses]
    if any(len(v) >= 6 and v in compact for v in (re.sub(r"[^a-z0-9]", "", fold(value)) for value in values)):
        return True
    digits = re.sub(r"[^\d\x00a-z]", "", squeezed)
    tails = [re.sub(r"\D", "", phone)[-8:] for phone in known.phones]
    return any(len(tail) >= 7 and tail in digits for tail in tails)


def _without_possessive(word: str) -> str:
    return word[:-2] if word[-2:].lower() in ("'s", "’s") else word


def _has_masked_name(text: str, masked_names: Iterable[str], lexicon: Lexicon) -> bool:
    wanted = {fold(word) for name in masked_names for word in _words(name)}
    wanted = {
        word
        for word in wanted
        if len(word) > 3 and word.isalpha() and word not in _NO_NAMES and not lexicon.is_common(word)
    }
    if text.isascii():
        whole = fold.__wrapped__(text)
        if not any(word in whole for word in wanted):
            return False
    return bool(wanted) and any(fold(_without_possessive(word)) in wanted for word in _words(text))


def _has_full_name(text: str, lexicon: Lexicon) -> bool:
    """A listed given name and a listed family name side by side, both capitalised, neither an everyday word."""
    for left, after in itertools.pairwise(text.split()):
        if left[0].islower():
            continue
        right = after.rstrip(".,;:!?)'\"’")
        if (
            left.isalpha()
            and right.isalpha()
            and left.istitle()
            and right.istitle()
            and len(left) > 2
            and len(right) > 3
        ):
            is_pair = lexicon.is_first_name(left) and lexicon.is_last_name(right)
            if (
                is_pair
                and not lexicon.is_common(left)
                and not lexicon.is_common(right)
                and f"{left} {right}" not in lexicon.places
                and not is_eponym_pair(left, right)
            ):
                return True
    return False
