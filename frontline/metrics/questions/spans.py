"""The cheapest way to read all words of a question: few, long phrases and as little as possible left over."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
# Of two phrases over the same words the one that skips fewer little words.
_FILLER = 0.001
# What a phrase such as "put the phone down" or "portal forms" implies without narrowing anything.
_IMPLIED = frozenset({("channel", "phone"), ("channel", "portal"), ("topic", "pricing")})
# A phrase that explains more words of the question is preferred to its first part alone.
_GAPPED = 0.01
# Behind these a dimension splits.
_SPLITTERS = frozenset({"by", "per", "each", "every"})
# "worst queue for waiting".
_BESTS = frozenset({"worst", "best", "highest", "lowest", "top", "bottom"})
# Behind "by month" these begin the period.
_SPEAKERS = frozenset({"i", "im", "ive", "ill"})
_WHEN = frozenset({"in", "on", "at"})
_WITHIN = frozenset({"within", "inside", "under", "in", "below", "before", "on"})
_RANGES = frozenset({"from", "between", "since", "for", "in", "during", "van", "vanaf", "tussen", "sinds"})
_WHOLE = frozenset({"calendar", "full", "whole", "complete", "iso"})
# No phrase with a gap reaches over these.
_ABBREVIATIONS = frozenset({"csat", "nps", "ces", "fcr", "aht", "asa", "acw", "frt", "mttr"})
_ABOUT = frozenset({"for", "on", "in", "by", "with", "at"})
# Phrases that say nothing of a figure.
_WORDY = frozenset({Sort.FRAMING, Sort.UNKNOWN})
# The later parts of a phrase with a gap.
_REST = Sense(Sort.FRAMING, ("rest",))


@dataclass(frozen=True)
class Entry:
    """An item that may cover its words; it stands or falls with the later parts at ``rest`` of its phrase ``pair``."""

    item: Item
    pair: int = 0
    rest: tuple[tuple[int, int], ...] = ()
    fillers: int = 0

    @property
    def cost(self) -> float:
        """What choosing it costs."""
        return _sense_cost(self.item.sense) + _FILLER * self.fillers - _GAPPED * len(self.rest)


Chart = list[list[Entry]]


def read_spans(tokens: Sequence[Token], *, vocabulary: Vocabulary, frame: Frame) -> list[Item]:
    """Return the items that cover ``tokens`` without gaps, in order."""
    timeline = Timeline(tokens, frame=frame, lexicon=vocabulary.time)
    chart: Chart = [[] for _ in tokens]
    for at, token in enumerate(tokens):
        for match in vocabulary.matches(tokens, at):
            _chart(chart, tokens, match)
        if found := timeline.read(at):
            sense = Sense(Sort.TIME, when=found[1])
            chart[at].append(Entry(Item(sense, at, found[0], _words(tokens, at, found[0]))))
        chart[at].extend(Entry(item) for item in _single(token, timeline, at))
    for at in range(1, len(tokens)):
        is_counted = at > 1 and tokens[at - 1].kind == "number"  # "worst 3 queues on wait"
        before, after = tokens[at - 1 - is_counted].text, tokens[at + 1].text if at + 1 < len(tokens) else ""
        is_split = before in _SPLITTERS and not _ranks_by_metric(chart, at)
        if is_split or (before in _BESTS and after in _ABOUT):
            _keep_breakdown(chart[at])
    for at in range(len(tokens) - 1):
        if tokens[at].text in _BESTS and tokens[at + 1].text in _ABOUT:  # "worst for wait" is no "worst wait"
            chart[at] = [entry for entry in chart[at] if entry.item.sort is not Sort.METRIC]
    _part_compounds(chart, tokens)
    return _cheapest(chart)


def _part_compounds(chart: Chart, tokens: Sequence[Token]) -> None:
    """Drop phrases that tear a closer one apart."""
    labels = {at for at in range(1, len(tokens)) if _is_label(chart, at)}
    abbreviations = {
        at
        for at, column in enumerate(chart)
        if tokens[at].text in _ABBREVIATIONS and any(entry.item.sort is Sort.METRIC for entry in column)
    }
    torn: set[int] = set()
    for at, column in enumerate(chart):
        for entry in column:
            item, ends = entry.item, (entry.item.end, *(end for _, end in entry.rest))
            inside = range(item.end, entry.rest[-1][0]) if entry.rest else ()
            is_torn = (
                any(start in labels and end == start + 1 for start, end in entry.rest)  # "how much calls on tech queue"
                or (item.sort is Sort.METRIC and any(near in abbreviations for near in inside))  # "chat csat dropped"
                or (item.is_operation("by") and tokens[at].text in ("segment", "segments"))
                or (item.sort is Sort.TIME and _splits_by_unit(chart, tokens, at))
                or (item.sort is Sort.TIME and at > 0 and tokens[at].kind == "number" and tokens[at - 1].text in _BESTS)
                or (bool(entry.rest) and tokens[at].text in ("time", "times") and _ends_compound(chart, at))
                or (item.sort is Sort.METRIC and any(tokens[near].text in _SPEAKERS for near in inside))
                or (item.sort is Sort.METRIC and _ends_before_time(chart, tokens, item.end))
                or (item.key == "unsupported" and _goes_on_within(tokens, item.end))
                or (item.sort is Sort.METRIC and any(_is_loaded_cost(tokens, end) for end in ends))
                or (item.sort is Sort.METRIC and _ends_in_ordinal(chart, tokens, item.end))
                or (entry.fillers > 0 and item.sort in _WORDY and _is_dimension_for(chart, tokens, at))
                or (item.sort is Sort.METRIC and tokens[at].text == "on" and _is_time_to(chart, tokens, at + 1))
            )
            if is_torn and entry.pair:
                torn.add(entry.pair)
            elif is_torn:
                torn.add(-id(entry))
    for column in chart:
        column[:] = [entry for entry in column if entry.pair not in torn and -id(entry) not in torn]


def _is_dimension_for(chart: Chart, tokens: Sequence[Token], at: int) -> bool:
    """ "teams for satisfaction score" are teams, and no team satisfaction."""
    is_about = at + 1 < len(tokens) and tokens[at + 1].text in _ABOUT
    return is_about and any(entry.item.sort is Sort.DIMENSION and entry.item.end == at + 1 for entry in chart[at])


def _is_time_to(chart: Chart, tokens: Sequence[Token], at: int) -> bool:
    """ "phone and chat on time to resolution": what is compared, and not what was on time."""
    if at + 1 >= len(tokens) or (tokens[at].text, tokens[at + 1].text) != ("time", "to"):
        return False
    return any(
        entry.item.sort is Sort.METRIC and not entry.item.sense.is_soft and entry.item.end > at + 2
        for entry in chart[at]
    )


def _is_label(chart: Chart, at: int) -> bool:
    """Whether a dimension stands right behind one of its values: the "queue" of "tech queue"."""
    dims = {entry.item.key for entry in chart[at] if entry.item.sort is Sort.DIMENSION}
    return any(
        dim in dims
        for start in range(max(0, at - 3), at)
        for entry in chart[start]
        if entry.item.sort is Sort.VALUE and entry.item.end == at
        for dim, _ in entry.item.sense.values
    )


def _splits_by_unit(chart: Chart, tokens: Sequence[Token], at: int) -> bool:
    """ "by month from January to May": the month splits, and the period comes behind it."""
    unit = at + (tokens[at].text in _WHOLE)
    split = at - 1 - (at > 1 and tokens[at - 1].text in _WHOLE)
    is_split = split >= 0 and tokens[split].text in _SPLITTERS and unit + 1 < len(tokens)
    if not is_split or tokens[unit + 1].text not in _RANGES:
        return False
    return any(entry.item.sort is Sort.GRAIN for entry in chart[unit])


def _ends_compound(chart: Chart, at: int) -> bool:
    """ "queue time on chat" is no "time on chat"."""
    return at > 0 and any(
        entry.item.sort is Sort.METRIC and not entry.item.sense.is_soft and not entry.rest and entry.item.end > at
        for entry in chart[at - 1]
    )


def _ends_before_time(chart: Chart, tokens: Sequence[Token], end: int) -> bool:
    """ "lower than on phone in May": the phone, and when; nobody phones in."""
    is_bare = end > 1 and tokens[end - 1].text in _WHEN and tokens[end - 2].text in ("phone", "chat", "mail", "email")
    if end >= len(tokens) or not is_bare:
        return False
    return any(entry.item.sort is Sort.TIME for entry in chart[end])


def _goes_on_within(tokens: Sequence[Token], end: int) -> bool:
    """ "calls were answered within 20 seconds" is no bare count of answered calls."""
    return end < len(tokens) and tokens[end - 1].text == "answered" and tokens[end].text in _WITHIN


def _is_loaded_cost(tokens: Sequence[Token], end: int) -> bool:
    """ "how does our loaded cost" asks how loaded nobody is."""
    return end < len(tokens) and tokens[end - 1].text == "loaded" and tokens[end].stem == "cost"


def _ends_in_ordinal(chart: Chart, tokens: Sequence[Token], end: int) -> bool:
    """ "in the second quarter" answers within no second."""
    if end >= len(tokens) or tokens[end - 1].text != "second":
        return False
    return tokens[end].text == "half" or any(entry.item.sort is Sort.GRAIN for entry in chart[end])


def _ranks_by_metric(chart: Chart, at: int) -> bool:
    """ "top 3 teams by agent utilization": no metric before the "by", and a longer phrase than the dimension behind."""
    if any(entry.item.sort is Sort.METRIC and entry.item.end < at for column in chart[: at - 1] for entry in column):
        return False
    if not any(entry.item.sort is Sort.DIMENSION for column in chart[: at - 1] for entry in column):
        return False  # "and by queue right now" in a thread
    longest = max((entry.item.end for entry in chart[at] if entry.item.sort is Sort.DIMENSION), default=at)
    return any(
        entry.item.sort is Sort.METRIC and not entry.item.sense.is_soft and entry.item.end > longest
        for entry in chart[at]
    )


def _keep_breakdown(column: list[Entry]) -> None:
    """Keep "by queue right now" a breakdown: "queue right now" is a metric only where no "by" stands before it."""
    if any(entry.item.sort is Sort.DIMENSION for entry in column):
        column[:] = [entry for entry in column if entry.item.sort is not Sort.METRIC]


def _chart(chart: Chart, tokens: Sequence[Token], match: Match) -> None:
    senses = tuple(sorted(match.senses, key=_sense_cost))
    for number, (start, end) in enumerate(match.spots):
        if number == 0:
            item = Item(senses[0], start, end, _words(tokens, start, end), also=senses[1:])
        else:
            item = Item(_REST, start, end, _words(tokens, start, end))
        chart[start].append(Entry(item, match.pair, match.spots[1:] if number == 0 else (), match.fillers))


def _cheapest(chart: Chart) -> list[Item]:
    """Return the cheapest cover in which every phrase with a gap has all its parts."""
    while True:
        entries = _cover(chart)
        torn = _torn(entries)
        if not torn:
            items = [_with_values(_merged(entry.item, chart[entry.item.start]), chart) for entry in entries]
            return [*items[:1], *(_split(before, item, chart) for before, item in itertools.pairwise(items))]
        for column in chart:
            column[:] = [entry for entry in column if entry.pair not in torn]


def _split(before: Item, item: Item, chart: Chart) -> Item:
    """Keep "by queue" a breakdown where "queue" is also the end of a metric's phrase."""
    if item.sense is not _REST or not before.is_operation("by"):
        return item
    dims = [entry.item for entry in chart[item.start] if entry.item.sort is Sort.DIMENSION]
    return next((dim for dim in dims if dim.end == item.end), item)


def _torn(entries: Sequence[Entry]) -> set[int]:
    """Return the phrases of which only some parts were chosen; a later part may serve two phrases."""
    later = {(entry.item.start, entry.item.end) for entry in entries if entry.item.sense is _REST}
    torn: set[int] = set()
    claimed: set[tuple[int, int]] = set()
    for entry in entries:
        if entry.pair and entry.item.sense is not _REST:
            if later.issuperset(entry.rest):
                claimed |= set(entry.rest)
            else:
                torn.add(entry.pair)
    # A first part that misses its later ones goes first: another phrase with the same first part may have them.
    return torn or {
        entry.pair
        for entry in entries
        if entry.item.sense is _REST and (entry.item.start, entry.item.end) not in claimed
    }


def _with_values(item: Item, chart: Chart) -> Item:
    """Keep the value that a metric's phrase swallowed: "first email reply" is about email."""
    sense = item.sense
    if sense is _REST:
        inside = [entry.item for at in range(item.start, item.end) for entry in chart[at]]
        own = [value for value in inside if value.sort is Sort.VALUE and value.end <= item.end]
        if own and not (item.end - item.start > 1 and set(own[0].sense.values) & _IMPLIED):
            return replace(item, sense=own[0].sense, also=own[0].also)
        return item
    if sense.sort is not Sort.METRIC or sense.values:
        return item
    found = {
        pair
        for at in range(item.start, item.end)
        for entry in chart[at]
        for pair in entry.item.sense.values
        if entry.item.sort is Sort.VALUE and entry.item.end <= item.end and not entry.item.sense.is_choice
    }
    kept = tuple(pair for pair in sorted(found) if pair not in _IMPLIED)
    return replace(item, sense=replace(sense, values=kept)) if kept else item


def _cover(chart: Chart) -> list[Entry]:
    size = len(chart)
    best: list[tuple[float, Entry | None]] = [(0.0, None)] * (size + 1)
    for at in range(size - 1, -1, -1):
        best[at] = min(
            ((entry.cost + best[entry.item.end][0], entry) for entry in chart[at]), key=lambda found: found[0]
        )
    found: list[Entry] = []
    at = 0
    while at < size:
        entry = best[at][1]
        assert entry is not None
        found.append(entry)
        at = entry.item.end
    return found


def _merged(item: Item, rivals: Sequence[Entry]) -> Item:
    """Keep the other senses of the same words: "drop" removes a filter, and tells of a fall."""
    also = [
        sense
        for rival in (entry.item for entry in rivals)
        if (rival.start, rival.end) == (item.start, item.end)
        for sense in (rival.sense, *rival.also)
        if sense not in (item.sense, _REST)
    ]
    return replace(item, also=tuple(dict.fromkeys((*item.also, *also))))


def _sense_cost(sense: Sense) -> float:
    if sense is _REST:
        return 0.5
    if sense.sort is Sort.METRIC and sense.is_soft:
        return _SOFT
    if sense.sort is Sort.UNKNOWN and sense.keys:
        return _UNSUPPORTED
    return _COSTS[sense.sort]


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
