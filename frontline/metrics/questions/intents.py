"""What a message is after: a figure, examples, debriefs, an owner, help, a change, or nothing of ours."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from frontline.catalog.lexicon import Lexicon
from frontline.metrics.questions.cues import Cues, Said
from frontline.metrics.questions.neighbours import RANKS
from frontline.metrics.questions.senses import Item, Sort
from frontline.metrics.questions.words import Token, normalise

_COURTESY = re.compile(
    r"^(?:(?:hi|hey|hello|hoi|ok|okay|please|pls|and|so|frontline|bot|team|all|just|also|now|then|kindly|thanks|oh"
    r"|(?:can|could|would|will|kun|kan|wil) (?:you|u|je|someone|we|i)"
    r"|(?:i (?:want|need|would like)|id like) (?:you )?to"
    r"|lets|let us|go ahead and|quickly|even|graag|aub) )+"
)
# "complaints aside, what is our csat": what is set aside is not asked for.
_SET_ASIDE = re.compile(r"^(?:leaving |setting |putting )?(?:\S+ ){1,5}aside (?=\S+ \S+)")
# A figure, "of", and of what.
_LEAST = 3
# Weak words that make an intent.
_ENOUGH = 3
_OWNER = "owner"
_PLACES = ("queue", "site", "team")
_BESIDE_FLOOR = (Sort.FRAMING, Sort.MARK, Sort.TIME, Sort.OPERATION, Sort.VALUE)


@dataclass(frozen=True)
class Routed:
    """The intent of a message; ``is_personal`` requests are refused whatever they are after."""

    name: str
    is_personal: bool = False


class Intents:
    """Rules over the words of one lexicon, in a fixed order: a change first, lest it pass for a question."""

    def __init__(self, lexicon: Lexicon) -> None:
        cues = {**lexicon.intents, "personal": lexicon.personal}
        self._cues = {name: Cues(lines, lexicon.classes) for name, lines in cues.items()}
        self._leanings = {name: Cues(lines, lexicon.classes) for name, lines in lexicon.leanings.items()}

    def route(self, tokens: Sequence[Token], items: Sequence[Item], *, in_thread: bool) -> Routed:
        """Return the intent of a message whose words were read as ``items``."""
        said = _said(tokens)
        hard = any(_is_certain(item) for item in items)
        if self._cued("personal", said):
            return Routed("metric", is_personal=True)
        is_command = self._cued("command", said) and not self._cued("command_read", said)
        is_sent = hard and self._cued("sent_to_me", said) and not self._cued("regularly", said)
        if is_command and not is_sent and not (in_thread and _is_patch(items)):
            return Routed("command")
        if self._cued("outside", said) and (not hard or self._cued("outside_for_sure", said)):
            return Routed("none")
        if self._is_floor(said, items):
            return Routed("floor")
        if not in_thread and self._is_standing(said, items):
            return Routed("standing")
        for name in ("ownership", "help", "debriefs", "examples"):
            if name == "help" and in_thread and _is_of_thread(items):
                continue
            if self._cued(name, said) and not self._is_figure(name, said, items, beside=_beside(tokens, items)):
                return Routed(name)
        return Routed(self._figure_or_nothing(said, items, in_thread=in_thread))

    def lean(self, tokens: Sequence[Token], items: Sequence[Item]) -> str:
        """Return the intent that weak words point to where no figure was understood, "" for none.

        One cue is one point; three are needed (four beside a metric), and one more than for any other. A count and a
        breakdown are figures.
        """
        said = _said(tokens)
        is_share = any(item.is_operation("percent_share") for item in items)
        is_figure = is_share or _is_broken_down(items)
        if is_figure or any(self._cued(name, said) for name in ("none", "outside", "counting", "tally")):
            return ""
        points = {name: cues.count(said) for name, cues in self._leanings.items()}
        first, second, *_ = sorted(points.values(), reverse=True)
        enough = _ENOUGH + any(_is_certain(item) for item in items)
        is_clear = first >= enough and first > second
        return max(points, key=lambda name: points[name]) if is_clear else ""

    def _is_floor(self, said: Said, items: Sequence[Item]) -> bool:
        """Whether today's floor is asked for: it is named, or "how are we doing" with a word for now, and no more.

        One queue, site or team may be named with it; any other content is another question.
        """
        times = [item for item in items if item.sort is Sort.TIME]
        if not all(self._cued("floor_time", Said.of(normalise(item.words))) for item in times):
            return False
        if any(item.sort not in _BESIDE_FLOOR or not _is_idle(item) for item in items):
            return False
        if len(places_of(items)) != sum(item.sort is Sort.VALUE for item in items) or len(places_of(items)) > 1:
            return False
        if any(self._cued(name, said) for name in ("ownership", "help", "debriefs", "examples")):
            return False
        if self._cued("floor", said):
            return True
        return bool(times) and not places_of(items) and self._cued("floor_now", said)

    def _is_standing(self, said: Said, items: Sequence[Item]) -> bool:
        """Whether one group is named in "how is ... doing", and nothing else: no metric, no period."""
        groups = groups_of(items)
        if len(groups) != 1 or sum(item.sort is Sort.VALUE for item in items) != 1:
            return False
        if any(item.sort not in (Sort.FRAMING, Sort.MARK, Sort.OPERATION, Sort.VALUE) for item in items):
            return False
        return all(_is_idle(item) for item in items) and self._cued("standing", said)

    def _is_figure(self, name: str, said: Said, items: Sequence[Item], *, beside: Said | None) -> bool:
        """Whether a question with a cue of ``name`` still asks for a figure: it names a metric and nothing certain.

        ``beside``: the words beside the metric's own, None without a metric.
        """
        if name == "examples" and beside is not None and any(item.is_operation("not", "vs") for item in items):
            return True
        if name == "examples" and _is_of_complaints(items):
            return True
        if name == "examples" and (self._cued("counting", said) or _is_broken_down(items) or _is_ranked(items)):
            return True
        if name == "ownership" and beside is not None and self._cued("ownership_counted", said):
            return True
        if any(item.key == "unsupported" and _OWNER in item.words for item in items):
            return True  # "cases without an owner"
        if (
            name == "examples"
            and beside is not None
            and any(item.key == "narrowing" and "complaint" in item.words for item in items)
        ):
            return True  # "nps of customers who have a complaint"
        if name in ("debriefs", "examples") and _is_figure_of_strangers(items):
            return True
        if name == "ownership" and (_is_split_by_owner(items) or _is_overdue(items)):
            return True
        if name == "help" and beside is not None and _is_set_against(items):
            return True
        if name == "debriefs" and (self._cued("incidents_counted", said) or _is_counted(items)):
            return True
        return beside is not None and not self._cued(f"{name}_for_sure", beside if name == "examples" else said)

    def _figure_or_nothing(self, said: Said, items: Sequence[Item], *, in_thread: bool) -> str:
        sorts = [item.sort for item in items]
        unknown = sum(item.sort is Sort.UNKNOWN for item in items)
        hard = any(_is_certain(item) for item in items)
        if self._cued("none", said) and not hard and (unknown or Sort.METRIC not in sorts):
            return "none"
        if Sort.METRIC in sorts:
            soft_only = not hard
            return (
                "none"
                if soft_only and unknown >= 2 and not self._cued("counting", said) and not self._cued("asking", said)
                else "metric"
            )
        has_content = any(sort in (Sort.VALUE, Sort.DIMENSION, Sort.TIME, Sort.GRAIN) for sort in sorts)
        has_operation = any(
            item.sort is Sort.OPERATION
            and not item.is_operation("and", "or", "which", "that", "only", "also", "not", "by", "all")
            for item in items
        )
        has_number = any(item.sense_of(Sort.NUMBER) is not None for item in items)
        if in_thread and not unknown and (has_content or has_operation or has_number):
            return "metric"
        if unknown:
            return "metric" if (in_thread or (has_content and self._cued("asking", said))) and unknown <= 2 else "none"
        return "metric" if has_content or has_operation else "none"

    def _cued(self, name: str, said: Said) -> bool:
        cues = self._cues.get(name)
        return cues is not None and cues.hold(said)


def _beside(tokens: Sequence[Token], items: Sequence[Item]) -> Said | None:
    """Return the words that no certain metric is made of: the "reaction" of "first reaction time" is no quote."""
    hard = [item for item in items if item.sort is Sort.METRIC and not item.sense.is_soft]
    own = {at for item in items if item in hard or item.sense.keys == ("rest",) for at in range(item.start, item.end)}
    return _said([token for at, token in enumerate(tokens) if at not in own]) if hard else None


def places_of(items: Sequence[Item]) -> list[str]:
    """Return the queues, sites and teams that are named, each for sure."""
    return [value for dim, value in groups_of(items) if dim in _PLACES]


def groups_of(items: Sequence[Item]) -> list[tuple[str, str]]:
    """Return (dimension, value) of the groups that are named, each for sure."""
    return [item.sense.values[0] for item in items if item.sort is Sort.VALUE and len(item.sense.values) == 1]


def _is_idle(item: Item) -> bool:
    return item.sort is not Sort.OPERATION or item.is_operation("that", "which", "it")


def _said(tokens: Sequence[Token]) -> Said:
    """Return the words as corrected and as typed: a slip is understood, and "subscribe" is no "subscriber"."""
    words = [token for token in tokens if not token.is_punct]
    read = (" ".join(token.text for token in words), " ".join(token.raw.replace("'", "") for token in words))
    texts = tuple(dict.fromkeys(_SET_ASIDE.sub("", text) for text in read))
    return Said(texts, tuple(_COURTESY.sub("", text) for text in texts))


def _is_certain(item: Item) -> bool:
    """Whether the words name a metric and are nothing else."""
    return item.sort is Sort.METRIC and not item.sense.is_soft


def _is_broken_down(items: Sequence[Item]) -> bool:
    """Whether the message asks for a breakdown ("by region"), which no list of texts has."""
    pairs = itertools.pairwise(items)
    return any(item.is_operation("by") and after.sort is Sort.DIMENSION for item, after in pairs)


def _is_split_by_owner(items: Sequence[Item]) -> bool:
    """ "escalations by ticket owner": a breakdown, though by nothing that is known."""
    splits = [at for at, item in enumerate(items) if item.is_operation("by")]
    is_counted = any(item.sort is Sort.METRIC for item in items)
    return is_counted and any(item.words in ("owner", "owners") for at in splits for item in items[at + 1 : at + 3])


def _is_overdue(items: Sequence[Item]) -> bool:
    """ "overdue cases", "tickets due today": cases, not what colleagues promised."""
    pairs = [*itertools.pairwise(items), *((after, before) for before, after in itertools.pairwise(items))]
    return any(
        one.words in ("overdue", "due", "late") and other.sort is Sort.METRIC and other.sense.is_counted
        for one, other in pairs
    )


def _is_ranked(items: Sequence[Item]) -> bool:
    """ "which topics have the most cases": groups are ranked, no cases are shown."""
    is_group = any(item.sort is Sort.DIMENSION for item in items) and any(item.is_operation("which") for item in items)
    return is_group and any(item.is_operation(*RANKS) for item in items)


def _is_of_complaints(items: Sequence[Item]) -> bool:
    """ "first response time to complaints about pricing": a figure, though of nothing that is known."""
    return any(
        _is_certain(item) and joint.words in ("of", "to", "for", "on", "in") and "complaint" in of.words
        for item, joint, of in zip(items, items[1:], items[2:], strict=False)
    )


def _is_figure_of_strangers(items: Sequence[Item]) -> bool:
    """ "transfer rate for p1 incidents in week 23": a figure and its period, of something that nobody knows."""
    said = [item for item in items if item.sort is not Sort.MARK]
    if len(said) < _LEAST or not _is_certain(said[0]) or said[1].words not in ("of", "for", "on", "with", "from"):
        return False
    return any(item.sort is Sort.UNKNOWN for item in said) and any(item.sort is Sort.TIME for item in said)


def _is_set_against(items: Sequence[Item]) -> bool:
    """ "the difference between the wait of this week and of last week": two periods or two values of one dimension."""
    times = sum(item.sort is Sort.TIME for item in items)
    dims = [item.sense.values[0][0] for item in items if item.sort is Sort.VALUE]
    return times > 1 or len(dims) > len(set(dims))


def _is_of_thread(items: Sequence[Item]) -> bool:
    """In a thread "could you compare it with the same quarter last year" asks for no instructions."""
    points = any(item.is_operation("compare", "vs", "that") for item in items)
    other = any(
        item.sort in (Sort.TIME, Sort.VALUE, Sort.GRAIN, Sort.DIMENSION) or item.is_operation("last_year", "previous")
        for item in items
    )
    return points and other and not any(item.sort is Sort.UNKNOWN for item in items)


def _is_counted(items: Sequence[Item]) -> bool:
    """Whether contacts or cases are counted: "how much contacts have we had"."""
    pairs = itertools.pairwise(items)
    return any(
        before.words in ("how many", "how much", "many", "much", "hoeveel") and after.sort is Sort.METRIC
        for before, after in pairs
    )


def _is_patch(items: Sequence[Item]) -> bool:
    """In a thread "add Portuguese" and "remove the filter" change the question, nothing else."""
    return any(item.is_operation("remove", "also", "instead", "filter_word") for item in items) and not any(
        item.sort is Sort.UNKNOWN for item in items
    )
