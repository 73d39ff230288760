"""Holds words of a model against computed facts. A text passes as a whole or not at all.

A sentence may hold nothing but figures, groups, metrics and periods of the facts, words of direction and rank, and
plain words that state nothing. It is cut so that one figure stands in each clause; that figure must be a fact to
rounding, in its unit, of the group, metric and period that the clause names. Direction and rank must agree with the
facts. What cannot be checked is not shown: a refused text costs a sentence, a wrong one the trust in all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from anonymization.lexicon import word_set
from handlers.assistant.facts import Fact

LONGEST = 1200
UP = word_set("up rose risen rises rising increased increase increases grew grown climbed higher")
DOWN = word_set("down fell fallen falls falling decreased decrease decreases dropped drop declined lower")
MOST = word_set("highest largest biggest")
LEAST = word_set("lowest smallest fewest")
# Words that state nothing about a figure. Everything else is refused, causes and amounts in words included.
PLAIN = word_set(
    "a about against also among an and are around as at be been but by came change changed compared contributed "
    "contribution each figure figures followed for from group groups had has have here in is it its month moved of on "
    "part period points quarter rate roughly share stands stood that the there these this those to value versus was "
    "week went were where whereas which while with year"
)  # fmt: skip
_EARLIER = frozenset({"from", "against", "versus"})
_DURATION = r"\d+ ?(?:d|h|min|s)\b(?: \d{1,2} ?(?:h|min|s)\b)?"
_NUMBER = re.compile(
    rf"(?P<duration>{_DURATION})|(?P<money>[A-Z]{{3}} )?(?P<sign>[+-])?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<unit> ?%| points?\b)?"
)
_TOKEN = re.compile(rf"\x01[gmt]\d+\x01|(?:{_NUMBER.pattern})(?!\w)|[A-Za-z]+|\S")
_JOINERS = frozenset({"and", "while", "whereas", "but", "from", "to", "against", "versus", "with", ";", ","})
_MARKS = frozenset(".,;:()-")


class Ungrounded(Exception):
    """The text is not to be shown. ``why`` is ours and repeats nothing of it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Number:
    """A figure as it stands in a text. ``unit``: "" | % | points | a currency | duration (in words)."""

    unit: str
    sign: str = ""
    value: float = 0.0
    decimals: int = 0
    words: str = ""


@dataclass
class _Clause:
    """One clause: its tokens with what they are, and what it names."""

    tokens: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    metrics: set[str] = field(default_factory=set)
    times: set[str] = field(default_factory=set)
    is_beside: bool = False  # begins with "from", "against", "compared with": its figure is of the earlier period

    @property
    def direction(self) -> int:
        """1 for up, -1 for down, 0 for neither.

        Raises:
            Ungrounded: both are said.
        """
        up, down = bool(UP & set(self.words)), bool(DOWN & set(self.words))
        if up and down:
            raise Ungrounded("two directions in one clause")
        return up - down

    @property
    def rank(self) -> int:
        """1 for highest, -1 for lowest, 0 for neither."""
        most, least = bool(MOST & set(self.words)), bool(LEAST & set(self.words))
        if most and least:
            raise Ungrounded("two ranks in one clause")
        return most - least


def ground(text: str, facts: Sequence[Fact]) -> tuple[str, list[int]]:
    """Return ``text`` with ``[source]`` behind each figure, and the sources in the order of their mention.

    Raises:
        Ungrounded: some of it does not follow from ``facts``.
    """
    plain = " ".join(text.split())
    if not plain or len(text) > LONGEST or not facts:
        raise Ungrounded("empty or too long")
    if re.search(r"[^\x20-\x7e\n\r\tÀ-ÿ]", text):
        raise Ungrounded("signs that do not belong in a sentence")
    names = _Names(facts)
    said: list[str] = []
    cited: list[int] = []
    for sentence in re.split(r"(?<=[.])\s+(?=[A-ZÀ-Ý])", plain):
        carried, has_figure, is_loose = _Clause(), False, False
        for clause in _clauses(names.fold(sentence), names):
            source = _check(clause, carried, facts)
            # "In phone, FCR was ..." leads in; "FCR was ..., in phone" would hang a name on a figure of something else.
            names_only = not source and bool(clause.groups or clause.times or clause.metrics)
            is_bare = names_only and not (clause.direction or clause.rank)
            is_loose = (has_figure and is_bare) or (is_loose and not source)
            has_figure = has_figure or bool(source)
            carried = _carry(clause, carried)
            said.append(names.unfold(_written(clause.tokens, source)))
            if source and source not in cited:
                cited.append(source)
        if is_loose:
            raise Ungrounded("a name behind a figure")
    if not cited:
        raise Ungrounded("no figure in it")
    return re.sub(r"\s+([.,;:)])", r"\1", " ".join(said)).replace("( ", "("), cited


def _carry(clause: _Clause, carried: _Clause) -> _Clause:
    """Return what the next clause may leave unsaid; a period only where no figure has stood in it yet."""
    times = set() if clause.numbers else clause.times or carried.times
    return _Clause(groups=clause.groups or carried.groups, metrics=clause.metrics or carried.metrics, times=times)


class _Names:
    """Groups, metrics and periods of the facts, folded into one sign each so that their words are not read apart."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        kinds = {"g": [name for fact in facts for name in fact.of], "m": [fact.metric for fact in facts]}
        kinds["t"] = [fact.when for fact in facts]
        self.known: dict[str, str] = {}
        for kind, names in kinds.items():
            for number, name in enumerate(dict.fromkeys(names)):
                self.known[f"\x01{kind}{number}\x01"] = name

    def fold(self, sentence: str) -> str:
        """Return the sentence with a sign for each name, the longest first."""
        for sign, name in sorted(self.known.items(), key=lambda pair: -len(pair[1])):
            pattern = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE)
            sentence = pattern.sub(f" {sign} ", sentence)
        return sentence

    def unfold(self, text: str) -> str:
        """Return the text with the names as the facts write them."""
        for sign, name in self.known.items():
            text = text.replace(sign, name)
        return text


def read_numbers(text: str) -> list[Number]:
    """Return every figure of a shown value."""
    return [_number(match) for match in _NUMBER.finditer(text)]


def _number(match: re.Match[str]) -> Number:
    if match["duration"]:
        parts = re.findall(r"(\d+) ?(d|h|min|s)", match["duration"])
        return Number("duration", words=" ".join(f"{int(count)} {unit}" for count, unit in parts))
    digits = match["digits"].replace(",", "")
    unit = (match["unit"] or "").strip()
    kind = match["money"].strip() if match["money"] else "points" if unit.startswith("point") else unit
    return Number(kind, match["sign"] or "", float(digits), len(digits.partition(".")[2]))


def _clauses(sentence: str, names: _Names) -> Iterator[_Clause]:
    """Cut before every joining word and after every comma, and name what each clause holds."""
    clause, before = _Clause(), ""
    for match in _TOKEN.finditer(sentence):
        token = match[0]
        if token.lower() in _JOINERS and clause.tokens:
            if token in (",", ";"):
                clause.tokens.append(token)
            before = clause.words[-1] if clause.words else ""
            yield clause
            clause = _Clause()
            if token in (",", ";"):
                continue
        if not clause.tokens:
            is_with = token.lower() == "with" and before == "compared"
            clause.is_beside = is_with or token.lower() in _EARLIER
        clause.tokens.append(token)
        if token in names.known:
            named = {"g": clause.groups, "m": clause.metrics, "t": clause.times}[token[1]]
            named.add(names.known[token])
        elif token[0].isdigit() or token[-1].isdigit() or match["digits"] or match["duration"]:
            clause.numbers.append(_number(match) if match["digits"] or match["duration"] else Number("unknown"))
        elif token.isalpha():
            clause.words.append(token.lower())
        elif token not in _MARKS:
            raise Ungrounded("signs that do not belong in a sentence")
    if clause.tokens:
        yield clause


def _check(clause: _Clause, carried: _Clause, facts: Sequence[Fact]) -> int:
    """Return the source of the clause's figure, 0 where it has none."""
    if not set(clause.words) <= PLAIN | UP | DOWN | MOST | LEAST:
        raise Ungrounded("words that cannot be checked")
    if len(clause.numbers) > 1 or len(clause.times) > 1 or len(clause.metrics) > 1:
        raise Ungrounded("several figures or periods in one clause")
    groups, metrics = clause.groups or carried.groups, clause.metrics or carried.metrics
    times = clause.times or carried.times
    known = {fact.metric for fact in facts}
    if not metrics and len(known) > 1 and (clause.numbers or clause.direction or clause.rank):
        raise Ungrounded("the metric is not named")
    own = [fact for fact in facts if set(fact.of) == groups and (not metrics or fact.metric in metrics)]
    if clause.direction and (not _moves(own, clause.direction) or not times <= _asked(own)):
        raise Ungrounded("a direction that the facts do not show")
    if clause.rank and not _is_extreme(facts, own, clause.rank, times):
        raise Ungrounded("a rank that the facts do not show")
    if not clause.numbers:
        return 0
    return _matching(clause, own, times).source


def _asked(own: Sequence[Fact]) -> set[str]:
    """Return the periods that were asked about, not those they are compared with."""
    return {fact.when for fact in own if not fact.is_earlier}


def _matching(clause: _Clause, own: Sequence[Fact], times: set[str]) -> Fact:
    number, direction = clause.numbers[0], clause.direction
    for fact in own:
        if times and fact.when not in times:
            continue
        if not times and not fact.is_change and fact.is_earlier != clause.is_beside:
            continue
        # Beside a word of direction stands the change; the level stands behind "to" and "from".
        if fact.is_change != bool(direction or number.sign) and not _is_signed_level(fact, number):
            continue
        if _is_same(number, fact, direction):
            return fact
    raise Ungrounded("a figure that was not computed, or of something else")


def _is_signed_level(fact: Fact, number: Number) -> bool:
    """A score below zero is written with its sign and is no change."""
    return not fact.is_change and number.sign == "-" and fact.value < 0


def _is_same(said: Number, fact: Fact, direction: int) -> bool:
    shown = read_numbers(fact.shown)
    if len(shown) != 1 or shown[0].unit != said.unit:
        return False
    known = shown[0]
    if said.sign and said.sign != known.sign:
        return False
    if not said.sign and known.sign and (not direction or known.sign != ("+" if direction > 0 else "-")):
        return False
    if known.unit == "duration":
        return said.words == known.words
    if said.decimals >= known.decimals:
        return said.value == known.value
    half = 0.5 * float(10**-said.decimals)
    return abs(said.value - known.value) <= half + 1e-9


def _moves(own: Sequence[Fact], direction: int) -> bool:
    """Whether the named group's figure went that way: by each computed change, or from the earlier period to this."""
    changes = [fact.value for fact in own if fact.is_change]
    by_query: dict[tuple[str, int], dict[bool, list[float]]] = {}
    for fact in own:
        if not fact.is_change:
            by_query.setdefault((fact.metric, fact.source), {}).setdefault(fact.is_earlier, []).append(fact.value)
    for sides in by_query.values():
        if len(sides.get(True, ())) == 1 and len(sides.get(False, ())) == 1:
            changes.append(sides[False][0] - sides[True][0])
    return bool(changes) and all(change * direction > 0 for change in changes)


def _is_extreme(facts: Sequence[Fact], own: Sequence[Fact], which: int, times: set[str]) -> bool:
    """Whether the named group's figure is the highest (lowest) of all groups in each query that it stands in."""
    levels = [fact for fact in own if not fact.is_change and fact.of]
    levels = [fact for fact in levels if fact.when in times] if times else [f for f in levels if not f.is_earlier]
    if any(fact.is_partial for fact in levels):
        return False  # a group that is not shown may be higher or lower still
    for fact in levels:
        beside = [
            other.value
            for other in facts
            if (other.source, other.metric, other.when, len(other.of), other.is_change)
            == (fact.source, fact.metric, fact.when, len(fact.of), False)
        ]
        if len(beside) < 2 or fact.value != (max(beside) if which > 0 else min(beside)):
            return False
    return bool(levels)


def _written(tokens: Sequence[str], source: int) -> str:
    if not source:
        return " ".join(tokens)
    at = len(tokens)
    while at and tokens[at - 1] in _MARKS:
        at -= 1
    return " ".join([*tokens[:at], f"[{source}]", *tokens[at:]])
