"""Remarks around a question: greetings, reasons, addressees. They are passed over; what could be content never is."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from frontline.catalog.lexicon import Lexicon
from frontline.metrics.questions.narrowing import narrows
from frontline.metrics.questions.neighbours import RANKS
from frontline.metrics.questions.senses import ASIDE, Item, Sort, clauses_of
from frontline.metrics.questions.vocabulary import expand
from frontline.metrics.questions.words import cut
from frontline.metrics.questions.wordsets import DETERMINERS

_OPENERS = frozenset({"for", "before", "ahead", "at", "voor", "in", "during", "to"})
_WITHIN = frozenset({"in", "during", "at"})
# What these count goes to somebody.
_MOVES = frozenset({"escalation_rate", "transfer_rate", "handoff_sla"})
_BEFORE_EVENT = DETERMINERS | {"mijn", "next", "tomorrow", "todays"}
# What is said with these is said of the figure.
OF_THE_QUESTION = (
    *RANKS,
    "rank",
    "by",
    "vs",
    "not",
    "per_other",
    "threshold",
    "compare",
    "previous",
    "last_year",
    "target",
)
_CONTRACTIONS = ("'s", "'re", "'ve", "'d", "'ll", "'m", "n't")
_BARE_EVENTS = frozenset(
    {"management", "finance", "board", "hr", "marketing", "directie", "exco", "leadership", "shareholders"}
)
_ASKS = frozenset({
    "asked", "asks", "asking", "wants", "wondered", "wonders", "requested", "requests", "vraagt", "vroeg", "needs",
    "want", "wanted", "need",
})  # fmt: skip
_CONTENT = frozenset({Sort.METRIC, Sort.VALUE, Sort.DIMENSION})
# Within a clause these words tell of the question itself.
_MIDWAY = frozenset({"before", "while", "now", "since", "for", "to", "considering", "as"})
# With these the question points back at what was told before it.
_POINTING = frozenset({"there", "their", "theirs", "them", "they", "both"})
_PAIRS = frozenset({("the", "two"), ("those", "two"), ("these", "two"), ("the", "three")})
# Fewer words in brackets are a name.
_REMARK = 3
# Longest stretch from "for my" to the event it is for.
_REACH = 6


class Asides:
    """Finds the remarks of one lexicon's words."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.asides
        self._events = phrases_of(words.events)
        self._speakers = phrases_of(words.speakers)
        self._reasons = phrases_of(words.reasons)
        self._greetings = phrases_of(words.greetings)
        self._subjects = frozenset(words.subjects)
        self._finite = frozenset(words.finite)
        self._contracted = frozenset(words.contracted)
        self._restricting = frozenset(words.restricting)
        self._corrections = phrases_of(words.corrections)
        self._closings = phrases_of(words.closings)

    def pass_over(self, items: Sequence[Item]) -> list[Item]:
        """Return the items with those of a remark turned into framing."""
        found = list(items)
        if len(found) > 2 and found[0].words in ("no", "nope", "nah", "nee") and found[1].sort is Sort.MARK:
            _blank(found, 0, 2)  # "no, per team"
        if found and found[0].words == "wow":  # no week on week
            _blank(found, 0, 1)
        self._pass_corrected(found)
        self._pass_deadline(found)
        self._pass_greeting(found)
        self._pass_event(found)
        self._pass_asker(found)
        self._pass_clauses(found)
        self._pass_remarks(found)
        self._pass_closing(found)
        return found

    def _pass_greeting(self, items: list[Item]) -> None:
        """ "Hi Tom," / "Dear all": up to two names before a mark."""
        if (size := _opens(items, 0, self._greetings)) and (names := _names(items, size)) is not None:
            _blank(items, 0, names)

    def _pass_corrected(self, items: list[Item]) -> None:
        """ "in May, I mean April": what was said first goes."""
        for at, item in enumerate(items):
            if not _opens(items, at, self._corrections):
                continue
            before = next((n for n in range(at - 1, -1, -1) if items[n].sort not in (Sort.MARK, Sort.FRAMING)), None)
            after = next((one for one in items[at + 1 :] if one.sort not in (Sort.MARK, Sort.FRAMING)), None)
            if before is None or after is None:
                continue
            said = items[before]
            is_time = said.sort is after.sort is Sort.TIME
            is_value = said.sort is after.sort is Sort.VALUE and said.sense.values[0][0] == after.sense.values[0][0]
            if is_time or is_value:
                _blank(items, before, items.index(item) + 1)

    def _pass_deadline(self, items: list[Item]) -> None:
        """ "I need it before Friday noon": an hour of which no figure is asked."""
        for at, item in enumerate(items[:-1]):
            if item.words not in ("before", "by", "voor") or not any(
                word in _ASKS for one in items[:at] for word in one.words.split(" ")
            ):
                continue
            end = at + 1
            while end < len(items) and items[end].sort is Sort.TIME:
                end += 1
            whens = [one.sense.when for one in items[at + 1 : end]]
            if any(when is not None and when.is_part_of_day for when in whens):
                _blank(items, at, end)

    def _pass_closing(self, items: list[Item]) -> None:
        """ "thanks, Marieke": up to two names between the courtesy and the end."""
        for at in range(len(items)):
            size = _opens(items, at, self._closings)
            if size and at > 0:
                rest = [item for item in items[at + size :] if item.sort not in (Sort.MARK, Sort.FRAMING)]
                if len(rest) <= 3 and all(item.sort is Sort.UNKNOWN and not item.key for item in rest):
                    _blank(items, at, len(items))
                    return

    def _pass_event(self, items: list[Item]) -> None:
        """ "for my Friday board presentation", "before the meeting with finance tomorrow"."""
        at = 0
        while at < len(items):
            is_within = at > 0 and _belongs_to(items[at - 1], items[at].words)
            end = self._event_end(items, at) if items[at].words in _OPENERS and not is_within else None
            if end is None:
                at += 1
                continue
            end = _event_tail(items, end)
            _blank(items, at, end)
            at = end

    def _event_end(self, items: Sequence[Item], at: int) -> int | None:
        inner = at + 1
        if inner < len(items) and items[inner].words == "of":  # ahead of
            inner += 1
        if inner >= len(items):
            return None
        first = items[inner].words.split(" ")[0]
        if first in _BARE_EVENTS and _is_open(items, inner + 1):
            return inner + 1
        if size := _opens(items, inner, self._events):
            is_last = inner + size >= len(items) or items[inner + size].sort is Sort.MARK
            return inner + size if is_last else None
        has_determiner = first in _BEFORE_EVENT or first.endswith("'s") or items[inner].sort is Sort.TIME
        if not has_determiner:
            return None
        end = None
        for step in range(inner, min(inner + _REACH, len(items))):
            item = items[step]
            if size := _opens(items, step, self._events):
                end = step + size
            if end is not None and step < end:
                continue
            if (item.sort is Sort.MARK and item.key not in "/'-") or (
                item.sort is Sort.METRIC and not item.sense.is_soft
            ):
                break
            if step > inner and item.sort is Sort.VALUE:
                break
            if item.words.split(" ")[0] in ("by", "per", "vs", "what", "how", "and", "which", "for", "in"):
                break
            if end is not None:
                break
        if end is not None and end < len(items) and items[end].sort in (Sort.DIMENSION, Sort.VALUE):
            return None if items[end].words in ("segment", "queue", "team") else end
        return end

    def _pass_asker(self, items: list[Item]) -> None:
        """ "Marieke from finance asks:", "my boss wants to know"."""
        for at, item in enumerate(items[:8]):
            words = item.words.split(" ")
            if words[0] in _ASKS and at > 0:
                before = items[:at]
                strange = [one for one in before if one.sort in (Sort.UNKNOWN, Sort.NUMBER)]
                if len(strange) <= 3 and not any(one.sort in _CONTENT and not one.sense.is_soft for one in before):
                    _blank(items, 0, at + 1)
                return

    def _pass_clauses(self, items: list[Item]) -> None:
        """Reasons anywhere up to the next mark; remarks with a speaker of their own between marks."""
        for start, end in clauses_of(items):
            inside = items[start:end]
            outside = [*items[:start], *items[end:]]
            if not any(item.sort is Sort.METRIC for item in outside):
                reason = next((at for at in range(start, end) if self._is_reason(items, at, start)), None)
                if reason is not None and any(item.sort is Sort.METRIC for item in items[start:reason]):
                    has_time = any(item.sort is Sort.TIME for item in (*items[:reason], *items[end:]))
                    _blank(items, reason, end, keeps_time=not has_time)
                continue
            reason = next((at for at in range(start, end) if self._is_reason(items, at, start)), None)
            if reason is not None and not (
                any(item.is_hard for item in items[reason:end]) or narrows(items[reason:end])
            ):
                has_time = any(item.sort is Sort.TIME for item in (*items[:reason], *items[end:]))
                _blank(items, reason, end, keeps_time=not has_time)
            elif _opens(items, start, self._speakers) and not (
                any(_is_content(item) for item in inside) or narrows(inside)
            ):
                has_event = any(_opens(items, at, self._events) for at in range(start, end))
                if has_event or any(item.sort is Sort.UNKNOWN for item in inside):
                    _blank(items, start, end)

    def _pass_remarks(self, items: list[Item]) -> None:
        """ "Coffee hasn't kicked in yet, ..." beside a clause that asks: a strange statement of its own."""
        self._pass_brackets(items)
        clauses = clauses_of(items)
        core = [clause for clause in clauses if any(item.is_hard for item in items[slice(*clause)])]
        core = core or [clause for clause in clauses if any(item.sort is Sort.METRIC for item in items[slice(*clause)])]
        if not core or len(core) == len(clauses):
            return
        refers = any(_points_back([item.words for item in items[slice(*clause)]]) for clause in core)
        for start, end in clauses:
            inside = items[start:end]
            if (start, end) in core or any(item.is_hard for item in inside):
                continue
            values = [item for item in inside if item.sort in (Sort.VALUE, Sort.DIMENSION)]
            if refers and values:
                for at in range(start, end):
                    if items[at].sort in (Sort.UNKNOWN, Sort.NUMBER):
                        _blank(items, at, at + 1)
            elif end < len(items) and items[end].key == "?" and values:
                continue  # "are Delta or Fjord worse at that?" asks of them
            elif (self._is_statement(inside) and not refers) or (end < len(items) and _is_calm(inside)):
                _blank(items, start, end)

    def _is_statement(self, items: Sequence[Item]) -> bool:
        """Whether the words state something that nothing of the desk can be made of: subject, verb, a strange word."""
        words = [word for item in items for word in item.words.split(" ")]
        strange = [item for item in items if (item.sort is Sort.UNKNOWN and not item.key) or item.sort is Sort.NUMBER]
        if not strange or words[0] in self._restricting or narrows(items) or _keeps_to_value(items):
            return False
        if any(item.is_operation(*OF_THE_QUESTION) or item.sense.rank for item in items):
            return False
        bare = {word.replace("'", "") for word in words}
        return bool(bare & self._contracted or (bare & self._subjects and bare & self._finite)) or any(
            word.endswith(_CONTRACTIONS) for word in words
        )

    def _pass_brackets(self, items: list[Item]) -> None:
        """ "(which is due, well, yesterday)"."""
        opens = [at for at, item in enumerate(items) if item.sort is Sort.MARK and item.key == "("]
        for start in opens:
            end = next((at for at in range(start, len(items)) if items[at].key == ")"), None)
            inside = items[start + 1 : end] if end is not None else []
            # "(Rotterdam)" says of whom; a remark has more words than a name.
            is_remark = len([item for item in inside if item.sort is not Sort.MARK]) >= _REMARK
            if is_remark and _is_strange(inside) and not any(item.sort in _CONTENT for item in inside):
                _blank(items, start + 1, end or start + 1)

    def _is_reason(self, items: Sequence[Item], at: int, start: int) -> bool:
        """ "before we answered" within a clause is no remark; "Before I forget, ..." at its start is."""
        return bool(_opens(items, at, self._reasons)) and (at == start or items[at].words.split(" ")[0] not in _MIDWAY)


def phrases_of(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """Return the phrases of ``words`` as tuples of words."""
    return frozenset(tuple(token.text for token in cut(phrase)) for word in words for phrase in expand(word))


def _opens(items: Sequence[Item], at: int, phrases: frozenset[tuple[str, ...]]) -> int:
    """Return how many items from ``at`` a phrase of ``phrases`` takes, 0 for none."""
    words: list[str] = []
    best = 0
    for step, item in enumerate(items[at : at + 5], start=1):
        words.extend(item.words.replace("'", "").split(" "))
        if tuple(words) in phrases or (
            step == 1 and tuple(words[:1]) in phrases and len(words) > 1 and item.sort is Sort.FRAMING
        ):
            best = step
    return best


def _points_back(words: Sequence[str]) -> bool:
    """ "what was it there", "how did their csat go", "which of the two is faster": of what was told before."""
    said = [word for words_of in words for word in words_of.split(" ")]
    return bool(_POINTING & set(said)) or any(pair in _PAIRS for pair in itertools.pairwise(said))


def _keeps_to_value(items: Sequence[Item]) -> bool:
    """ "just the ones marked high priority": a value that is meant alone."""
    is_alone = any(item.is_operation("only") or "ones" in item.words.split(" ") for item in items)
    return is_alone and any(item.sort in (Sort.VALUE, Sort.DIMENSION) for item in items)


def _is_strange(items: Sequence[Item]) -> bool:
    return any(item.sort is Sort.UNKNOWN for item in items)


def _is_calm(items: Sequence[Item]) -> bool:
    """ "not urgent at all"."""
    is_calm = items[0].words in ("not", "nothing", "no", "niet", "geen")
    return is_calm and all(item.sort in (Sort.OPERATION, Sort.FRAMING) or item.words == "urgent" for item in items)


def _names(items: Sequence[Item], at: int) -> int | None:
    for end in range(at, min(at + 4, len(items))):
        if items[end].sort is Sort.MARK:
            return end + 1
        is_name = end == at and items[end].sort is Sort.TIME and " " not in items[end].words
        if is_name and end + 1 < len(items) and items[end + 1].sort is Sort.MARK:  # "hi April,"
            return end + 2
        if items[end].sort not in (Sort.UNKNOWN, Sort.FRAMING) and items[end].words not in ("team", "all", "both"):
            return None
    return None


def _belongs_to(metric: Item, opener: str) -> bool:
    """ "calls in the sprint", "escalations to management": said of the figure, not of whom or what it is for."""
    if metric.sort is not Sort.METRIC:
        return False
    return opener in _WITHIN or (opener == "to" and bool(_MOVES & set(metric.sense.keys)))


def _event_tail(items: Sequence[Item], end: int) -> int:
    """Take "with finance", "on Friday", "tomorrow", "this afternoon" after an event."""
    for _ in range(3):
        at = end
        if at < len(items) and items[at].words in (
            "with",
            "on",
            "at",
            "of",
            "for",
            "to",
            "this",
            "next",
            "van",
            "later",
            "in",
        ):
            at += 1
            while at < len(items) and items[at].words in ("the", "my", "our", "this"):
                at += 1
        if at >= len(items):
            break
        when = items[at].sense.when
        if (when is not None and (when.is_future or when.is_part_of_day or _is_weekday(items[at]))) or (
            at > end
            and items[end].words in ("with", "to", "for")
            and items[at].sort in (Sort.UNKNOWN,)
            and not items[at].key
        ):
            end = at + 1
        else:
            break
    return end


def _is_weekday(item: Item) -> bool:
    return (
        item.words.split(" ")[-1] in ("monday", "tuesday", "wednesday", "thursday", "friday", "today")
        and len(item.words.split(" ")) == 1
    )


def _is_open(items: Sequence[Item], at: int) -> bool:
    return at >= len(items) or items[at].sort not in (Sort.DIMENSION, Sort.VALUE)


def _is_content(item: Item) -> bool:
    return item.sort in _CONTENT and not item.sense.is_soft and item.words not in ("team", "people", "person")


def _blank(items: list[Item], start: int, end: int, *, keeps_time: bool = False) -> None:
    for at in range(start, end):
        when = items[at].sense.when
        if keeps_time and when is not None and not when.is_future:
            continue
        items[at] = replace(items[at], sense=ASIDE, also=())
