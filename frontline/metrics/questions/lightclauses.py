"""Whole clauses of talk beside a question: the judge of words takes each of their words for talk.

A story around a question holds words of the catalog too ("I was out on Monday", "everybody wants it split two ways"),
and nouns behind prepositions ("somebody in the corridor"), where a single unknown word is never left aside
(``talk.py``). A clause goes as a whole where every word in it is light. What it may say of the figure keeps it,
whatever the judge says: a metric, a value or dimension that the rest does not name, a period where the rest has none, a
word that restricts, what stands in brackets, and customers to whom the rest points back.

The same judge keeps the rules from passing over a story that bears on the figure ("I work on the prepaid side, ...").
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from frontline.metrics.questions.narrowing import narrows
from frontline.metrics.questions.senses import Item, Sort
from frontline.metrics.questions.words import Token
from frontline.metrics.questions.wordsets import COUNTED, DETERMINERS, FOCUSING, RESTRICTING

Reader = Callable[[tuple[Token, ...]], list[Item]]

# Below this every word of a statement lies, and below the second those of a clause without speaker or verb.
STATED = 0.25
BARE = 0.05
# And one beside a clause that is talk.
BESIDE = 0.4
# From here an unknown word in a story says of whom or of what the figure is wanted; from the second where the question
# points back at customers in it.
HEAVY = 0.9
POINTED_AT = 0.4
_MARKS = frozenset(".,;:!?()-")
_HINGES = frozenset({
    "so", "but", "because", "and", "what", "whats", "which", "how", "hows", "why", "show", "give", "can", "could",
    "tell", "are", "is", "did",
})  # fmt: skip
_IF = frozenset({"before", "as", "while", "when", "if", "since", "after"})
_SPEAKERS = frozenset({"i", "im", "ive", "id", "ill", "we", "weve", "you", "youre", "me", "us", "it", "its"})
_VERBS = frozenset({
    "let", "lets", "got", "think",
    "is", "are", "was", "were", "has", "have", "had", "does", "did", "will", "would", "should", "must", "keeps", "keep",
    "wants", "want", "needs", "says", "said", "thinks", "asks", "asked", "asking", "needed",
})  # fmt: skip
_PREPOSITIONS = frozenset(
    {
        "for",
        "of",
        "on",
        "in",
        "at",
        "from",
        "with",
        "among",
        "amongst",
        "by",
        "via",
        "under",
        "since",
        "after",
        "during",
    }
) | frozenset({"before", "within", "about", "regarding", "concerning", "through", "to", "voor", "bij", "van", "op"})
_POINTING = frozenset({"they", "them", "their", "those", "these", "such", "ones", "his", "her", "both"})
_REFERRING = _POINTING | {"that", "there", "two"}
_STRONG = frozenset(".!?:;")
# Fewer words are no story, and no sentence that says again what is asked.
_STORY = 4
_SENTENCE = 6


@dataclass(frozen=True)
class Clause:
    """Tokens ``start`` to ``end`` (exclusive); ``weight`` of the heaviest word."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class Core:
    """What is left of a question, and the clauses that went, as typed."""

    tokens: tuple[Token, ...]
    aside: tuple[str, ...]


def cores_of(tokens: Sequence[Token], weights: Sequence[float], read: Reader) -> Iterator[Core]:
    """Give what may be left of a question, the least taken out first."""
    core = core_of(tokens, weights, read)
    if core is not None:
        yield core
    aside = core.aside if core is not None else ()
    rest = without_restated(core.tokens if core is not None else tokens, read)
    if rest is not None:
        yield Core(rest.tokens, (*aside, *rest.aside))


def core_of(tokens: Sequence[Token], weights: Sequence[float], read: Reader) -> Core | None:
    """Return ``tokens`` without the clauses that are talk, or None where there are none.

    ``weights``: for each token the probability, 0-1, that the figure would be another one without it.
    """
    tokens = tuple(tokens)
    clauses = _clauses(tokens, weights)
    sure = [_is_light(tokens, one) for one in clauses]
    light = [
        one
        for at, one in enumerate(clauses)
        if sure[at] or (any(sure[max(0, at - 1) : at + 2]) and one.weight < BESIDE and _stands_alone(tokens, one))
    ]
    if not light or len(clauses) == len(light):
        return None
    read_as = {one: read(tokens[one.start : one.end]) for one in light}
    rest = read(_without(tokens, light))
    gone = [
        one
        for one in light
        if not _bears(tokens[one.start : one.end], read_as[one], rest, weights=weights[one.start : one.end])
    ]
    if not gone:
        return None
    core = _without(tokens, gone)
    if _points_back(core, [token for one in gone for token in tokens[one.start : one.end]]):
        return None
    aside = tuple(" ".join(token.raw for token in tokens[one.start : one.end]) for one in gone)
    return Core(core, aside)


def _clauses(tokens: Sequence[Token], weights: Sequence[float]) -> list[Clause]:
    """Return the stretches between marks, cut before words that begin a question or a reason as well."""
    found: list[Clause] = []
    start = 0
    for at in range(len(tokens) + 1):
        is_end = at == len(tokens) or (tokens[at].is_punct and tokens[at].text in _MARKS)
        if not is_end and not _opens(tokens, at):
            continue
        if at > start:
            found.append(Clause(start, at, max(weights[start:at])))
        start = at + 1 if is_end else at
    return found


def _opens(tokens: Sequence[Token], at: int) -> bool:
    text = tokens[at].text
    behind = tokens[at + 1].text if at + 1 < len(tokens) else ""
    return text in _HINGES or (text in _IF and behind in _SPEAKERS | {"my"})


def _is_light(tokens: Sequence[Token], clause: Clause) -> bool:
    words = [token.text for token in tokens[clause.start : clause.end]]
    is_told = bool(_SPEAKERS & set(words))
    if not _stands_alone(tokens, clause):
        return False
    return clause.weight < (STATED if is_told or _VERBS & set(words) else BARE)


def _stands_alone(tokens: Sequence[Token], clause: Clause) -> bool:
    """Whether it is neither in brackets nor "for ..." something."""
    words = [token.text for token in tokens[clause.start : clause.end]]
    before = [token.text for token in tokens[: clause.start]]
    is_bracketed = before.count("(") > before.count(")")
    return not is_bracketed and (words[0] not in _PREPOSITIONS or bool(_SPEAKERS & set(words)))


def _bears(tokens: Sequence[Token], items: Sequence[Item], rest: Sequence[Item], *, weights: Sequence[float]) -> bool:
    """Whether a clause may say something of the figure that ``rest`` does not say."""
    words = [token.text for token in tokens]
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word in (RESTRICTING | FOCUSING) - {"one", "less"} and after not in ("a", "an", "if"):
            return True
    named = {pair for item in rest for pair in item.sense.values} | {(item.key, "") for item in rest}
    has_period = any(item.sort is Sort.TIME for item in rest)
    is_clear = max(weights, default=0.0) < BARE and any(item.is_hard for item in rest)
    for item in items:
        if item.is_hard and not is_clear:
            return True
        if item.sort is Sort.VALUE and not set(item.sense.values) <= named:
            return True
        if item.sort is Sort.DIMENSION and (item.key, "") not in named:
            return True
        if (
            item.sort is Sort.TIME
            and not has_period
            and not (item.sense.when is not None and item.sense.when.is_future)
        ):
            return True
    return narrows(items)


def _points_back(core: Sequence[Token], gone: Sequence[Token]) -> bool:
    told = {token.text for token in gone}
    return bool(COUNTED & told and _POINTING & {token.text for token in core})


def without_restated(tokens: Sequence[Token], read: Reader) -> Core | None:
    """Return ``tokens`` without a sentence whose metrics and values the question itself says again, or None.

    "Our enterprise folks sing the same song. How often did enterprise customers have to repeat themselves in May?"
    """
    tokens = tuple(tokens)
    sentences = _between_marks(tokens, _STRONG)
    gone: list[Clause] = []
    for start, end in sentences:
        clause = Clause(start, end, 0.0)
        rest = _without(tokens, [*gone, clause])
        words = {token.text for token in tokens[start:end]}
        if len(words) < _SENTENCE or not (_SPEAKERS | _VERBS) & words or _REFERRING & {token.text for token in rest}:
            continue
        told, asked = read(tokens[start:end]), read(rest)
        named = _content(told)
        is_said_again = bool(named) and named <= _content(asked) and any(item.is_hard for item in asked)
        if is_said_again and _is_tale(told) and not _bears(tokens[start:end], told, asked, weights=()):
            gone.append(clause)
    if not gone:
        return None
    aside = tuple(" ".join(token.raw for token in tokens[one.start : one.end]) for one in gone)
    return Core(_without(tokens, gone), aside)


def _is_tale(items: Sequence[Item]) -> bool:
    """Whether there are unknown words, none of which stands behind a preposition: "csat for android users"."""
    words = [item.words for item in items]
    for at, item in enumerate(items):
        before = next((word for word in reversed(words[:at]) if word not in DETERMINERS), "")
        if item.sort is Sort.UNKNOWN and before in _PREPOSITIONS - {"about"}:
            return False
    return any(item.sort is Sort.UNKNOWN for item in items)


def _content(items: Sequence[Item]) -> set[tuple[str, str]]:
    """Return the metrics and values that are named."""
    values = {pair for item in items if item.sort is Sort.VALUE for pair in item.sense.values}
    return values | {("", key) for item in items if item.is_hard for key in item.sense.keys}


def weighty_stories(
    tokens: Sequence[Token], read: Reader, judge: Callable[[], Sequence[float] | None]
) -> tuple[str, ...]:
    """Return the stories, as typed, that may say of whom or of what the figure is wanted.

    ``judge`` gives the weights, or None, and is called only where there is a story: a clause with subject and verb of
    its own and with an unknown word, that names no metric and no value.
    """
    told = [
        (range(start, end), items)
        for start, end in _between_marks(tokens)
        if (items := _story(tokens, start, end, read))
    ]
    weights = judge() if told else None
    if weights is None:
        return ()
    found: list[str] = []
    for story, items in told:
        words = {tokens[at].text for at in story}
        rest = {token.text for at, token in enumerate(tokens) if at not in story}
        is_pointed_at = bool(COUNTED & words) and bool(_POINTING & rest)
        strange = [
            weights[story.start + at]
            for item in items
            if is_pointed_at or item.sort is Sort.UNKNOWN
            for at in range(item.start, item.end)
        ]
        if max(strange, default=0.0) >= (POINTED_AT if is_pointed_at else HEAVY):
            found.append(" ".join(tokens[at].raw for at in story))
    return tuple(found)


def _story(tokens: Sequence[Token], start: int, end: int, read: Reader) -> list[Item]:
    """Return the items of a story, none where it is none."""
    words = [token.text for token in tokens[start:end]]
    if len(words) < _STORY or words[0] == "for" or not (_SPEAKERS | _VERBS) & set(words):
        return []
    items = read(tuple(tokens[start:end]))
    is_strange = any(item.sort is Sort.UNKNOWN for item in items)
    asks = any(item.is_hard or item.sort in (Sort.VALUE, Sort.DIMENSION) for item in items)
    return list(items) if is_strange and not asks else []


def _between_marks(tokens: Sequence[Token], ends: frozenset[str] = _MARKS) -> list[tuple[int, int]]:
    marks = [at for at, token in enumerate(tokens) if token.is_punct and token.text in ends]
    edges = [-1, *marks, len(tokens)]
    return [(before + 1, after) for before, after in itertools.pairwise(edges) if after > before + 1]


def _without(tokens: Sequence[Token], clauses: Sequence[Clause]) -> tuple[Token, ...]:
    """Return ``tokens`` without ``clauses`` and the marks that close them."""
    gone: set[int] = set()
    for one in clauses:
        gone |= set(range(one.start, one.end))
        if one.end < len(tokens) and tokens[one.end].is_punct:
            gone.add(one.end)
    return tuple(token for at, token in enumerate(tokens) if at not in gone)
