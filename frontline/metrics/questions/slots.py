"""The slot grammar: which dimension splits, which value filters, what is compared, ranked, excluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from frontline.catalog.loader import Catalog
from frontline.core.periods import Grain
from frontline.metrics.questions.draft import Draft
from frontline.metrics.questions.moments import When
from frontline.metrics.questions.neighbours import RANKS, link_levels
from frontline.metrics.questions.nouns import MetricSlots
from frontline.metrics.questions.opposites import Opposites
from frontline.metrics.questions.ranks import Ranks
from frontline.metrics.questions.senses import Item, Sort
from frontline.metrics.questions.vocabulary import Vocabulary

# Of the words that exclude these only may say something else ("no rush", "not bad, but ...").
_LIGHTLY = frozenset({"not", "no", "non", "niet", "but", "ex"})
_STOPS_NOT = frozenset({"in", "on", "for", "from", "at", "during", "over", "with"})
_WANTS = frozenset(
    {"why", "forecast", "target", "trend", "compare", "change", "level", "also", "swap", "same", "remove", "reset"}
    | {"instead", "that", "only", "all", "filter_word"}
)


_OWNED = frozenset({"the", "my", "our", "this", "that", "your", "a", "de", "onze", "mijn"})
_STAFF = frozenset({"agents", "people", "colleague", "colleagues", "advisors", "reps", "medewerkers", "employees"})
_ONE_BY_ONE = frozenset(
    {"customer", "client", "caller", "user", "subscriber", "household", "account", "manager", "case", "ticket"}
)
# "picked up" is no rise.
_TAKES_UP = frozenset({"pick", "picked", "picks", "take", "taken", "took", "taking", "picking", "opened", "brought"})
# "phone not counted", "chat left out": what was named before is unwanted.
_SAID_LAST = frozenset({
    "excluded", "out", "aside", "apart", "counted", "included", "considered", "incl", "count", "disregarded", "ignored",
    "omitted",
})  # fmt: skip
_PLAIN = frozenset({"case_volume", "contact_volume", "tag_volume", "total_cost"})
# "before May", "until May": since when, nobody says.
_LOOSE = ("before", "around", "until", "till", "til", "up to", "tot", "rond")


class SlotReader(Opposites, Ranks):
    """Walks over the items of one question once, filling a draft."""

    def __init__(self, items: Sequence[Item], *, catalog: Catalog, vocabulary: Vocabulary | None = None) -> None:
        super().__init__(link_levels(items, catalog))
        self._catalog = catalog
        self._vocabulary = vocabulary
        self._draft = Draft(words=tuple(self._items))
        self._splits = False  # after "by": dimensions and units split
        self._excludes = False  # after "without": values are unwanted
        self._excluded_dim = ""
        self._versus_next = False
        self._used: set[int] = set()

    def read(self) -> Draft:
        """Return the filled draft."""
        nouns = MetricSlots(self._items, self._draft, catalog=self._catalog)
        self._used |= nouns.read()
        for at, item in enumerate(self._items):
            if at not in self._used:
                self._take(at, item)
        nouns.finish()
        if self._draft.extreme is not None:
            self._draft.rank, self._draft.limit = "", None
        self._settle_comparison()
        self._doubt_lost_exclusion()
        return self._draft

    def _doubt_lost_exclusion(self) -> None:
        """What is said to be left out, and is not, would make the opposite of the question."""
        told = [
            item.words
            for item in self._items
            if item.is_operation("not") and item.words not in _LIGHTLY and item.key != "rest"
        ]
        if len(told) > sum(len(pick.values) for pick in self._draft.picks if pick.is_out):
            self._draft.doubts.append(told[-1])

    # -- one item at a time -----------------------------------------------------------------------------------------

    def _take(self, at: int, item: Item) -> None:
        match item.sort:
            case Sort.OPERATION:
                self._operation(at, item)
            case Sort.DIMENSION:
                self._dimension(at, item)
            case Sort.VALUE:
                self._value(at, item)
            case Sort.TIME:
                self._time(at, item)
            case Sort.GRAIN:
                self._grain(at, item)
            case Sort.NUMBER:
                self._number(at, item)
            case Sort.METRIC:
                excludes = self._excludes
                self._splits = self._excludes = False
                self._metric_values(at, item, excludes=excludes)
            case Sort.MARK:
                self._mark(at, item)
            case Sort.UNKNOWN:
                if item.key or not self._is_of_family(item):
                    self._draft.unknown.append(item.words)
            case Sort.FRAMING | Sort.MEASURE:
                # "not in north" excludes; "without Porto in May" has no more to exclude
                if item.words.split(" ")[-1] in _STOPS_NOT and not (at and self._items[at - 1].is_operation("not")):
                    self._excludes = False

    def _is_of_family(self, item: Item) -> bool:
        """ "closed" beside "within the agreed time": a word that the metric's own phrases are made of."""
        # Volumes are too plain for that: "open" beside "tickets" says another thing.
        keys = {key for keys in self._draft.metrics for key in keys if len(keys) == 1} - _PLAIN
        return self._vocabulary is not None and self._vocabulary.is_of_family(item.words, keys)

    def _mark(self, at: int, item: Item) -> None:
        if item.key in ".;:?!()-":
            self._splits = self._excludes = False
        elif item.key == ",":
            after = self._next(at, skip_joints=True)
            if after is None or after.sort is not Sort.VALUE or self._dim(after) != self._excluded_dim:
                self._excludes = False
            if after is None or after.sort is not Sort.DIMENSION:
                self._splits = False
        elif item.key in "$€£@<>" or (item.key in "#=" and not self._near(at, Sort.DIMENSION)):
            self._draft.unknown.append(item.words)

    def _metric_values(self, at: int, item: Item, *, excludes: bool) -> None:
        if item.sense.rank:
            self._draft.rank = item.sense.rank
            self._limit_near(at)
        for dim, value in item.sense.values:
            others = [
                n for n, other in enumerate(self._items) if other.sort is Sort.VALUE and self._carries(other, dim)
            ]
            is_either = any(self._is_joined(at, other) or self._is_against(at, other) for other in others)
            if not others or not item.sense.is_soft or is_either:
                self._draft.pick(dim, value, is_out=excludes)

    def _operation(self, at: int, item: Item) -> None:
        draft = self._draft
        if item.is_operation(*RANKS, "rank"):
            self._rank(at, item)
        if item.is_operation("by") and self._opens_split(at):
            self._splits, self._excludes = True, False
        elif item.words == "by" and self._word_after(at) in _ONE_BY_ONE and not self._ranks_by_metric(at):
            draft.doubts.append(f"by {self._word_after(at)}")  # no dimension; "abandoned by customers" is none asked
        elif item.is_operation("not") and self._excludes_something(at, item):
            self._excludes, self._excluded_dim = True, self._coming_dim(at)
            draft.wants.add("exclude")
        elif item.is_operation("not") and item.words.split(" ")[-1] in _SAID_LAST:
            self._exclude_last()
        elif item.is_operation("vs"):
            self._versus(at)
        elif item.is_operation("previous", "last_year") and draft.compare is None:
            draft.compare = "last_year" if item.is_operation("last_year") else "previous"
        elif item.is_operation("week_before"):
            draft.compare = "week_before"
        elif item.is_operation("month_on_month", "week_on_week", "quarter_on_quarter"):
            name = item.key.split("_")[0]
            draft.compare, draft.compare_unit = "previous", Grain(name)
            draft.wants.add("unit_on_unit")
        elif item.is_operation("which"):
            draft.has_which = draft.has_which or self._which(at)
        elif item.is_operation(
            "threshold", "statistic", "cumulative", "per_other", "percent_share", "answered", "per_unit"
        ):
            self._limits_of_answer(at, item)
        if (
            item.is_operation("up_down")
            and at
            and self._word_before(at) not in _TAKES_UP
            and self._items[at - 1].sort in (Sort.METRIC, Sort.MEASURE, Sort.VALUE)
        ):
            draft.wants.add("change")
        for sense in (item.sense, *item.also):
            if sense.sort is Sort.OPERATION and sense.key in _WANTS:
                draft.wants.add(sense.key)
        if not item.is_operation("and", "or", "by", "not", "all"):
            self._splits = self._splits and item.is_operation(*RANKS)
            self._excludes = self._excludes and item.is_operation("also")

    def _limits_of_answer(self, at: int, item: Item) -> None:
        """What no metric of the catalog says: thresholds, distributions, other denominators, shares of a volume."""
        draft = self._draft
        if (
            (item.is_operation("threshold") and self._is_before_number(at))
            or (item.is_operation("statistic") and not (item.words == "median" and self._is_median()))
            or item.is_operation("cumulative", "per_other")
        ):
            draft.doubts.append(item.words)
        elif item.is_operation("percent_share"):
            draft.wants.add("share")
        elif item.is_operation("answered"):
            draft.wants.add("answered")
        elif item.is_operation("per_unit"):
            draft.wants.add("per_unit")

    def _is_median(self) -> bool:
        return any(key in ("first_response_time", "resolution_time") for keys in self._draft.metrics for key in keys)

    def _dimension(self, at: int, item: Item) -> None:
        draft, dim = self._draft, item.key
        if self._is_label(at, dim) or self._is_all_but(at):
            return
        if self._is_own(at):
            draft.own_dims.append(dim)
            return
        before = self._previous(at)
        if (
            self._splits
            or (draft.has_which and before is not None and self._follows(at, "which"))
            or self._follows(at, *RANKS, "rank")
            or self._is_ranked(at)
            or self._bears_rank(at)
            or self._word_after(at) in ("wise", "split")
        ):
            self._add_by(dim)
        elif self._word_before(at) == "our" and self._acts(at):
            return  # "what our teams resolved first time": who works here, no breakdown
        elif self._follows(at, "all"):
            draft.loose_dims.append(dim)
        elif dim == "agent":
            self._person(at, item)
        elif self._word_before(at) in _OWNED and not _is_plural(item):
            if self._word_before(at) in ("this", "that"):
                draft.unknown.append(f"{self._word_before(at)} {item.words}")
            elif self._word_before(at) in ("the", "our", "de", "onze") and dim in ("team", "site", "queue", "product"):
                draft.wants.add("vague_dim")
                draft.doubts.append(f"{self._word_before(at)} {item.words}")
        elif (
            item.sense_of(Sort.FRAMING) is None
            or _is_plural(item)
            or (before is not None and before.sort is Sort.METRIC)
            or (not at and self._acts(at))  # "team csat in May"
        ):
            self._add_by(dim)
        elif not self._is_said_elsewhere(at):
            self._draft.unknown.append(item.words)  # "hi prio tickets": which, nobody says

    def _is_said_elsewhere(self, at: int) -> bool:
        """ "drop team", "the receiving team was on time, by team"."""
        item = self._items[at]
        others = [one for one in self._items if one is not item and one.sort in (Sort.DIMENSION, Sort.VALUE)]
        is_again = any(self._dim(one) == item.key for one in others)
        return is_again or any(one.is_operation("remove", "reset", "swap") for one in self._items)

    def _acts(self, at: int) -> bool:
        after = self._items[at + 1] if at + 1 < len(self._items) else None
        return after is not None and (after.key == "rest" or after.sort is Sort.METRIC)

    def _add_by(self, dim: str) -> None:
        if dim not in self._draft.by:
            self._draft.by.append(dim)

    def _person(self, at: int, item: Item) -> None:
        """A bare "agent csat" asks for persons; "our agents" only says who works here."""
        after = self._items[at + 1] if at + 1 < len(self._items) else None
        if (
            after is not None
            and after.sort is Sort.METRIC
            and item.words in ("agent", "agents", "individual", "advisor", "rep")
            and self._word_before(at) not in ("do", "does", "did", "can", "must", "have", "the", "our")
        ):
            self._add_by(item.key)
        elif item.words not in _STAFF and not self._is_of_family(item):
            self._draft.unknown.append(item.words)

    def _value(self, at: int, item: Item) -> None:
        sense = item.sense
        options = sense.values
        if sense.is_choice:
            beside = {self._dim(near) for near in self._joined_values(at)} & {pair[0] for pair in options}
            beside = beside or self._labels(at)
            options = tuple(pair for pair in options if pair[0] in beside) or options
        self._splits = False
        if self._word_before(at) == "to" and self._starts_route(at, options):
            self._draft.doubts.append(item.words)
        if not sense.is_choice or len(options) == 1:
            for dim, value in options:
                self._draft.pick(dim, value, is_out=self._excludes, words=item.words)
        else:
            self._draft.pick(*options[0], is_out=self._excludes, choices=options, words=item.words)
        if self._excludes:
            self._excluded_dim = options[0][0]

    def _starts_route(self, at: int, options: tuple[tuple[str, str], ...]) -> bool:
        """ "transfers from care to tech": a direction, which no dimension holds."""
        before = self._previous(at)
        if before is None or before.sort is not Sort.VALUE or self._dim(before) != options[0][0]:
            return False
        start = self._items.index(before)
        return self._word_before(start) == "from"

    def _time(self, at: int, item: Item) -> None:
        when = item.sense.when
        assert when is not None
        self._splits = False
        self._excludes = False
        if self._versus_next or self._stands_on(at, when):
            self._versus_next = False
            self._compare_with(when)
            return
        before = " ".join(item.words for item in self._items[max(0, at - 2) : at])
        if before.endswith(_LOOSE) and not when.is_now and not when.is_part_of_day:
            self._draft.doubts.append(f"{self._items[at - 1].words} {item.words}")
            return
        if when.never:
            self._draft.never = self._draft.never or when.never
            return
        if when.is_part_of_day and item.words in ("minutes", "minute") and self._measures_time():
            return  # "how many minutes until we answer"
        if when.is_part_of_day and when.unit is Grain.DAY and not self._draft.periods:
            self._draft.part_of_day = item.words
            self._draft.periods.append(replace(when, is_part_of_day=False))
        elif when.is_part_of_day:
            self._draft.doubts.append(item.words)
        elif not when.is_now:
            self._draft.periods.append(when)
        else:
            self._draft.wants.add("now")
        if self._word_before(at) == "from" and not when.is_range and not when.is_now:
            self._draft.wants.add("from")

    def _stands_on(self, at: int, when: When) -> bool:
        """ "April on March", "Q1 this year on Q1 last year": a period set against one of its kind."""
        before = self._items[at - 2].sense.when if at > 1 else None
        return (
            self._word_before(at) in ("on", "over", "op")
            and before is not None
            and before.unit is when.unit is not None
            and when.unit is not Grain.DAY
        )

    def _measures_time(self) -> bool:
        keys = [key for keys in self._draft.metrics for key in keys]
        return bool(keys) and all(self._catalog.metrics[key].unit == "seconds" for key in keys)

    def _compare_with(self, when: When) -> None:
        if when.relation == "beside" and when.count == -1:
            self._draft.compare = "last_year" if when.unit is Grain.YEAR else "previous"
        elif when.relation in ("previous", "last_year"):
            self._draft.compare = when.relation
            self._draft.compare_unit = when.unit
        else:
            self._draft.compare = when

    def _grain(self, at: int, item: Item) -> None:
        grain = Grain(item.key)
        before, after = self._previous(at), self._next(at)
        doubled = after is not None and (
            (after.sort is Sort.OPERATION and after.is_operation("by"))
            or (after.sort is Sort.GRAIN and self._word_after(at) in ("after", "na", "over", "to"))  # "week after week"
        )
        if (
            self._splits
            or item.sense.number
            or self._word_before(at) in ("a", "an", "per")
            or doubled
            or (before is not None and before.sort is Sort.GRAIN)
        ):
            self._draft.grain = grain
        elif self._is_extreme(at):
            self._draft.extreme = self._draft.grain = grain
        elif self._word_before(at) in ("the", "within") or at not in self._used:
            self._draft.unknown.append(item.words)

    # -- exclusions -------------------------------------------------------------------------------------------------

    def _excludes_something(self, at: int, item: Item) -> bool:
        after = self._next(at, skip_joints=False)
        if after is None:
            return False
        if after.sort in (Sort.VALUE, Sort.DIMENSION):
            return True
        return (
            after.sort is Sort.METRIC and any(dim for dim, _ in after.sense.values) and item.words not in ("no", "but")
        )

    def _coming_dim(self, at: int) -> str:
        after = self._next(at)
        return self._dim(after) if after is not None else ""

    def _exclude_last(self) -> None:
        if self._draft.picks:
            self._draft.picks[-1].is_out = True
            self._draft.wants.add("exclude")


def _is_plural(item: Item) -> bool:
    word = item.words.split(" ")[-1]
    return word.endswith("s") and not word.endswith("'s")  # "the team's csat" is of one team
