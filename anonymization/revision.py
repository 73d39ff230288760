"""Texts that passed the gate, changed: masked further by hand, cut, put together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from anonymization.grammar import PLACEHOLDER
from frontline.core.errors import UsageError
from frontline.core.text import AnonymizedText, Provenance, seal

BY_HAND = "MASKED"
_NUMBERED = re.compile(r"\[(?P<label>[A-Z]{2,20})_(?P<number>\d{1,3})\]")


def mask_words(text: AnonymizedText, words: Sequence[str]) -> AnonymizedText:
    """Return ``text`` with every whole occurrence of each of ``words`` (in any case) as ``[MASKED]``.

    Placeholders stay. What was masked is counted, never kept.

    Raises:
        UsageError: nothing was given, or something given is not in the text; it is not repeated, it may be personal.
    """
    wanted = [" ".join(word.split()) for word in words if word.strip()]
    if not wanted:
        raise UsageError("Which words should be masked?", next_step="Copy them from the text, one on each line.")
    shown, masked = text.show(), 0
    for number, word in enumerate(wanted, start=1):
        body = r"\s+".join(map(re.escape, word.split()))
        pattern = re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)
        pieces, found = _outside_placeholders(shown), 0
        for place in range(0, len(pieces), 2):
            pieces[place], count = pattern.subn(f"[{BY_HAND}]", pieces[place])
            found += count
        if not found:
            raise UsageError(
                f"Entry {number} is not in the text as it stands.", next_step="Copy the words from the text itself."
            )
        shown, masked = "".join(pieces), masked + found
    counts = Counter(dict(text.provenance.counts)) + Counter({BY_HAND: masked})
    return seal(shown, Provenance(text.provenance.policy, tuple(sorted(counts.items()))))


def mark_stretches(text: AnonymizedText, stretches: Sequence[tuple[int, int]]) -> AnonymizedText:
    """Return ``text`` with stretches [start, end) in brackets, for whoever reviews it; only brackets are added."""
    shown = text.show()
    for start, end in sorted(stretches, reverse=True):
        shown = f"{shown[:start]}⟦{shown[start:end]}⟧{shown[end:]}"
    return seal(shown, text.provenance)


def without_amounts(text: AnonymizedText) -> AnonymizedText:
    """Return ``text`` with amounts masked where they were bucketed."""
    return seal(re.sub(r"\[AMOUNT [^\]\[]{1,30}\]", "[AMOUNT]", text.show()), text.provenance)


def _outside_placeholders(text: str) -> list[str]:
    """Split into words at even places and placeholders at odd ones."""
    pieces: list[str] = []
    at = 0
    for found in PLACEHOLDER.finditer(text):
        pieces += [text[at : found.start()], found[0]]
        at = found.end()
    return [*pieces, text[at:]]


def part_of(text: AnonymizedText, start: int, end: int) -> AnonymizedText:
    """Return the characters of ``text`` from ``start`` to ``end`` (code points, half-open), blanks at both ends gone.

    What passed the gate passed in all its parts; counts of what was masked belong to the whole and are left out.
    """
    return seal(text.show()[start:end].strip(), Provenance(text.provenance.policy))


def replace_stretches(text: AnonymizedText, stretches: Sequence[tuple[int, int, str]]) -> AnonymizedText:
    """Return ``text`` with stretches [start, end), which do not overlap, as other words, which are the product's."""
    shown = text.show()
    for start, end, instead in sorted(stretches, reverse=True):
        shown = f"{shown[:start]}{instead}{shown[end:]}"
    return seal(shown, text.provenance)


def put_together(pieces: Sequence[AnonymizedText | str]) -> AnonymizedText:
    """Return texts and words of the product between them as one text.

    The numbers of placeholders go on from one text to the next: [PERSON_1] of two texts are two people.
    """
    shown, counts, policy = "", Counter[str](), ""
    taken: Counter[str] = Counter()
    for piece in pieces:
        if isinstance(piece, str):
            shown += piece
            continue
        before = dict(taken)

        def numbered(found: re.Match[str], before: Mapping[str, int] = before) -> str:
            label, number = found["label"], int(found["number"]) + before.get(found["label"], 0)
            taken[label] = max(taken[label], number)
            return f"[{label}_{number}]"

        shown += _NUMBERED.sub(numbered, piece.show())
        counts += Counter(dict(piece.provenance.counts))
        policy = piece.provenance.policy
    return seal(shown, Provenance(policy, tuple(sorted(counts.items()))))
