"""Names of people by lists, cues and casing: what can be known without a trained model.

Such rules miss a fifth and more of the names of real text (name_head/MODEL_CARD.md). Where the trained head is on, it
works beside them and what either finds is masked.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from anonymization.anchors import match_at, places_of
from anonymization.file_names import names_in_files
from anonymization.findings import Finding
from anonymization.lexicon import word_set
from anonymization.name_cues import AFTER_NAME, CUES, PARTICLES, STOP, Cue
from anonymization.reading import Reading, Token

_MAX_PARTS = 5
_AGENT_LINE = re.compile(
    r"(?:^|\n)\s*(?:agent|advisor|adviser|rep|representative|support|"
    r"operator|bot|medewerker|atendente|konsultant)\s*:[^\n]*$",
                         re.IGNORECASE)  # fmt: skip
_TWO_IN_ONE = re.compile(r"([A-Z][a-zà-ÿ]{2,})([A-Z][a-zà-ÿ]{2,})")
_INITIALS = re.compile(r"(?<![\w.])(?:[A-ZÀ-Þ]\.[ ]?){1,4}(?=[A-ZÀ-Þa-z])")


@dataclass(frozen=True)
class NameDetector:
    """People by given and family name, title, greeting, sign-off, "spoke with", initials."""

    guesses: bool = True
    """Whether two unlisted capitals side by side are somebody; where the trained head judges them, it knows better."""
    name: str = "name_rules"
    labels: Sequence[str] = ("PERSON",)

    def find(self, reading: Reading) -> Iterable[Finding]:
        tokens = reading.tokens
        yield from self._after_cues(reading)
        yield from self._after_initials(reading)
        for start, end in names_in_files(reading):
            yield Finding(start, end, "PERSON", 0.6, "file_name")
        storms: set[str] = set()
        if not _STORMS.isdisjoint(reading.runs):
            storms = {after.folded for before, after in itertools.pairwise(tokens) if before.folded in _STORMS}
        done = -1
        for index in _openings(reading):
            token = tokens[index]
            if not (token.text.istitle() or token.text.islower()):
                yield from self._glued(reading, token)
            if index <= done:
                continue
            last = _listed_name(reading, index, guesses=self.guesses)
            if last is None:
                continue
            first = _grow_left(reading, index)
            done = last
            if (token.folded in storms and index == last) or _is_institution(tokens[index + 1 : last + 1]):
                continue
            yield Finding(tokens[first].start, tokens[last].end, "PERSON", 0.7, self.name)

    def _after_cues(self, reading: Reading) -> Iterable[Finding]:
        for cue in CUES:
            if cue.beside and cue.beside.isdisjoint(reading.runs):
                continue
            for found in cue.where.find(reading):
                index = reading.at_start.get(found.end())
                if index is None:
                    index = reading.at_start.get(found.end() + 1)  # an opening quote or bracket
                if index is None:
                    continue
                last = _cued_name(reading, index, cue)
                if last is not None:
                    span = reading.tokens[index].start, reading.tokens[last].end
                    yield Finding(*span, "PERSON", 0.85, f"cue:{cue.name}", _role(reading, found.start(), cue.role))

    def _glued(self, reading: Reading, token: Token) -> Iterable[Finding]:
        """Find "MariaJansen": a listed given and a listed family name in one word."""
        found = _TWO_IN_ONE.fullmatch(token.text)
        if found and reading.lexicon.is_first_name(found[1]) and reading.lexicon.is_last_name(found[2]):
            yield Finding(token.start, token.end, "PERSON", 0.6, self.name)

    def _after_initials(self, reading: Reading) -> Iterable[Finding]:
        for found in match_at(_INITIALS, reading.text, [point - 1 for point in places_of(reading.text, ".") if point]):
            index = reading.at_start.get(found.end())
            if index is None or len(reading.tokens[index].text) < 2:
                continue
            last = _family_name(reading, index - 1)
            if last is not None:
                yield Finding(found.start(), reading.tokens[last].end, "PERSON", 0.7, "initials")


def _openings(reading: Reading) -> Sequence[int]:
    """Return the words that may open a name: what is in no list and has no capital does not."""
    first, last = reading.lexicon.first_names, reading.lexicon.last_names
    return [
        index
        for index, (text, _, _, folded) in enumerate(reading.tokens)
        if text[0].isupper() or folded in first or folded in last
    ]


def _role(reading: Reading, start: int, role: str) -> str:
    """An introduction on the agent's line of a transcript is the agent's."""
    if role == "customer" and _AGENT_LINE.search(reading.text, max(0, start - 200), start):
        return "agent"
    return role


def _cued_name(reading: Reading, index: int, cue: Cue) -> int | None:
    """Return the index of the last word of the name that begins at ``index`` after ``cue``, or None."""
    token = reading.tokens[index]
    if not _opens_name(reading, index, cue):
        return None
    last = index
    while last + 1 < len(reading.tokens) and last - index < _MAX_PARTS - 1:
        step = _next_part(reading, last, is_cued=cue.strong or _is_listed(reading, token))
        if step is None:
            break
        last = step
    return last


def _opens_name(reading: Reading, index: int, cue: Cue) -> bool:
    token = reading.tokens[index]
    lexicon = reading.lexicon
    if token.folded in STOP or (token.end - token.start < 2 and not _is_initial(reading, token)):
        return False
    is_listed = _is_listed(reading, token)
    is_common = lexicon.is_common(token.text)
    tells = token.is_capitalised and not reading.is_shouting
    if cue.listed:
        # "I'm Jan", "this is Maria from billing"; an unlisted capital needs a second one ("I'm Björk Guðmundsdóttir").
        if not is_common:
            return (is_listed and (tells or reading.is_lower or reading.is_shouting)) or (
                tells and _has_capital_partner(reading, index)
            )
        return tells and is_listed and _has_capital_partner(reading, index)
    if is_common:
        return (
            tells and is_listed and (cue.strong or _has_capital_partner(reading, index) or _ends_clause(reading, token))
        )
    if token.folded in PARTICLES:
        return _has_capital_partner(reading, index)
    if tells:
        return not token.is_upper or is_listed or cue.strong
    return is_listed or (cue.strong and len(token.text) > 2)


def _ends_clause(reading: Reading, token: Token) -> bool:
    return reading.text[token.end : token.end + 1] in ("", ",", "!", "\n", ".", ";")


def _is_initial(reading: Reading, token: Token) -> bool:
    return token.is_capitalised and reading.text[token.end : token.end + 1] == "."


def _has_capital_partner(reading: Reading, index: int) -> bool:
    step = _next_part(reading, index, is_cued=True)
    return step is not None and reading.tokens[step].is_capitalised


def _is_listed(reading: Reading, token: Token) -> bool:
    return token.folded in reading.lexicon.first_names or token.folded in reading.lexicon.last_names


def _next_part(reading: Reading, last: int, *, is_cued: bool) -> int | None:
    """Return the index of the word that continues the name after ``last``, over particles and initials."""
    tokens = reading.tokens
    at = last + 1
    while at < len(tokens) and at - last <= 3 and reading.are_adjacent(tokens[at - 1], tokens[at]):
        token = tokens[at]
        if (
            token.folded in PARTICLES
            and at + 1 < len(tokens)
            and not (token.folded in STOP and not _is_particle_here(tokens, at))
        ):
            at += 1
            continue
        if (len(token.text) == 1 and token.is_capitalised and token.text != "I") or (
            _is_initial(reading, token) and len(token.text) == 1
        ):
            at += 1
            continue
        return at if _continues(reading, token, is_cued=is_cued) else None
    return None


def _is_particle_here(tokens: Sequence[Token], at: int) -> bool:
    following = tokens[at + 1]
    return following.is_capitalised or following.folded in PARTICLES


def _continues(reading: Reading, token: Token, *, is_cued: bool) -> bool:
    lexicon = reading.lexicon
    if token.folded in STOP:
        return False
    is_listed = _is_listed(reading, token)
    is_common = lexicon.is_common(token.text)
    if _is_brand(token) or (token.text in lexicon.places and not is_listed):
        return False
    if token.is_capitalised and not reading.is_shouting:
        return is_listed if is_common else (not token.is_upper or is_listed or is_cued)
    if is_common:
        return False
    if reading.is_lower or reading.is_shouting:
        return is_listed or (is_cued and len(token.text) > 3)
    return lexicon.is_last_name(token.text) and len(token.text) > 3


_INNER_CAPITAL = re.compile(r"^(?!Mc|Mac|De|Di|Van|La|Le|Fitz|St)[^\W\d_]*[a-z][A-Z]")


def _is_brand(token: Token) -> bool:
    """A capital inside a word is a company's ("TitleMax"), but for McGregor, DeLuca and the like."""
    return _INNER_CAPITAL.search(token.text) is not None


def _family_name(reading: Reading, last: int) -> int | None:
    """Return the end of a family name after initials: a capital that is listed or no everyday word."""
    tokens = reading.tokens
    at = last + 1
    while at < len(tokens) and tokens[at].folded in PARTICLES:
        at += 1
    if at >= len(tokens) or not tokens[at].is_capitalised or (tokens[at].is_upper and not reading.is_shouting):
        return None
    if reading.lexicon.is_common(tokens[at].text) and not reading.lexicon.is_last_name(tokens[at].text):
        return None
    return at


def _listed_name(reading: Reading, index: int, *, guesses: bool) -> int | None:
    """Return the last word of a name that begins with a listed one at ``index`` without a cue, or None."""
    token = reading.tokens[index]
    lexicon = reading.lexicon
    if token.folded in STOP and token.text != "Will":
        return None
    is_first, is_last = token.folded in lexicon.first_names, token.folded in lexicon.last_names
    if not (is_first or is_last) or _is_part_of_code(reading, token):
        return _acting_name(reading, index, guesses=guesses)
    tells = token.is_capitalised and not reading.is_shouting
    following = _next_part(reading, index, is_cued=False)
    if lexicon.is_common(token.text):
        if not (tells and is_first and following is not None):
            return None
        # "Grace O'Brien"; not "Will Samsung", and not two everyday words that are both names.
        other = reading.tokens[following]
        is_unsure = lexicon.is_common(other.text) and reading.starts_sentence(token.start)
        if (is_unsure or token.text == "Will") and not _is_acting(reading, other):
            return None
    elif not _stands_alone(reading, token, is_first=is_first, has_partner=following is not None):
        return None
    last = index
    while following is not None and last - index < _MAX_PARTS:
        last = following
        following = _next_part(reading, last, is_cued=False)
    return last


def _is_acting(reading: Reading, last: Token) -> bool:
    """Whether a verb follows two words, so that neither is one: "Will Hope is the named driver"."""
    is_name = _is_listed(reading, last) and last.folded not in _NOT_PEOPLE | _NOT_SURNAMES
    return is_name and _FINITE.match(reading.text, last.end) is not None


def _stands_alone(reading: Reading, token: Token, *, is_first: bool, has_partner: bool) -> bool:
    if len(token.text) <= 2:
        return has_partner and token.is_capitalised
    if token.is_capitalised and not reading.is_shouting:
        return True if is_first else len(token.text) >= 4
    if reading.is_shouting:
        return len(token.text) >= 4
    return (is_first and len(token.text) >= 4) or has_partner


def _is_part_of_code(reading: Reading, token: Token) -> bool:
    """Part of an address, handle, path or code ("maria@", "/john", "LEE-204"): other detectors judge those."""
    before = reading.text[token.start - 1 : token.start] if token.start else ""
    after = reading.text[token.end : token.end + 1]
    return (
        before in ("@", "/", "_", "#", "\\")
        or after in ("@", "_", "/", "\\")
        or before.isdecimal()
        or after.isdecimal()
    )


def _acting_name(reading: Reading, index: int, *, guesses: bool) -> int | None:
    """An unlisted capital that speaks, calls or promises is somebody ("Xochitl told me")."""
    token = reading.tokens[index]
    if token.folded in STOP or token.folded in reading.lexicon.common or len(token.text) < 3 or reading.is_shouting:
        return None
    if not token.is_capitalised or token.is_upper or _is_brand(token) or reading.lexicon.is_common(token.text):
        return None
    last = index
    following = _next_part(reading, index, is_cued=False)
    while following is not None and last - index < _MAX_PARTS:
        last = following
        following = _next_part(reading, last, is_cued=False)
    if AFTER_NAME.match(reading.text, reading.tokens[last].end):
        return last
    return last if guesses and last > index and _is_unlisted_pair(reading, index, last) else None


_NOT_PEOPLE = word_set(
    """
    street road avenue lane university college school institute hospital church club center centre company group
    bank party league cup association society foundation council committee court act park river lake mountain
    island islands beach bay valley county city town village airport station hotel restaurant museum library
    theatre theater stadium festival show awards award law rule regulation statute code bill agreement treaty
    trustee bureau day week month year edition series season album band orchestra records films pictures studios
    magazine times post news radio network games software systems solutions technologies services financial
    capital partners holdings insurance credit union mortgage lending loans loan energy oil gas power mobile
    wireless
    """
)


_NOT_SURNAMES = word_set("day days hill period class time house home hall field fields wood woods square gate")
_FINITE = re.compile(
    r" (?:is (?:the|my|our|not|on|an?|in|at|no|still|now|very|his|her|their|who|waiting|calling|moving)|has|was|who|"
    r"lives|works|called|calls|told|said|says|wants|wanted|never|also|did|does|doesn't|isn't|hasn't|wasn't|phoned|signed)(?!\w)"
)


_STORMS = frozenset({"hurricane", "typhoon", "cyclone", "storm"})
_INSTITUTIONS = word_set("institute university college school hospital museum airport hotel bank avenue boulevard")


def _is_institution(after_first: Sequence[Token]) -> bool:
    """Whether a listed name only begins what a house or a road is called ("Georgia Institute")."""
    return any(token.folded in _INSTITUTIONS and token.is_capitalised for token in after_first)


def _is_unlisted_pair(reading: Reading, first: int, last: int) -> bool:
    """Two to four unlisted capitals in a row that are no place, company or title: more often a person than not."""
    words = reading.tokens[first : last + 1]
    if any(
        word.is_upper or len(word.text) < 2 or word.text in reading.lexicon.places for word in (words[0], words[-1])
    ):
        return False
    following = reading.tokens[last + 1] if last + 1 < len(reading.tokens) else None
    is_longer_title = following is not None and following.is_capitalised and reading.are_adjacent(words[-1], following)
    after_article = re.search(r"\b(?:the|a|an|de|het|in|at)\s$", reading.before(words[0].start, 5)) is not None
    return not (is_longer_title or after_article or any(word.folded in _NOT_PEOPLE for word in words))


def _grow_left(reading: Reading, index: int) -> int:
    """Return the first word of the name whose listed word stands at ``index`` ("Kojima Minoru")."""
    tokens = reading.tokens
    first = index
    while first > 0 and index - first < 3 and reading.are_adjacent(tokens[first - 1], tokens[first]):
        before = tokens[first - 1]
        if (
            not before.is_capitalised
            or reading.is_shouting
            or before.folded in STOP
            or reading.lexicon.is_common(before.text)
        ):
            break
        if before.is_upper or before.text in reading.lexicon.places:
            break
        first -= 1
    return first
