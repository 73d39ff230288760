"""What a steward chose in a text that the gate held back: mask, keep or drop a stretch. The gate looks again."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from anonymization.findings import LABELS, Finding
from anonymization.lexicon import load_lexicon
from anonymization.placeholders import short_of
from frontline.core.errors import UsageError
from frontline.core.ports import Choice, Span

DROPPED = "…"
BY_HAND = "steward"
# What the second look holds a text back for, as it stands in the ORIGINAL: shown to the steward beside what was masked.
_SUSPICIOUS = (
    ("EMAIL", re.compile(r"[^\s@<>]{1,64}@[^\s@<>,;!?]{1,250}")),
    ("USERNAME", re.compile(r"(?<!\w)@[A-Za-z0-9_]{3,30}")),
    ("URL", re.compile(r"https?://\S{1,300}", re.IGNORECASE)),
    ("ID", re.compile(r"(?<!\w)(?=[A-Za-z-]{0,12}\d)[A-Za-z]{0,8}[-\s]?\d(?:[\s().\-–/]?\d){5,30}(?!\w)")),
)
_NAME = re.compile(r"(?<!\w)[^\W\d_]{2,30}(?:['’-][^\W\d_]{1,30})?(?!\w)")
_Placed = tuple[int, int, Finding, str]


def choose(placed: Sequence[_Placed], choices: Iterable[Choice]) -> list[_Placed]:
    """Return what is replaced in the ORIGINAL after a steward's choices, sorted.

    A kept stretch loses the findings that lie in it, a masked or dropped one swallows what it touches.
    """
    result = list(placed)
    for choice in choices:
        if choice.action == "keep":
            result = [item for item in result if not (choice.start <= item[0] and item[1] <= choice.end)]
            continue
        start, end = choice.start, choice.end
        touched = [item for item in result if item[0] < end and start < item[1]]
        exact = [item for item in touched if (item[0], item[1]) == (start, end) and item[2].label == choice.label]
        if choice.action == "mask" and exact:
            continue
        start, end = min([start, *(item[0] for item in touched)]), max([end, *(item[1] for item in touched)])
        name = DROPPED if choice.action == "drop" else f"[{short_of(choice.label)}]"
        result = [item for item in result if item not in touched]
        result.append((start, end, Finding(start, end, choice.label, 1.0, BY_HAND), name))
    return sorted(result, key=lambda item: (item[0], -item[1]))


def blank_kept(output: str, raw: str, choices: Iterable[Choice]) -> str:
    """Return ``output`` with what a steward kept blanked, for a second look at names."""
    for choice in choices:
        if choice.action == "keep" and (kept := raw[choice.start : choice.end].strip()):
            output = re.sub(rf"(?<!\w){re.escape(kept)}(?!\w)", " " * len(kept), output)
    return output


def find_words(text: str, words: Sequence[str], *, label: str) -> list[Choice]:
    """Return a mask for every whole occurrence of each of ``words`` in ``text``, in any case.

    Raises:
        UsageError: one is not in the text; it is not repeated, it may be personal.
    """
    found: list[Choice] = []
    for number, word in enumerate((" ".join(each.split()) for each in words if each.strip()), start=1):
        pattern = r"\s+".join(map(re.escape, word.split()))
        places = list(re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE))
        if not places:
            raise UsageError(
                f"Entry {number} of the words is not in the text as it stands.", next_step="Copy it from the text."
            )
        found += [Choice(place.start(), place.end(), label, "mask") for place in places]
    return found


def suspects(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return what a steward should decide about, in order: what the gate found, and what looks like more of it."""
    result = [span for span in spans if span.label in LABELS]
    more = [Span(at.start(), at.end(), label) for label, pattern in _SUSPICIOUS for at in pattern.finditer(text)]
    more += [Span(start, end, "PERSON") for start, end in _full_names(text)]
    for span in more:
        if not any(span.start < other.end and other.start < span.end for other in result):
            result.append(span)
    return sorted(result, key=lambda each: each.start)


def _full_names(text: str) -> Iterable[tuple[int, int]]:
    lexicon = load_lexicon()
    for left, right in itertools.pairwise(_NAME.finditer(text)):
        is_beside = not text[left.end() : right.start()].strip()
        is_pair = lexicon.is_first_name(left[0]) and (right[0][:1].isupper() or lexicon.is_last_name(right[0]))
        if is_beside and is_pair and not lexicon.is_common(left[0]):
            yield left.start(), right.end()
