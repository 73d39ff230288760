"""Words that would narrow a figure and that no table knows: what stands in the place of a noun is never framing.

A word of framing is passed over because of what it says elsewhere ("one more thing", "this type of question"). Behind
"by" or "for", right before a metric or a dimension, or in quotes it would say of what the figure is wanted, and there
it counts as not understood.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from frontline.catalog.lexicon import Lexicon
from frontline.metrics.questions.events import is_event
from frontline.metrics.questions.neighbours import RANKS
from frontline.metrics.questions.senses import IN_NOUN_PLACE, Item, Sense, Sort
from frontline.metrics.questions.words import Token
from frontline.metrics.questions.wordsets import BUYERS, DETERMINERS

# A strange word may still be somebody's name; what was framing, or said another thing, is none.
_STRANGE = Sense(Sort.UNKNOWN, (IN_NOUN_PLACE,))
_NARROWING = Sense(Sort.UNKNOWN, ("narrowing",))
_PREPOSITIONS = frozenset(
    {"of", "for", "in", "on", "from", "with", "among", "amongst", "at", "within", "under", "van", "bij", "voor", "to"}
) | frozenset({"including", "include", "incl", "excluding", "exclude", "excl", "plus", "minus"})
_ABOUT = frozenset({"about", "regarding", "concerning", "over"})
# Behind a bare "by" these are no breakdown.
_CAUSED = frozenset({"caused", "driven", "triggered", "generated", "created", "due"})
_NO_BREAKDOWN = frozenset({
    "far", "now", "then", "default", "the way", "us", "me", "you", "them", "hand", "accident", "chance", "and", "any",
    "bot", "chatbot", "customers", "customer", "people", "clients", "callers", "no means", "all means", "itself",
})  # fmt: skip
_SPLITTERS = frozenset(
    {"per", "split", "splitted", "broken", "breakdown", "grouped", "group", "segmented", "sliced", "each", "every"}
)
_SHOWN = frozenset(
    {"breakdown", "ranking", "split", "comparison", "overview", "table", "leaderboard", "list", "view", "ranked"}
)
# "the gold team": a team that nobody has, not the team's gold customers.
_UNLIKE = {
    "queue": frozenset({"topic", "product", "tier", "segment", "region", "team"}),
    "team": frozenset({"topic", "product", "tier", "segment"}),
}
_ASKS_WHY = frozenset({"why", "waarom", "hoezo", "how come"})
# Metrics that are themselves about the first contact or answer.
_OF_FIRST = frozenset({"fcr_rate", "fcr_rate_same_topic", "fcr_rate_marked", "first_response_time"})
_GONE = frozenset({"deleted", "removed", "cleared"})
_DEGREES = frozenset({"low", "high", "short", "long", "slow", "fast", "good", "bad", "poor", "normal"})
_SHIFTS = frozenset({"shift", "shifts", "shifts between"})
_HAVING = frozenset({"have", "has", "had", "having", "with"})
_STILL = frozenset({"still", "already", "ever", "currently", "also", "yet", "running", "pending"})
_NAME_ENDS = frozenset({"plus", "extra", "super", "prime", "max", "light", "basic", "smart"})
_OURS = frozenset({"my", "our", "your", "onze", "mijn"})
_QUOTES = frozenset("'\"")
_LONGEST_QUOTE = 6


class Heads:
    """Finds the nouns of one lexicon's framing that would narrow a figure where they stand."""

    def __init__(self, lexicon: Lexicon, *, company: Collection[str] = ()) -> None:
        """``company`` are the names of the organisation itself."""
        self._company = frozenset((*company, *lexicon.asides.company))
        self._narrowing = frozenset(lexicon.narrowing)
        self._fillers = frozenset((*lexicon.fillers, *lexicon.persons.heads))

    def doubted(self, items: Sequence[Item], tokens: Sequence[Token]) -> list[Item]:
        """Return the items with those that narrow, and that nobody knows, turned into unknown ones."""
        found = list(items)
        items = [replace(item, words=" ".join(token.text for token in tokens[item.start : item.end])) for item in items]
        strange = {
            *self._quoted(items, tokens),
            *(near for at in range(len(items)) for near in self._behind_split(items, at)),
            *(at for at in range(len(items)) if self._narrows(items, at) or _names_no_group(items, at)),
            *(at for at in range(len(items)) if self._is_guessed(items, at, tokens)),
            *(at for at in range(len(items)) if is_event(items, at) or _lacks(items, at)),
            *(at for at in range(len(items)) if _is_spent_by_customers(items, at)),
            *(at for at in range(len(items)) if _is_had_by_customers(items, at)),
            *(at for at in range(len(items)) if _ends_name(items, at, company=self._company)),
            *(at for at in range(len(items)) if _is_parked(items, at)),
        }
        for at in strange:
            is_strange = items[at].sort is Sort.UNKNOWN
            found[at] = replace(found[at], sense=_STRANGE if is_strange else _NARROWING, also=())
        return found

    def _quoted(self, items: Sequence[Item], tokens: Sequence[Token]) -> set[int]:
        """ "topic 'number porting'": a name in quotes of which some words are nobody's."""
        found: set[int] = set()
        for start, item in enumerate(items):
            if item.key not in _QUOTES or item.sort is not Sort.MARK or tokens[item.start].glued:
                continue
            reach = range(start + 2, min(start + 2 + _LONGEST_QUOTE, len(items)))
            end = next((at for at in reach if items[at].sort is Sort.MARK and items[at].key == item.key), None)
            if end is None:
                continue
            inside = items[start + 1 : end]
            is_value = all(one.sort is Sort.VALUE or one.is_operation("and", "or") for one in inside)
            is_metric = any(one.is_hard for one in inside)
            if not is_value and not is_metric and start and items[start - 1].sort is Sort.DIMENSION:
                found |= set(range(start + 1, end))
        return found

    def _behind_split(self, items: Sequence[Item], at: int) -> list[int]:
        """ "by root cause", "per shift type", "split by manager": what is no dimension splits nothing."""
        item = items[at]
        words = item.words.split(" ")
        is_rest = item.key == "rest" and words[-1] in ("by", "per")  # "break churn down by"
        is_rest = is_rest and any(one.is_operation("by") for one in items[:at])
        if not is_rest and (not item.is_operation("by") or item.sort is not Sort.OPERATION):
            return []
        is_strict = is_rest or bool(_SPLITTERS & set(words))
        named = {key for one in items[:at] if one.is_hard for key in one.sense.keys}
        found: list[int] = []
        head = at + 1
        while head < len(items):
            start = head
            while head < len(items) and (items[head].words in DETERMINERS or items[head].is_operation("all")):
                head += 1
            if head >= len(items) or (head > start and not is_strict):  # "by the drop", "by our agents"
                break
            is_nothing = self._splits_nothing(items[head], named) or _counts_nothing(items, at, head)
            if items[head].is_hard and any(one.is_operation(*RANKS) for one in items[max(0, at - 3) : at]):
                is_nothing = False  # "top four topics by recontact rate"
            found += [head] if is_nothing else self._nouns_behind(items, head)
            joint = items[head + 1] if head + 1 < len(items) else None
            is_joint = joint is not None and (joint.is_operation("and", "or") or joint.key in ("/", "&", "+"))
            if items[head].sort is not Sort.DIMENSION or not is_joint:
                break
            head += 2
        return found

    def _splits_nothing(self, item: Item, named: set[str]) -> bool:
        if item.sort is Sort.OPERATION:
            is_noun = item.is_operation("why", "change", "level", "target", "trend", "answered")
            return is_noun and item.words not in _ASKS_WHY
        if item.sort is Sort.METRIC:  # "qa by auditor": the metric again is no breakdown of it
            is_again = item.is_hard and bool(named) and set(item.sense.keys) <= named
            return is_again or (item.sense.is_soft and item.words in self._narrowing)
        is_framing = item.sort is Sort.FRAMING and item.key != "aside" and item.words in self._narrowing
        return item.sort is Sort.UNKNOWN or is_framing

    def _nouns_behind(self, items: Sequence[Item], head: int) -> list[int]:
        """ "by household income", "by team type"."""
        if items[head].sort not in (Sort.DIMENSION, Sort.VALUE):
            return []
        after = head + 1
        if after < len(items) and items[head].sort is Sort.VALUE and items[after].sort is Sort.DIMENSION:
            is_own = any(dim == items[after].key for dim, _ in items[head].sense.values)
            return [] if is_own else [head, after]  # "by price segment"
        sorts = (Sort.FRAMING, Sort.OPERATION, Sort.MEASURE)
        if after < len(items) and items[after].sort in sorts and items[after].words in self._narrowing:
            return [after]
        return []

    def _narrows(self, items: Sequence[Item], at: int) -> bool:
        item = items[at]
        if item.sort is Sort.UNKNOWN and not item.key:
            if item.words.endswith(("ed", "ing")):  # "forms started to submitted": what the metric does
                return False
            return _behind_preposition(items, at) or (at + 1 < len(items) and items[at + 1].sort is Sort.DIMENSION)
        if item.words == "first" and item.sort is Sort.FRAMING:
            keys = {key for one in items if one.sort is Sort.METRIC for key in one.sense.keys}
            return not keys & _OF_FIRST and _before_content(items, at)
        if item.is_operation("per_unit") or (at and items[at - 1].is_operation("per_unit")):
            return _is_noun_behind_unit(items, at)  # "csat per survey question"
        if item.words in _SHIFTS:
            is_noun = item.words == "shifts" and (at + 1 == len(items) or items[at + 1].words != "in")
            return is_noun or _behind_preposition(items, at)
        if item.is_operation("level") and _is_degree_of_counted(items, at):
            return True
        if item.is_operation("remove") and item.words in _GONE and at and items[at - 1].sort is Sort.METRIC:
            return True  # "cases deleted"
        if item.is_operation("remove") and not item.is_operation("change") and at and items[at - 1].words == "the":
            return _behind_preposition(items, at)  # "escalation rate of the lift"
        if item.sort in (Sort.OPERATION, Sort.DIMENSION):
            return _is_told_about(items, at) or _is_participle_of(items, at)
        if item.sort is not Sort.FRAMING or item.key or item.words not in self._narrowing:
            return False
        if at and items[at - 1].sort is Sort.VALUE:  # "small business accounts"
            return False
        after = items[at + 1] if at + 1 < len(items) else None
        if item.words == "own" and at and items[at - 1].words in _OURS and after is not None and after.is_hard:
            return False  # "our own csat"
        return _behind_preposition(items, at) or _before_content(items, at)

    def _is_guessed(self, items: Sequence[Item], at: int, tokens: Sequence[Token]) -> bool:
        """Whether a noun was taken for a misspelt word of framing: "csat of the grail" asks of the grail."""
        item = items[at]
        if item.sort is not Sort.FRAMING or item.key or item.end - item.start > 1:
            return False
        token = tokens[item.start]
        is_changed = token.kind == "word" and token.raw.split("'")[0] != token.text.split("'")[0]
        if not is_changed or token.raw.replace("'", "") == token.text or token.text in self._fillers:
            return False
        return _behind_preposition(items, at) or _before_content(items, at)


def _counts_nothing(items: Sequence[Item], at: int, head: int) -> bool:
    """ "calls by duration", "fcr by attempt", "churn by tariff": behind "by" stands what is counted, or how.

    A ranking may be by a metric ("top topics by volume").
    """
    item = items[head]
    if any(one.is_operation(*RANKS, "rank", "which") or one.sense.rank for one in items):
        return False
    if item.sort is Sort.VALUE:  # "calls by phone" are, "calls caused by outages" too
        is_caused = at > 0 and items[at - 1].words in _CAUSED
        dims = {dim for dim, _ in item.sense.values}
        return dims == {"topic"} and not is_caused and items[at - 1].sort in (Sort.METRIC, Sort.MARK)
    if item.sort is Sort.FRAMING:
        if head + 1 < len(items) and items[head + 1].sort is Sort.GRAIN:  # "per calendar week from 1 May"
            return False
        is_noun = item.key == "" and " " not in item.words and item.words not in _NO_BREAKDOWN | DETERMINERS
        return is_noun and items[at].words in ("by", "per") and at > 0 and items[at - 1].sort is Sort.METRIC
    is_measure = item.sort is Sort.MEASURE or (item.sort is Sort.METRIC and item.sense.is_soft)
    return is_measure and any(one.sort is Sort.METRIC for one in items[:at]) and items[at - 1].sort is Sort.METRIC


def _names_no_group(items: Sequence[Item], at: int) -> bool:
    """ "the complaints queue", "the gold team": what stands before the dimension names none of its values."""
    if at + 1 >= len(items) or items[at + 1].sort is not Sort.DIMENSION:
        return False
    item, dim = items[at], items[at + 1]
    behind = items[at + 2] if at + 2 < len(items) else None
    is_label = behind is not None and any(pair[0] == dim.key for pair in behind.sense.values)
    if is_label or (behind is not None and set(behind.words.split(" ")) & _SHOWN):
        return False
    if item.sort is Sort.DIMENSION:  # "medium priority"
        return True
    before = items[at - 1] if at else None
    is_named = before is not None and before.words.split(" ")[-1] in DETERMINERS | _PREPOSITIONS
    if item.sort is Sort.METRIC and item.sense.is_soft and not dim.words.endswith("s"):
        return is_named and not item.sense.values
    is_listed = before is not None and before.is_operation("and", "or")
    if item.sort is Sort.VALUE and (is_named or is_listed):
        return not item.sense.is_choice and item.sense.values[0][0] in _UNLIKE.get(dim.key, ())
    return False


def _is_noun_behind_unit(items: Sequence[Item], at: int) -> bool:
    item, before = items[at], items[at - 1] if at else None
    is_counted = item.sort is Sort.METRIC and item.sense.is_soft
    return before is not None and before.is_operation("per_unit") and is_counted


def _is_degree_of_counted(items: Sequence[Item], at: int) -> bool:
    """ "low cases in May", "aht of long calls": an adjective before what is counted says which."""
    after = items[at + 1] if at + 1 < len(items) else None
    is_counted = after is not None and after.sort is Sort.METRIC and _is_soft(after) and " " not in after.words
    before = items[at - 1] if at else None
    if before is not None and (before.is_operation("and", "or") or before.key == ","):  # "high and normal tickets"
        return False
    tells = any(one.is_operation("why", "change", "target", "which") for one in items)
    return is_counted and items[at].words in _DEGREES and not tells


def _is_told_about(items: Sequence[Item], at: int) -> bool:
    """ "calls about moving", "contacts about tv channels": what is told there splits and tells nothing."""
    item, start = items[at], at - 1
    while start >= 0 and (items[start].words in DETERMINERS or items[start].sort in (Sort.VALUE, Sort.DIMENSION)):
        start -= 1
    if start < 1 or items[start].words not in _ABOUT or items[start - 1].sort not in (Sort.METRIC, Sort.VALUE):
        return False
    if item.sort is Sort.OPERATION:
        return item.is_operation("trend", "change", "remove", "level", "target") and not item.is_operation(*RANKS)
    near = [*items[at - 1 : at], *items[at + 1 : at + 2]]
    return not any(pair[0] == item.key for one in near for pair in one.sense.values)


def _is_participle_of(items: Sequence[Item], at: int) -> bool:
    """ "csat of cancelled customers": a participle before those who are counted says which of them."""
    item, after = items[at], items[at + 1] if at + 1 < len(items) else None
    if after is None or item.sort is not Sort.OPERATION or not item.words.endswith(("ed", "ing")):
        return False
    is_counted = after.words in BUYERS or after.sort is Sort.VALUE or (after.sort is Sort.METRIC and _is_soft(after))
    is_said = item.is_operation("change", "remove", "trend", "also") and not item.is_operation("not", "by", "vs")
    return is_counted and is_said and _behind_preposition(items, at)


def _lacks(items: Sequence[Item], at: int) -> bool:
    """ "tickets without any priority", "handled by both care and tech": no value of the dimension says that."""
    item, before = items[at], items[at - 1] if at else None
    if before is None:
        return False
    if item.sort is Sort.DIMENSION:
        is_any = before.is_operation("all") or before.words in ("a", "an", "any")
        near = items[at - 2] if is_any and at > 1 else before
        behind = items[at + 1] if at + 1 < len(items) else None
        is_label = behind is not None and any(pair[0] == item.key for pair in behind.sense.values)
        return (
            near.is_operation("not")
            and near.words in ("without", "no", "not having", "zonder", "lacking")
            and not is_label
        )
    return item.words == "both" and before.words in ("by", "through", "via", "between")


def _is_spent_by_customers(items: Sequence[Item], at: int) -> bool:
    """ "the average spend of a platinum customer" is the customer's money, not the cost of the desk."""
    item = items[at]
    if item.sort is not Sort.METRIC or not {"spend", "spending", "spent"} & set(item.words.split(" ")):
        return False
    behind = [one for one in items[at + 1 : at + 5] if one.words not in DETERMINERS]
    is_of = len(behind) > 1 and behind[0].words in ("of", "by", "from", "per")
    return is_of and bool(BUYERS & set(behind[1].words.split(" ")))


def _is_had_by_customers(items: Sequence[Item], at: int) -> bool:
    """ "nps of the customers who have a complaint": what is counted says of whom another figure is wanted."""
    item = items[at]
    if item.sort is not Sort.METRIC or not item.sense.is_soft or not any(one.is_hard for one in items):
        return False
    start = at - 1
    while start > 0 and (items[start].words in DETERMINERS | _STILL or items[start].is_operation("also", "all")):
        start -= 1
    before = items[start - 1] if start > 0 else None
    is_whose = start > 0 and bool(_HAVING & set(items[start].words.split(" ")))
    while (
        before is not None
        and start > 1
        and (before.words in ("who", "that", "which") or before.words in _STILL or before.is_operation("also"))
    ):
        start -= 1
        before = items[start - 1]
    return is_whose and before is not None and bool(BUYERS & set(before.words.split(" ")))


def _is_parked(items: Sequence[Item], at: int) -> bool:
    """ "tickets that stand on hold until the customer answers": a state of cases, no wait for an agent."""
    waits = {"asa", "contacts_waiting"}
    is_held = items[at].sort is Sort.METRIC and bool(waits & set(items[at].sense.keys))
    if not at or not is_held or "hold" not in items[at].words.split(" "):
        return False
    return items[at - 1].sort is Sort.METRIC and items[at - 1].sense.keys == ("case_volume",)


def _ends_name(items: Sequence[Item], at: int, *, company: frozenset[str]) -> bool:
    """ "the Aurora Plus team", "Harbor Plus": a name with more to it than the one that is known."""
    if not at or items[at].words not in _NAME_ENDS:
        return False
    before, after = items[at - 1], items[at + 1] if at + 1 < len(items) else None
    is_name = before.words in company or (
        before.sort is Sort.VALUE and before.sense.values[0][0] in ("team", "site", "product")
    )
    is_added = after is not None and (after.sort in (Sort.VALUE, Sort.METRIC) or after.words in DETERMINERS)
    return is_name and not is_added


def _behind_preposition(items: Sequence[Item], at: int) -> bool:
    before = at - 1
    while before >= 0 and items[before].words in DETERMINERS:
        before -= 1
    sorts = (Sort.FRAMING, Sort.OPERATION)
    return before >= 0 and items[before].sort in sorts and items[before].words in _PREPOSITIONS


def _before_content(items: Sequence[Item], at: int) -> bool:
    after = items[at + 1] if at + 1 < len(items) else None
    is_content = after is not None and after.sort in (Sort.METRIC, Sort.DIMENSION, Sort.VALUE)
    return is_content and after is not None and not after.is_operation(*RANKS)


def _is_soft(item: Item) -> bool:
    return item.sense.is_soft and item.sense.is_counted
