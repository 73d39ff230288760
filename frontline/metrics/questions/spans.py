"""The cheapest way to read all words of a question: few, long phrases and as little as possible left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from frontline.core.periods import Grain
from frontline.metrics.questions.moments import Frame
from frontline.metrics.questions.senses import Item, Sense, Sort
from frontline.metrics.questions.timeline import Timeline
from frontline.metrics.questions.vocabulary import Match, Vocabulary
from frontline.metrics.questions.words import Token

# One item costs about 1, so that longer phrases win; between equals the more telling sense wins, values before time.
_COSTS = {
    Sort.METRIC: 0.90,
    Sort.VALUE: 0.91,
    Sort.DIMENSION: 0.93,
    Sort.TIME: 0.94,
    Sort.GRAIN: 0.945,
    Sort.OPERATION: 0.97,
    Sort.NUMBER: 0.98,
    Sort.MEASURE: 0.99,
    Sort.FRAMING: 1.0,
    Sort.MARK: 1.0,
    Sort.UNKNOWN: 20.0,
}
_SOFT = 0.925
_UNSUPPORTED = 0.96


def read_spans(tokens: Sequence[Token], *, vocabulary: Vocabulary, frame: Frame) -> list[Item]:
    """Return the items that cover ``tokens`` without gaps, in order."""
    timeline = Timeline(tokens, frame=frame, lexicon=vocabulary.time)
    chart: list[list[tuple[Item, int]]] = [[] for _ in tokens]
    for at, token in enumerate(tokens):
        for match in (*vocabulary.matches(tokens, at), *vocabulary.split_matches(tokens, at)):
            chart[match.start].append((_item(tokens, match), match.pair))
        if found := timeline.read(at):
            sense = Sense(Sort.TIME, when=found[1])
            chart[at].append((Item(sense, at, found[0], _words(tokens, at, found[0])), 0))
        chart[at].extend((item, 0) for item in _single(token, timeline, at))
    return _cheapest(chart)


def _cheapest(chart: Sequence[Sequence[tuple[Item, int]]]) -> list[Item]:
    size = len(chart)
    best: list[tuple[float, Item | None, int]] = [(0.0, None, 0)] * (size + 1)
    for at in range(size - 1, -1, -1):
        best[at] = min(
            ((_cost(item) + best[item.end][0], item, pair) for item, pair in chart[at]), key=lambda entry: entry[0]
        )
    found: list[Item] = []
    pairs: set[int] = set()
    at = 0
    while at < size:
        _, item, pair = best[at]
        assert item is not None
        if pair and item.key == "rest" and pair not in pairs:
            item = replace(item, sense=Sense(Sort.UNKNOWN))
        pairs.add(pair)
        found.append(_merged(item, chart[at]))
        at = item.end
    return found


def _merged(item: Item, rivals: Sequence[tuple[Item, int]]) -> Item:
    """Keep the other senses of the same words: "drop" removes a filter, and tells of a fall."""
    also = [
        sense
        for rival, _ in rivals
        if (rival.start, rival.end) == (item.start, item.end)
        for sense in (rival.sense, *rival.also)
        if sense != item.sense
    ]
    return replace(item, also=tuple(dict.fromkeys((*item.also, *also))))


def _item(tokens: Sequence[Token], match: Match) -> Item:
    senses = sorted(match.senses, key=_sense_cost)
    words = _words(tokens, match.start, match.end)
    return Item(senses[0], match.start, match.end, words, also=tuple(senses[1:]))


def _sense_cost(sense: Sense) -> float:
    if sense.key == "rest":
        return 0.5
    if sense.sort is Sort.METRIC and sense.is_soft:
        return _SOFT
    if sense.sort is Sort.UNKNOWN and sense.keys:
        return _UNSUPPORTED
    return _COSTS[sense.sort]


def _cost(item: Item) -> float:
    return _sense_cost(item.sense)


def _single(token: Token, timeline: Timeline, at: int) -> list[Item]:
    """What a token is when no phrase knows it."""
    word = timeline.words[at]
    if token.is_punct:
        return [Item(Sense(Sort.MARK, (token.text,)), at, at + 1, token.text)]
    found = []
    unit = word.unit
    if unit is not None:
        sense = Sense(Sort.GRAIN, (unit.value,), number=1 if word.has("adverb") else 0)
        found.append(Item(sense, at, at + 1, token.raw))
    if word.number is not None:
        found.append(Item(Sense(Sort.NUMBER, number=word.number), at, at + 1, token.raw))
    return [*found, Item(Sense(Sort.UNKNOWN), at, at + 1, token.raw)]


def _words(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(token.raw for token in tokens[start:end])


GRAINS = frozenset(Grain)
