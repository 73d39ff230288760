"""The details of a document (category, product, region, segment) are labels, no place for what the gate would mask.

They are kept and shown as they are. A file whose "category" is a sentence somebody typed would bring names and numbers
past the gate, so each value is held against it once; what is personal is left out, and the load says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from anonymization.lexicon import WORD, load_lexicon
from anonymization.reasons import Reason
from frontline.core.ports import Gate, Verdict
from frontline.core.text import RawText

LABELLED = ("category", "product", "region", "segment")
LEFT_OUT = "details_left_out: A detail that may name a person was left out; put its words on the allow list if not."
# What no label of anything looks like.
_IDENTIFIERS = frozenset(("EMAIL", "PHONE_NUMBER", "CREDIT_CARD", "IBAN", "SSN", "IP_ADDRESS", "USERNAME", "URL"))
_RULES = "address"  # by its form, not by the head, to which "west" alone may look like a street
_UNCHECKED = (Reason.GATE_FAILED.code, Reason.TIMED_OUT.code)
_SENTENCE = 5  # words: a label has fewer


def personal_details(gate: Gate, rows: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return which values of details may name a person, each as it stands in its row."""
    values = list(dict.fromkeys(str(row[name]) for row in rows for name in LABELLED if row.get(name) not in (None, "")))
    verdicts = gate.check_many([(RawText(value), None) for value in values]) if values else ()
    return frozenset(value for value, verdict in zip(values, verdicts, strict=True) if _is_personal(value, verdict))


def _is_personal(value: str, verdict: Verdict) -> bool:
    """Whether a value is more than a label: "Victoria" is a region, "Victoria Jansen" is not."""
    if any(str(reason).startswith(_UNCHECKED) for reason in verdict.reasons):
        return True
    lexicon, words = load_lexicon(), WORD.findall(value)
    for span in verdict.spans:
        if span.label in _IDENTIFIERS or (span.label == "ADDRESS" and span.detector == _RULES):
            return True
        # Two words without a sentence around them look like a name in any language that is not English: lists tell.
        is_full = len(value[span.start : span.end].split()) > 1 and any(map(lexicon.is_first_name, words))
        if span.label == "PERSON" and (len(words) >= _SENTENCE or (is_full and value not in lexicon.places)):
            return True
    return False
