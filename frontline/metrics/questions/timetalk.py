"""Words of time in talk beside a question: "summer is nearly here", "quick one before the weekend", "got a minute?".

Only a clause of its own, set off by a mark, is taken for talk; it holds nothing but the word of time that a figure
could be asked of, and the figure is asked for in another clause.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from frontline.metrics.questions.senses import ASIDE, Item, Sort, clauses_of
from frontline.metrics.questions.wordsets import COUNTED

_IS = frozenset({"is", "its", "it's", "are", "has", "was", "het is", "we are", "it is", "'t is"})
_ARRIVES = frozenset({
    "here", "coming", "approaching", "nearing", "near", "close", "upon", "corner", "arrived", "ahead", "looming",
    "dichtbij", "begonnen", "hier", "way", "sight", "knocking", "almost there", "around the corner", "there", "begun",
})  # fmt: skip
_LEADS = frozenset({
    "quick one", "quick question", "last one", "one more", "last question", "final one", "last thing", "one more thing",
    "small one", "one thing", "quick thing", "final question", "quick", "small question", "quickly", "nog even",
    "snelle vraag", "nog een vraag", "need", "needed", "want", "wanted", "due", "urgent", "deadline", "asap",
})  # fmt: skip
_PLANS = frozenset({"presenting", "reporting", "meeting", "briefing", "travelling", "flying", "leaving"})
# "going into next week" may be when the figure is of.
_NO_VERBS = frozenset({"coming", "going", "looking", "starting", "beginning", "during", "following", "expecting"})
_UP_TO = frozenset({"before", "by", "until", "till", "for", "ahead of", "voor", "tot", "just before", "right before"})
# "I need it for April" says when the figure is of; "for tomorrow" when it is needed.
_FOR = frozenset({"for", "until", "till", "voor", "tot"})
_ABOUT = frozenset({"about", "over", "concerning", "regarding", "from", "since", "of", "in", "during"})
_GREETS = frozenset(
    {"happy", "merry", "tgif", "lovely", "glad", "thank", "enjoy", "fijne", "prettige", "another", "ugh"}
)
_AGAIN = frozenset({
    "again", "already", "finally", "at last", "vibes", "feeling", "mood", "blues", "weer", "eindelijk", "alweer",
    "morning", "afternoon", "everyone", "all", "team", "folks", "everybody", "allemaal",
})  # fmt: skip
_HAS = frozenset({"have", "got", "has", "only", "ive", "i've", "spare", "just", "heb", "maar", "takes", "take", "give"})
_BRIEF = frozenset(
    {"minute", "minutes", "min", "mins", "sec", "second", "seconds", "moment", "hour", "minuut", "minuten"}
)
_NAMES = frozenset({"april", "may", "june", "august"})
_CONTENT = frozenset({Sort.METRIC, Sort.VALUE, Sort.DIMENSION, Sort.MEASURE})
_LINES = frozenset({"second line", "2nd line", "third line", "3rd line", "tier 2", "second level"})
_FIRST_PERSON = frozenset({"i", "im", "ill", "we", "were", "ik"})
_AWAY = frozenset({"off", "away", "out", "leave", "holiday", "vacation", "travelling", "traveling", "vrij"})
_CURRENT = frozenset({"current", "present", "latest"})
_ASKS = frozenset({"wants", "want", "asks", "asked", "wonders", "needs", "would", "wanted"})


def pass_talk_of_time(items: Sequence[Item]) -> list[Item]:
    """Return the items with the clauses that only talk of time turned into framing."""
    found = _without_asking_line(_as_it_stands(list(items)))
    clauses = clauses_of(found)
    asked = [clause for clause in clauses if any(item.sort is Sort.METRIC for item in found[slice(*clause)])]
    for first, last in clauses:
        clause = found[first:last]
        if asked and (first, last) not in asked and last < len(found) and _is_talk(clause):
            found[first:last] = [replace(item, sense=ASIDE, also=()) for item in clause]
    return found


def _as_it_stands(items: list[Item]) -> list[Item]:
    """ "the current csat": how it stands, where no period is named; "current customers" says of whom."""
    if any(item.sort is Sort.TIME for item in items):
        return items
    found = list(items)
    for at, (item, after) in enumerate(itertools.pairwise(items)):
        is_of_figure = after.is_hard or (after.sort is Sort.MEASURE and after.words not in COUNTED)
        if item.sort is Sort.UNKNOWN and item.words in _CURRENT and is_of_figure:
            found[at] = replace(item, sense=ASIDE, also=())
    return found


def _without_asking_line(items: list[Item]) -> list[Item]:
    """ "second line wants to know the acw": who asks is no figure."""
    at = next((at for at, item in enumerate(items) if item.words in _LINES and item.sort is not Sort.FRAMING), None)
    if at is None or at + 2 >= len(items) or items[at + 1].words.split(" ")[0] not in _ASKS:
        return items
    if any(item.sort is not Sort.FRAMING for item in items[:at]):
        return items
    if not any(item.sort is Sort.METRIC for item in items[at + 1 :]):
        return items
    return [*items[:at], replace(items[at], sense=ASIDE, also=()), *items[at + 1 :]]


def _is_talk(clause: Sequence[Item]) -> bool:
    if any(item.sort in _CONTENT for item in clause):
        return False
    times = [at for at, item in enumerate(clause) if item.sort is Sort.TIME]
    said = {item.words for item in clause} | {word for item in clause for word in item.words.split(" ")}
    if _BRIEF & said and _HAS & said and all(_is_brief(item) for item in clause if item.sort is Sort.TIME):
        return True
    if len(times) != 1:
        return False
    at = times[0]
    before, after = clause[:at], clause[at + 1 :]
    if _is_somebody(clause, at):
        return True
    if _is_of_the_figure(before, clause[at]):
        return False
    if _is_absence(clause, clause[at]) or _is_plan(before, clause[at]):
        return True
    if _is_deadline(before) and not [item for item in after if item.sort is not Sort.FRAMING]:
        return True
    is_told = _IS & {item.words for item in clause} or clause[at].words.endswith(("'s", "’s"))
    arrives = any(word in _ARRIVES for item in after for word in (item.words, *item.words.split(" ")))
    if is_told and arrives and not any(item.sort is Sort.TIME for item in after):
        return True
    opens = [item.words for item in before]
    begins = not opens or opens[0] in _IS or bool(_GREETS & set(opens))
    ends = all(item.words in _AGAIN or item.words in ("is", "it", "over") for item in after)
    return begins and ends and bool(opens or after)


def _is_somebody(clause: Sequence[Item], at: int) -> bool:
    """ "hi june here": a month that is a name, of somebody who says who is asking."""
    after = clause[at + 1].words if at + 1 < len(clause) else ""
    is_opening = all(item.sort is Sort.FRAMING for item in clause[:at])
    return is_opening and clause[at].words in _NAMES and after in ("here", "speaking")


def _is_of_the_figure(before: Sequence[Item], time: Item) -> bool:
    """ "it is about the year 2025", "I need it for 2026 until today": the period that is asked for."""
    if any(item.words in _ABOUT for item in before):
        return True
    is_future = time.sense.when is not None and time.sense.when.is_future
    return bool(before) and before[-1].words in _FOR and not is_future


def _is_absence(clause: Sequence[Item], time: Item) -> bool:
    """ "I'm off next week so quickly": when somebody will not be there."""
    if time.sense.when is None or not time.sense.when.is_future:
        return False
    words = [word.replace("'", "") for item in clause for word in item.words.split(" ")]
    return words[0] in _FIRST_PERSON and bool(_AWAY & set(words[1:]))


def _is_plan(before: Sequence[Item], time: Item) -> bool:
    """ "presenting this tomorrow", "meeting them next week": what somebody does then."""
    is_future = time.sense.when is not None and time.sense.when.is_future
    verbs = {item.words.split(" ")[0] for item in before}
    return bool(verbs & _PLANS) or (is_future and any(verb.endswith("ing") for verb in verbs - _NO_VERBS))


def _is_brief(item: Item) -> bool:
    return bool(_BRIEF & set(item.words.split(" ")))


def _is_deadline(before: Sequence[Item]) -> bool:
    """ "quick one before", "need this by": somebody's haste."""
    if len(before) < 2 or before[-1].words not in _UP_TO | {"the", "my"}:
        return False
    return bool(_LEADS & {item.words for item in before[:-1]})
