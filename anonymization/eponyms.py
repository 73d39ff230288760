"""Names that mean a thing: "Murphy's law", "a Jack Russell", "our Jenkins pipeline", "a Skoda Octavia", "storm Agnes".

Only what was guessed is given up for it (by lists, or by the head): a cue ("my name is Jack Russell") and the case's
own record know better.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from anonymization.eponym_list import Phrase, load_eponyms, phrase_pairs, signs
from anonymization.findings import Finding
from anonymization.lexicon import fold, word_set
from anonymization.name_cues import TITLES
from anonymization.reading import Reading, Token

_GUESSED = ("name_rules", "name_head", "place")
_LONGEST = 7  # words of a phrase
_POSSESSIVE = re.compile(r"['’`´]s")
_JOINT = re.compile(r"(?:\s|-|\u00a0){0,3}")
_TRADE = re.compile(
    r" ?(?:pipeline|cluster|node|keyspace|spec|framework|librar|database|server|plug-?in|container|pod|driver|kernel|"
    r"chip|cpu|gpu|processor|font|typeface|compiler|script|gem|sdk|api|client|schema|notebook|dashboard|repo|endpoint|webhook)"
)
_OF_TRADE = re.compile(
    r"\b(?:apache|macos|debian|ubuntu|library|framework|fonts?(?: is| are)?|typeface|set in|written in|runs on|"
    r"deployed (?:on|to|with)|(?:build|job|pipeline|deployment|tests?) (?:on|in))\s$"
)
_TO_ASSISTANT = re.compile(
    r"\b(?:hey|ok(?:ay)?|ask|asked|tell|told|link|linked|connect|connected|pair|paired|say|said)\s$"
)
_CANNOT = re.compile(
    r" (?:can(?:not|'t| no longer)?|does(?: not|n't)|won't|will not|keeps|fails to|refuses to) "
    r"(?:read|play|find|hear|respond|understand|dial|recogni[sz]e|connect|link|open|turn)"
)
_OBEYS = re.compile(
    r"\b(?:play(?:s|ed|ing)?|turn(?:s|ed)? (?:on|off|up|down)|dim(?:s|med)?|song|playlist|skills?|thermostat)\b"
)
_SKILLS = re.compile(r"\b(?:skills?|wake word)\b")
_OF_ASSISTANT = re.compile(
    r"(?:['’]s)? (?:skill|app\b|device|speaker|voice|routine|echo|enabled|integration|account linking)"
)
_DEVICES = re.compile(
    r"\b(?:skills?|speakers?|echo|smart|voice|hands.?free|set.?top|wake word|homepod|playlist|lights?|dishwasher|dryer|"
    r"oven|washer|washing machine|tv|radio|mute|thermostat|heating|lamp|timer|bluetooth|routines?|consumption)\b"
)
_FONTS = re.compile(r"\b(?:fonts?|typefaces?|arial|headings?|css|bold|italics?)\b")
_VENUES = word_set(
    "field hall stadium arena center centre street road park theater theatre plaza tower building square"
)
_ARTICLES = word_set("a an the my our your this that these any no some")
_SHORTENED = TITLES | {"st", "mt"}
_ASSISTANTS = word_set("alexa siri cortana bixby")
_SPELLED = word_set(
    "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu"
)
_STANDS = re.compile(
    r"\b(?:taxiway|runway|row|stand|zone|bay|sector|team|shift|squad|platform|terminal|queue|node|lane|block|company|"
    r"level|grade|class|unit|region)\s$"
)
_STORMS = frozenset(("storm", "hurricane", "typhoon", "cyclone"))
_OWNED_BEFORE = re.compile(r"(?<!\w)(?:my|a|an|the|our|your|this|that|new|old|used|second.?hand|cordless)\s$")
_WORK_BEFORE = re.compile(r"\b(?:game|film|movie|series|show|book|novel|album|song|musical|podcast)\s$")
_TITLE_AFTER = re.compile(r"['’]s (?P<n>[A-Z][a-z]+)")
_BY = re.compile(r"\b(?:made|manufactured|produced|built|supplied) by\s$")
# What a family has, so that the name before it is theirs.
_OF_FAMILY = re.compile(
    r" (?:account|famil|case|file|complaint|claim|booking|reservation|household|residence|estate|home|house|policy|"
    r"order|ticket|contract|wedding|party|brothers|sisters|children|kids|couple|incident|issue|matter|loan|mortgage)"
)
_HAS = re.compile(r" (?:is|was) (?:our|your|the|a|an) (?:[a-z\-]+ ){0,3}(?:tariff|plan|fare|bundle|app|package|rate)\b")
_OF_SYSTEMS = word_set("login token error certificate port server request header endpoint setup config connection sync")
_ACRONYM_BEFORE = re.compile(r"(?<!\w)(?:my|a|an|our|your|no|any)\s$")
_LONGEST_ACRONYM = 5
_INNER_CAPITALS = re.compile(r"[a-z]{1,3}[A-Z]+[a-z]+\w*|[A-Z][a-z]+[A-Z]{2,}\w*")


def is_eponym(reading: Reading, found: Finding) -> bool:
    """Whether a guessed person, place or firm is part of a phrase, a model, a tool or a storm, and so nobody."""
    is_cued = found.detector.startswith("cue:")
    if found.label not in ("PERSON", "LOCATION", "ORGANIZATION") or not (is_cued or found.detector in _GUESSED):
        return False
    words = reading.words_in(found.start, found.end)
    if not words:
        return False
    if is_cued:
        return _is_in_phrase(reading, found, words, is_cued=True)
    if _is_in_phrase(reading, found, words):
        return True
    return not _has_family_name(reading, words[-1]) and (_is_model(reading, words) or _is_thing(reading, words))


def is_eponym_pair(left: str, right: str) -> bool:
    """Whether two words side by side are a phrase or part of one, for a look that knows no more of the text."""
    return (fold(left), fold(right)) in phrase_pairs()


def _has_family_name(reading: Reading, index: int) -> bool:
    """Whether a family name follows a word: "Jack Russell Hughes"."""
    tokens, lexicon = reading.tokens, reading.lexicon
    last = tokens[index]
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after and reading.text[last.end : after.start] == " " and after.is_capitalised and not reading.is_shouting:
        return lexicon.is_last_name(after.text) and not lexicon.is_common(after.text)
    return False


def _is_in_phrase(reading: Reading, found: Finding, words: Sequence[int], *, is_cued: bool = False) -> bool:
    """Whether a phrase holds all that was found; after a cue it has to say more than the name, or hold the title."""
    eponyms, tokens = load_eponyms(), reading.tokens
    for index in words:
        if tokens[index].folded not in eponyms.vocabulary:
            return False
    table = eponyms.phrases
    for first in range(max(0, words[0] - _LONGEST + 1), words[0] + 1):
        for phrase in table.get(tokens[first].folded, ()):
            last = first + len(phrase.words) - 1
            says_more = len(phrase.words) > len(words) or phrase.words[0] in TITLES
            if (
                last >= words[-1]
                and (says_more or not is_cued)
                and _matches(reading, first, phrase)
                and not _has_family_name(reading, last)
                and (says_more or not _may_be_somebody(reading, words))
                and found.end <= reading.tokens[last].end + len("'s")
            ):
                return True
    return False


def _may_be_somebody(reading: Reading, words: Sequence[int]) -> bool:
    """Whether a given and a family name stand without an article: "Jack Russell called", unlike "a Jack Russell"."""
    first, last = reading.tokens[words[0]], reading.tokens[words[-1]]
    is_full = len(words) == 2 and reading.lexicon.is_first_name(first.text) and reading.lexicon.is_last_name(last.text)
    return is_full and reading.word_before(words[0]) not in _ARTICLES


def _matches(reading: Reading, first: int, phrase: Phrase) -> bool:
    tokens = reading.tokens[first : first + len(phrase.words)]
    if len(tokens) < len(phrase.words) or any(t.folded != w for t, w in zip(tokens, phrase.words, strict=True)):
        return False
    for at, (joint, is_owned) in enumerate(zip(phrase.joints, phrase.owned, strict=True)):
        end = tokens[at].end
        is_last = at + 1 == len(tokens)
        gap = reading.text[end : end + 2] if is_last else reading.text[end : tokens[at + 1].start]
        possessive = _POSSESSIVE.match(gap)
        if is_owned and not possessive:
            return False
        rest = gap[possessive.end() if possessive else 0 :]
        if not is_last and signs(rest.lstrip(".") if tokens[at].folded in _SHORTENED else rest) != joint:
            return False
    return True


def _is_model(reading: Reading, words: Sequence[int]) -> bool:
    """Whether a make stands before the words or at their beginning, and one or two words of a model follow."""
    makes, of_makes = load_eponyms().makes, load_eponyms().of_makes
    tokens, lexicon = reading.tokens, reading.lexicon
    if of_makes.isdisjoint([token.folded for token in tokens[max(0, words[0] - 2) : words[0] + 1]]):
        return False
    for first in (words[0], words[0] - 1, words[0] - 2):
        for length in (2, 1):
            rest = words[-1] + 1 - (first + length)
            if first < 0 or rest > 2 or first + length < words[0]:
                continue
            make, model = tokens[first : first + length], tokens[first + length : words[-1] + 1]
            if model and model[-1].folded in _VENUES:
                return False
            if len(model) == 2 and lexicon.is_first_name(model[0].text) and lexicon.is_last_name(model[1].text):
                continue
            if tuple(token.folded for token in make) in makes and not any(token.text.islower() for token in make):
                last = tokens[first : words[-1] + 1]
                gaps = (reading.text[left.end : right.start] for left, right in itertools.pairwise(last))
                return all(_JOINT.fullmatch(gap) for gap in gaps)
    return False


def _is_thing(reading: Reading, words: Sequence[int]) -> bool:
    if len(words) > 2:
        return False
    token, last = reading.tokens[words[0]], reading.tokens[words[-1]]
    if len(words) == 2:
        return token.folded in _STORMS and last.is_capitalised
    if reading.word_before(words[0]) in _STORMS:
        return token.is_capitalised
    before, text = reading.before(token.start, 24), reading.text
    if token.folded in _SPELLED and _STANDS.search(before):
        return token.is_capitalised
    is_tool = token.folded in load_eponyms().tools and (token.is_capitalised or token.folded in _ASSISTANTS)
    if is_tool and _is_tool(reading, token, before):
        return True
    if (
        token.folded in load_eponyms().owned
        and token.is_capitalised
        and (_OWNED_BEFORE.search(before) or _BY.search(before))
    ):
        return _OF_FAMILY.match(text, token.end) is None and not _POSSESSIVE.match(text, token.end)
    if token.is_capitalised and _HAS.match(text, token.end) and reading.starts_sentence(token.start):
        return True
    return _is_coined(reading, token, before) or _is_title(reading, token, before)


def _is_tool(reading: Reading, token: Token, before: str) -> bool:
    if token.folded in _ASSISTANTS:
        if _is_about(reading, token, _OBEYS):
            return True
        is_spoken_to = _TO_ASSISTANT.search(before) is not None and _is_about(reading, token, _DEVICES)
        # No other assistant is called like people.
        return (
            is_spoken_to
            or _is_about(reading, token, _SKILLS)
            or token.folded != "alexa"
            or _OF_ASSISTANT.match(reading.lowered, token.end) is not None
        )
    is_traded = _TRADE.match(reading.lowered, token.end) or _OF_TRADE.search(before)
    return bool(is_traded) or (token.folded in load_eponyms().fonts and _is_about(reading, token, _FONTS))


def _is_about(reading: Reading, token: Token, what: re.Pattern[str]) -> bool:
    """Whether the sentence of a word speaks of ``what``."""
    start = max(reading.text.rfind(sign, 0, token.start) for sign in ("\n", ". ", "! ", "? ")) + 1
    ends = [at for sign in ("\n", ". ", "! ", "? ") if (at := reading.text.find(sign, token.end)) >= 0]
    return what.search(reading.lowered, start, min(ends, default=len(reading.text))) is not None


def _is_coined(reading: Reading, token: Token, before: str) -> bool:
    """Whether a word that no list knows is written like a term: "iPaaS", "my LISA", "SAML login"."""
    word, lexicon = token.text, reading.lexicon
    if word.istitle():
        return False
    is_listed = lexicon.is_first_name(word) or lexicon.is_last_name(word)
    if _INNER_CAPITALS.fullmatch(word) and not is_listed:
        return True
    if not word.isupper() or len(word) > _LONGEST_ACRONYM or reading.is_shouting:
        return False
    after = reading.after(token.end, 16)
    if _ACRONYM_BEFORE.search(before):
        return not re.match(r"\s[A-Z]", reading.text[token.end : token.end + 2])
    return not is_listed and after.lstrip().split(" ")[0].rstrip("s.,") in _OF_SYSTEMS


def _is_title(reading: Reading, token: Token, before: str) -> bool:
    """Whether a name is in the title of a work: "the game Hannah's Lantern", by the word before and the one after."""
    after = _TITLE_AFTER.match(reading.text, token.end)
    if after is None or not _WORK_BEFORE.search(before):
        return False
    lexicon = reading.lexicon
    return not (lexicon.is_first_name(after["n"]) or lexicon.is_last_name(after["n"]))
