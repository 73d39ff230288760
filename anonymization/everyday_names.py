"""Whether an everyday word is meant as the known person of that name: "customer rose wants", not "the price rose".

A capital tells in the middle of a sentence. In lower case, and where a sentence begins, the neighbours tell: the rest
of the name, a title, an initial, or a place in the sentence in which only somebody can stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anonymization.lexicon import word_set
from anonymization.name_cues import PARTICLES, STOP, TITLES
from anonymization.reading import Reading, Token

_CALLED = word_set("mevr mevrouw mw dhr meneer heer herr frau sra senhor senhora senor senora pan pani fam familie")
_GREETING = word_set(
    "hello hi hey dear beste hoi hallo geachte regards sincerely cheers groeten groet mvg signed thanks thx bedankt"
)
_PEOPLE = word_set(
    """
    customer client caller user member subscriber tenant patient guest agent adviser advisor technician engineer
    colleague supervisor manager rep wife husband partner son daughter mother father mom mum dad brother sister friend
    boyfriend girlfriend neighbour neighbor cousin aunt uncle nephew niece boss landlord named called namely klant
    """
)
_TELLING = word_set(
    """
    tell told telling ask asked asking inform informed remind reminded thank thanked refund refunded email emailed
    contact contacted invite invited met helped assured advised says emailing phoned texted believe call called calling
    """
)
_OF = word_set("of by from with about than according via naast van door met namens")
_TO_SOMEBODY = word_set(
    "according spoke speak speaking spoken talked talking talk belongs addressed sent sold wrote apologised"
)
_UNDER = word_set("under on in at and or gave give given between")
_FOR = word_set("to for voor aan")
_DETERMINERS = word_set("the a an my your his her our their its this these those any no some me us them it him you")
_FINITE = word_set(
    """
    was is has had did does wants wanted needs needed called calls phoned said says told tells asked asks paid pays
    promised wrote writes emailed complained complains cancelled canceled cancels moved lives works waited waits
    received reported reports spoke hung agreed refused confirmed thinks likes lost bought ordered returned sent got
    went came keeps kept wishes
    """
)
_AFTER = _FINITE | word_set(
    """
    and or but on in at about for from to with by that who whose which again twice once today yesterday tomorrow this
    last next every each because when while if as already never not also still just then will would can could should
    might must before after since until without a the her his my our your their please over instead
    regarding an now here there got why how whether where
    """
)
_LICENSING = _DETERMINERS | word_set(
    """
    i we they he she who which what whose one two three four five six seven eight nine ten hundred several many few
    most more less much all half other another same own such good bad new old first second third last next great
    be been being are were am is was have has had having do does did done will would can could should may might must
    not never also very so too as how really quite just only even still
    """
)
_BREAKS = "([{\"'“‘:;|•>*\n\r"


@dataclass(frozen=True)
class Hit:
    """A word of a text that equals, or nearly equals, a part of a known name; ``person`` is whose."""

    token: Token
    part: str
    person: str
    place: int  # which part of the name
    initials: frozenset[str]  # of the other parts
    is_everyday: bool


def spread(reading: Reading, hits: Mapping[int, Hit], meant: set[int]) -> None:
    """Add to ``meant`` the parts of a name beside a part that is meant, in any order: "young, april"."""
    waiting = list(meant)
    while waiting:
        index = waiting.pop()
        for step in (-1, 1):
            other = hits.get(index + step)
            if other is None or index + step in meant or other.person != hits[index].person:
                continue
            left, right = sorted((other, hits[index]), key=lambda hit: hit.token.start)
            if left.part == right.part or reading.text[left.token.end : right.token.start].strip() not in (
                "",
                "-",
                ",",
            ):
                continue
            if left.place < right.place or not _is_licensed(reading, min(index, index + step), right):
                meant.add(index + step)
                waiting.append(index + step)


def names_somebody(reading: Reading, index: int, hits: Mapping[int, Hit]) -> bool:
    """Whether the everyday word at ``index`` names its person by what stands around it."""
    hit, tokens = hits[index], reading.tokens
    before = tokens[index - 1] if index else None
    gap = reading.text[before.end : hit.token.start] if before else ""
    if before and gap in (" ", ". ", ".", "  ") and before.folded in TITLES | _CALLED:
        return True
    if before and gap in (" ", ". ", ".", "-") and before.text.lower() in hit.initials:
        return before.text != "I" or gap != " "
    if _has_own_part_beside(reading, index, hits) or _has_initial_after(reading, index, hit):
        return True
    return _stands_as_person(reading, index, hit.token, hits)


def _has_own_part_beside(reading: Reading, index: int, hits: Mapping[int, Hit]) -> bool:
    """Another part of the same name that is no everyday word; or one that is, in the order of the name."""
    hit = hits[index]
    for step in (-1, 1):
        other = hits.get(index + step)
        if other is None or other.person != hit.person or other.part == hit.part:
            continue
        left, right = (other, hit) if step < 0 else (hit, other)
        gap = reading.text[left.token.end : right.token.start].strip(" \t\xa0")
        if gap in ("", "-") and (not other.is_everyday or left.place < right.place):
            return True
        if gap in ("", ",") and left.place > right.place and not _is_licensed(reading, index + min(step, 0), right):
            return True
    return False


def _is_licensed(reading: Reading, first: int, second: Hit) -> bool:
    """Whether "young, Will" or "Young will" is more of the sentence than of the name."""
    before = reading.tokens[first - 1] if first else None
    if before and before.folded in _LICENSING:
        return not reading.starts_sentence(before.start)
    if before and before.folded in _PEOPLE | _TELLING | _OF | _FOR | _GREETING:
        return False
    return second.token.folded in STOP and not second.token.is_capitalised


def _has_initial_after(reading: Reading, index: int, hit: Hit) -> bool:
    after = reading.tokens[index + 1 : index + 2]
    if not after or after[0].text.lower() not in hit.initials:
        return False
    return reading.text[hit.token.end : after[0].start] == " " and reading.text[after[0].end : after[0].end + 1] == "."


def _stands_as_person(reading: Reading, index: int, token: Token, hits: Mapping[int, Hit]) -> bool:
    text = reading.text
    first = index
    while first and reading.tokens[first - 1].folded in PARTICLES - _OF:  # "regards, de beer"
        first -= 1
    before = reading.tokens[first - 1] if first else None
    gap = text[before.end if before else 0 : reading.tokens[first].start]
    follows = _after(reading, index, hits)
    is_possessive = text[token.end : token.end + 2].lower() in ("'s", "’s")
    ends = is_possessive or follows == ""
    if not before or any(c in _BREAKS for c in gap) or reading.starts_sentence(reading.tokens[first].start):
        is_told = ends and (is_possessive or ":" in gap or "=" in gap or _closes_line(text, token.end))
        return follows in _FINITE or (gap.strip() != "" and is_told)
    word = before.folded
    if word in _GREETING:
        return gap.strip() in ("", ",", ".", "!") and (ends or follows in _AFTER)
    if word in ("did", "does") and reading.starts_sentence(before.start):
        return not gap.strip() and follows not in _DETERMINERS
    if word == "i" and gap.strip() == ",":
        return text[token.end : token.end + 3].lstrip("'’sS").startswith(",")
    if gap.strip():
        return False
    if word in ("is", "was"):
        if reading.starts_sentence(before.start):
            return ends or follows in _DETERMINERS
        introduced = reading.tokens[first - 2].folded if first > 1 else ""
        return introduced in ("this", "name", "signature", "holder") and (ends or follows in _AFTER)
    if word == "to" and first > 1 and reading.tokens[first - 2].folded in _TO_SOMEBODY:
        return ends or follows in _AFTER
    if word in _PEOPLE | _TELLING | _OF:
        return ends or follows in _AFTER
    if word in _FOR:
        return ends or (follows in _AFTER and follows not in _DETERMINERS)
    # A bare noun that no determiner, pronoun, auxiliary or measure licenses, and that no noun follows.
    if token.folded in STOP or word in _LICENSING or not (ends or follows in _AFTER):
        return False
    # "the price rose": what follows a noun with its determiner is the verb.
    is_noun = first > 1 and reading.tokens[first - 2].folded in _DETERMINERS
    is_verb = word.endswith("ed") or word in _FINITE | _UNDER
    return is_verb or not is_noun


def _after(reading: Reading, index: int, hits: Mapping[int, Hit]) -> str:
    """Return the folded word that follows, over other parts of the same name; "" at a mark or the end."""
    tokens: Sequence[Token] = reading.tokens
    at = index
    while at + 1 < len(tokens):
        gap = reading.text[tokens[at].end : tokens[at + 1].start]
        if gap.strip(" \t\xa0"):
            return tokens[at + 1].folded if gap.lower().startswith(("'s ", "’s ")) else ""
        at += 1
        if at not in hits or hits[at].person != hits[index].person:
            return tokens[at].folded
    return ""


def _closes_line(text: str, at: int) -> bool:
    rest = text[at:].lstrip(" \t.,!)")
    return not rest or rest[0] in "\n\r"
