"""What guesses take for somebody and is not: "the Victoria credit card", "Opal Plus", "ports 110, 143 and 993"."""

from __future__ import annotations

import re

from anonymization.findings import Finding
from anonymization.reading import Reading

_GUESSED = frozenset(("name_rules", "name_head"))
"""Who goes by lists and by the words around alone; a cue or the case's own record knows better."""
_LABELS = frozenset(("PERSON", "LOCATION", "ORGANIZATION"))
_BEFORE = re.compile(r"(?<!\w)(?:the|a|an|our|my|your|this|that|which|new|de|het|een|nasz|nosso|o)\s$")
# No "account" and no "contract": "the Jansen account" is a customer's.
_AFTER = re.compile(
    r" (?:plan|bundle|router|modem|tablet|app|package|savings|credit card|debit card|product|tariff|extender|booster|"
    r"box|subscription|deal|range|series|edition|portal|network|sim|phone|handset|speaker|watch|add-on|bond|fund|mortgage|"
    r"loan|insurance|model|pack|pakket|abonnement)s?(?!\w)"
)
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_STREET = re.compile(
    r"(?i:street|road|avenue|lane|drive|court|place|square|straat|weg|plein|ulica|rua|floor|flat|apt|box|house)"
)
_FEWEST_READINGS = 3
_NAMED_AFTER = re.compile(r" (?:Plus|Max|Pro|Lite|Mini|Basic|Premium|Unlimited)(?!\w)")


def is_product(reading: Reading, found: Finding) -> bool:
    """Whether a guessed name is one word before a product's noun, behind an article; or before "Plus" and the like."""
    if found.label not in _LABELS or found.detector not in _GUESSED:
        return False
    name = reading.text[found.start : found.end]
    if not name.isalpha() or not name.istitle():
        return False
    if _NAMED_AFTER.match(reading.text, found.end):
        return True
    is_first = reading.lexicon.is_first_name(name)
    return (
        is_first
        and _AFTER.match(reading.text, found.end) is not None
        and bool(_BEFORE.search(reading.before(found.start, 8)))
    )


def is_list(reading: Reading, found: Finding) -> bool:
    """Whether a guessed address is everyday words without a capital alone, or such with three numbers and more."""
    if found.label != "ADDRESS" or found.detector != "name_head" or reading.is_lower:
        return False
    text = reading.text[found.start : found.end]
    numbers = len(_NUMBER.findall(text))
    words = _WORD.findall(text)
    is_plain = all(
        reading.lexicon.is_common(word) and (word.islower() or reading.starts_sentence(found.start)) for word in words
    )
    return is_plain and not _STREET.search(text) and (numbers >= _FEWEST_READINGS or not numbers)
