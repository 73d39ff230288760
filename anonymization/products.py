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
_LONGEST_READING = 4  # digits; five may be a postal code
_THE = re.compile(r"(?<!\w)(?:the|a|an)\s$")
_WORD_AFTER = re.compile(r" ([a-z]{3,20})(?![\w'’])")
# "the Anna who called", "a Peter from billing", "the Jan family".
_OF_PEOPLE = frozenset(
    """
    who whom that which from with and but for called said says told was were has had have did does will would can
    could family household couple brothers sisters kids person guy lady woman man case account contract complaint there
    here lives works answered promised spoke wrote sent came went living working calling
    """.split()  # noqa: SIM905  # a list of forty strings reads worse
)
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
    folded, lexicon = name.lower(), reading.lexicon
    if folded not in lexicon.first_names:
        return False
    if _THE.search(reading.before(found.start, 5)):
        after = _WORD_AFTER.match(reading.text, found.end)
        if after is not None and after[1] not in _OF_PEOPLE and lexicon.is_common(after[1]):
            return True
    return bool(_AFTER.match(reading.text, found.end)) and bool(_BEFORE.search(reading.before(found.start, 8)))


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
