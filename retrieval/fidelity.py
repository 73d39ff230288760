"""Context fidelity: how near the anonymized text stays to the original, measured at intake while the original is known.

The cosine of both under the text model of the index (unit vectors), and how many negations and amounts are left. The
original's vector is not kept: vectors of short texts give much of their words away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from anonymization.fidelity import AMOUNT, NEGATION, kept
from frontline.core.text import AnonymizedText, RawText

Encode = Callable[[Sequence[str]], Any]


def measure(pairs: Sequence[tuple[RawText, AnonymizedText]], encode: Encode) -> list[Mapping[str, Any]]:
    """Return {cosine, negations, amounts} per pair; the last two as [kept, of]."""
    changed = [place for place, (raw, text) in enumerate(pairs) if raw.reveal() != text.show()]
    cosines = dict.fromkeys(range(len(pairs)), 1.0)
    if changed:
        before = encode([pairs[place][0].reveal() for place in changed])
        after = encode([pairs[place][1].show() for place in changed])
        cosines |= dict(zip(changed, (before * after).sum(axis=1).tolist(), strict=True))
    return [
        {
            "cosine": round(float(cosines[place]), 4),
            "negations": list(kept(NEGATION, before=raw.reveal(), after=text.show())),
            "amounts": list(kept(AMOUNT, before=raw.reveal(), after=text.show())),
        }
        for place, (raw, text) in enumerate(pairs)
    ]
