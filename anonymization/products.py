"""What guesses take for somebody and is not: "the Victoria credit card", "Opal Plus", "ports 110, 143 and 993"."""

from __future__ import annotations

import re

from anonymization.findings import Finding
from anonymization.reading import Reading

_GUESSED = frozenset(("name_rules", "name_head"))
"""Who goes by lists and by the words around alone; a cue or the case's own record knows better."""
_LABELS = frozenset(("PERSON", "LOCATION", "ORGANIZATION"))
_BEFORE = re.compile(r"(?<!\w)(?:the|a|an|our|my|your|this|that|which|new|de|het|een|nasz|nosso|o)\s$")
# Nothing that a person may have or bring: "the Maria loan" and "the Peter incident" are somebody's.
_AFTER = re.compile(
    r" (?:plan|fare|bundle|router|modem|tablet|app|savings|credit card|debit card|product|tariff|extender|booster|"
    r"range|series|edition|handset|speaker|alarm|watch|add-on|bond|fund|pakket|abonnement)s?(?!\w)"
)
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_STREET = re.compile(
    r"(?i:street|road|avenue|lane|drive|court|place|square|straat|weg|plein|ulica|rua|floor|flat|apt|box|house)"
)
_FEWEST_READINGS = 3
_LONGEST_READING = 4  # digits; five may be a postal code
_NAMED_AFTER = re.compile(r" (?:Plus|Pro|Lite|Mini|Basic|Premium|Unlimited)(?!\w)")


def is_product(reading: Reading, found: Finding) -> bool:
    """Whether a guessed name is one word before a product's noun, behind an article; or before "Plus" and the like."""
    if found.label not in _LABELS or found.detector not in _GUESSED:
        return False
    name = reading.text[found.start : found.end]
    if not name.isalpha() or not name.istitle():
        return False
    if _NAMED_AFTER.match(reading.text, found.end):
        return True
    if name.lower() not in reading.lexicon.first_names or not _AFTER.match(reading.text, found.end):
        return False
    return _BEFORE.search(reading.before(found.start, 8)) is not None


def is_list(reading: Reading, found: Finding) -> bool:
    """Whether a guessed address has no capital, no word of a street, and no number, or three short ones and more."""
    if found.label != "ADDRESS" or found.detector != "name_head" or reading.is_lower:
        return False
    text = reading.text[found.start : found.end]
    numbers = _NUMBER.findall(text)
    capitals = [word for word in _WORD.finditer(text) if word[0][0].isupper()]
    if capitals and not (len(capitals) == 1 and capitals[0].start() == 0 and reading.starts_sentence(found.start)):
        return False
    is_reading = len(numbers) >= _FEWEST_READINGS and max(map(len, numbers)) <= _LONGEST_READING
    return not _STREET.search(text) and (is_reading or not numbers)
