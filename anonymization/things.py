"""What guesses take for somebody by its shape: goods, colours, spelled letters, codes, shelves, abbreviations.

"the Florence blouse", "in heather grey", "V as in Victor", "RED-M-2024", "aisle 12, bay 3", "my LISA".
"""

from __future__ import annotations

import functools
import re

from anonymization.findings import Finding
from anonymization.lexicon import fold, read_sections, word_set
from anonymization.reading import Reading, Token

_GUESSED = ("name_rules", "name_head", "place", "organisation")
_ARTICLES = word_set(
    """
    the a an my your our this that these those some any more new old brown black white red blue green stock sell of in
    """
)
_WORDS_AFTER = re.compile(r"(?: (?P<one>[a-z][a-z\-]+))?(?: (?P<two>[a-z][a-z\-]+))?(?: (?P<three>[a-z][a-z\-]+))?")
# After these nobody speaks of what is sold: "the Maria who bought the blouse".
_TURNS = word_set("who that which is was has had and or but said says to from for with at on by in")
_OF_PLANTS = re.compile(
    r"(?<!\w)(?:(?:bunch|sprigs?|handful|hint|touch|pots?|pinch|scent|smell|cups?|bags?|packets?|jars?) of|a|an|some|"
    r"fresh|dried|lovely|dark|light|pale|bright|ground|wild)\s$"
)
_SPELLING = word_set("in for like as wie van jak")
_SPELLED = re.compile(r"(?<![\w'’])(?<!['’] )(?P<letter>\w)['\"]?,? (?:as in|for|like|is for|as|wie|van|jak)\s$")
_CODE = re.compile(r"[A-Z]{2,}(?:[-/][A-Z\d]+)*[-/][A-Z]*\d[\w\-/]*|[A-Z\d]+(?:-[A-Z\d]+)*-\d+[A-Z]*")
_CHUNK = re.compile(r"[^\s,;:!?()\[\]\"']+")
_COLOURS = word_set("grey gray blue red pink purple black beige cream yellow orange gold silver navy")
_CAPITALS = re.compile(r"[A-Z]+")
_JOINTS = ("-", "/", "_")
_LONGEST_REGION = 3
_SIZE = re.compile(r"\s?\d{1,3}(?![\d.,]*\d{3})")
_SIZE_BEFORE = re.compile(r"(?<!\w)(?:sizes?|ratio|score)\s$|\w@$")
_POSITION = re.compile(
    r"(?:aisle|bay|shelf|rack|bin|row|platform|gate|coach|carriage|car|seat|locker|zone|dock|track|terminal|concourse|"
    r"hall|stand|pallet|slot|drawer|sku|rma|deck|belt|desk|counter|check-?in)s?\b(?!.*\b(?:street|road|avenue|lane)\b)"
)
_ROLE_AFTER = re.compile(
    r" (?:Desk|Team|Department|Dept|Captain|Manager|Office|Unit|Squad|Crew|Support|Services?|Centre|Center|Lead|Agent|"
    r"Coordinator|Supervisor|Operations|Assistant)(?!\w)"
)
_DETERMINED = re.compile(
    r"(?<!\w)(?:the|an?|this|that|which|each|every|no|be|being)\s(?:(?:small|big|little|tiny|new|old|loose|broken|deep|"
    r"wrong|right|left|first|second|other|single|double|wild)\s)?$"
)
_NO_NOUN = re.compile(
    r"(?:\s*[.,;:!?)]|\s*$| (?:on|in|of|is|was|are|were|at|from|for|to|with|and|or|by|near|behind|beside)(?!\w))"
)
_NEXT_WORD = re.compile(r" (?P<n>[A-Z][a-z]+)(?!\w)")
_MODEL_NUMBER = re.compile(
    r" (?:[A-Z]{1,3}(?=\d))?\d{1,4}(?<! \d)(?![\w.,:/%-]*\d)"
    r"(?! ?(?:times|days|hours|minutes|weeks|months|years|euros?|pounds|%))"
)
_DOING = re.compile(r"(?<!\w)(?:to|can|could|would|should|will|just|please|and|or|not|n't|i|we|you|they|must|may)\s$")
_OBJECT = re.compile(r" (?:it|them|this|that|these|those|the|an?|up|off|out|away|down)(?!\w)")
_SHORTEST_ABBREVIATION, _LONGEST_ABBREVIATION = 3, 4
_NOT_BEFORE_NAME = re.compile(
    r"(?<!\w)(?:from|mr|mrs|ms|by|name|regards|customer|agent|called|named|am|thanks|dear|hi)\W*$"
)


def is_thing(reading: Reading, found: Finding) -> bool:
    """Whether what was guessed is a thing, a colour, a letter, a code, a shelf, a row of sizes or an abbreviation."""
    if found.label == "DATE_TIME":
        return _SIZE_BEFORE.search(reading.before(found.start, 8)) is not None
    if found.label == "ADDRESS":
        return found.detector == "name_head" and _POSITION.match(reading.lowered, found.start) is not None
    if found.label not in ("PERSON", "LOCATION", "ORGANIZATION") or found.detector not in _GUESSED:
        return False
    if _is_code(reading, found):
        return True
    indices = reading.words_in(found.start, found.end)
    if not 1 <= len(indices) <= 2 or reading.is_shouting:
        return False
    words, previous = [reading.tokens[index] for index in indices], reading.word_before(indices[0])
    word, before = words[0], reading.before(found.start, 24)
    if found.label != "PERSON" and len(words) == 1 and _POSITION.fullmatch(word.folded):
        return True
    if word.text.islower():
        return _is_plant(reading, words, before) or _is_verb(reading, words) or _is_noun(reading, words, before)
    if reading.is_lower:
        return False
    if found.label != "LOCATION" and _are_abbreviations(reading, words, found.detector):
        return True
    if _is_hued(reading, words) or (previous in _SPELLING and len(words) == 1 and _is_spelled(word, before)):
        return True
    if _is_role(reading, words, found.label) or _is_shade(reading, words, found.label, before):
        return True
    return _is_plan(reading, words) or _is_sold(reading, words, previous)


def _is_code(reading: Reading, found: Finding) -> bool:
    """Whether a word lies in a code of a service, or is the region or series in one: "CAN-US-75GB"."""
    if found.end - found.start <= 2 * _LONGEST_REGION and reading.is_kept(found.start, found.end):
        return True
    text = reading.text
    if text[found.start : found.end] in ("EU", "US", "UK") and _SIZE.match(text, found.end):
        return True
    if found.label == "PERSON" or not (
        text[found.start - 1 : found.start] in _JOINTS or text[found.end : found.end + 1] in _JOINTS
    ):
        return False
    start = found.start
    while start and not reading.text[start - 1].isspace():
        start -= 1
    chunk = _CHUNK.match(reading.text, start)
    if chunk is None or chunk.end() < found.end or not _CODE.fullmatch(chunk[0].rstrip(".")):
        return False
    return len(max(_CAPITALS.findall(chunk[0]), key=len)) <= _LONGEST_REGION


def _are_abbreviations(reading: Reading, words: list[Token], detector: str) -> bool:
    """Listed abbreviations, or a short word in capitals that only the head takes for somebody, without a cue."""
    known, lexicon = _section("abbreviations"), reading.lexicon
    if not all(word.text.isupper() for word in words) or _NOT_BEFORE_NAME.search(reading.before(words[0].start, 16)):
        return False
    if all(word.folded in known for word in words):
        return True
    word = words[0]
    is_listed = lexicon.is_first_name(word.text) or lexicon.is_last_name(word.text)
    is_short = len(words) == 1 and _SHORTEST_ABBREVIATION <= len(word.text) <= _LONGEST_ABBREVIATION
    # In an address they are its country or state.
    return is_short and detector == "name_head" and not is_listed and reading.before(word.start, 2) != ", "


def _is_verb(reading: Reading, words: list[Token]) -> bool:
    """Whether a word in small letters is what is done to something: "just chuck it away"."""
    word = words[0]
    if len(words) > 1 or word.folded not in _section("verbs") or not _OBJECT.match(reading.text, word.end):
        return False
    return _DOING.search(reading.before(word.start, 16)) is not None


def _is_noun(reading: Reading, words: list[Token], before: str) -> bool:
    """Whether a word in small letters has an article and no noun behind it: "a small nick in the glass"."""
    word = words[0]
    if len(words) > 1 or not (word.folded in _section("plants") or word.folded in _section("verbs")):
        return False
    return _DETERMINED.search(before) is not None and _NO_NOUN.match(reading.lowered, word.end) is not None


def _is_shade(reading: Reading, words: list[Token], label: str, before: str) -> bool:
    """Whether a name is that of a colour: "the phone in Violet", "is Pacific Blue available"."""
    if len(words) == 2:
        is_place = reading.text[words[0].start : words[1].end] in reading.lexicon.places
        return label != "PERSON" and words[1].folded in _COLOURS and words[1].is_capitalised and not is_place
    return label == "PERSON" and before.endswith(" in ") and words[0].folded in _section("plants")


def _is_plan(reading: Reading, words: list[Token]) -> bool:
    """Whether two words, or one and the next, are what plans are called by: "Flex Gold 24"."""
    tiers = _section("tiers")
    if not all(word.folded in tiers and word.is_capitalised for word in words):
        return False
    after = _NEXT_WORD.match(reading.text, words[-1].end)
    return len(words) == 2 or (after is not None and after["n"].lower() in tiers)


def _is_plant(reading: Reading, words: list[Token], before: str) -> bool:
    """A plant or colour in small letters where others are written with capitals: "a bunch of rosemary"."""
    if words[0].folded not in _section("plants"):
        return False
    if len(words) == 2:
        return words[1].folded in _section("hues")
    after = _WORDS_AFTER.match(reading.lowered, words[0].end)
    if after and after["one"] and (after["one"] in _section("hues") or after["one"] in _section("goods")):
        return True
    return _OF_PLANTS.search(before) is not None


def _is_hued(reading: Reading, words: list[Token]) -> bool:
    """Whether a plant with a capital stands before what is made of it, or before a colour: "Rosemary oil"."""
    if words[0].folded not in _section("plants"):
        return False
    if len(words) == 2:
        return words[1].text.islower() and words[1].folded in _section("hues")
    after = _WORDS_AFTER.match(reading.lowered, words[0].end)
    return after is not None and after["one"] in _section("hues") and reading.text[words[0].end + 1].islower()


def _is_spelled(word: Token, before: str) -> bool:
    """Whether a name stands for its first letter: "V as in Victor"."""
    spelled = _SPELLED.search(before)
    return spelled is not None and fold(spelled["letter"]) == word.folded[0]


def _is_role(reading: Reading, words: list[Token], label: str) -> bool:
    word = words[0]
    if len(words) == 2:
        return label == "LOCATION" and words[1].folded in ("desk", "team", "department", "squad", "crew", "unit")
    if label == "PERSON" or not _ROLE_AFTER.match(reading.text, word.end):
        return False
    return reading.lexicon.is_common(word.text) or word.text.endswith("s") or label == "ORGANIZATION"


def _is_sold(reading: Reading, words: list[Token], article: str) -> bool:
    """Whether a noun of goods follows within three words, and an article or "in", "stock" and such stands before."""
    if article not in _ARTICLES or not all(word.is_capitalised for word in words):
        return False
    if len(words) == 2 and (
        reading.lexicon.is_first_name(words[0].text) or reading.lexicon.is_last_name(words[1].text)
    ):
        return False
    after = _WORDS_AFTER.match(reading.lowered, words[-1].end)
    if after is None:
        return False
    # "the London 2012 games" and "the Berkeley World festival" are of a place.
    is_alone = len(words) == 1 and article not in ("in", "of") and words[0].text not in reading.lexicon.places
    if is_alone and _MODEL_NUMBER.match(reading.text, words[0].end):
        return True
    following_tier = _NEXT_WORD.match(reading.text, words[-1].end)
    if is_alone and following_tier and following_tier["n"].lower() in _section("tiers"):
        return True
    following = [after[name] for name in ("one", "two", "three") if after[name]]
    goods = _section("goods")
    for at, noun in enumerate(following):
        if noun in _TURNS:
            return False
        if noun in goods or " ".join(following[at : at + 2]) in goods:
            # "the Maria chair in the corner" and "in Jersey fabric"; not "in Florence tea is served late".
            return at == 0 or article not in ("in", "of")
    return False


@functools.cache
def _section(name: str) -> frozenset[str]:
    text = next(text for title, text in read_sections("eponyms.txt") if title.startswith(name))
    return frozenset(part.strip() for part in text.split(";") if part.strip())
