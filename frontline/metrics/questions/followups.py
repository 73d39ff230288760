"""A follow-up patches the last query of the thread; what it does not mention stays."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from frontline.catalog.loader import Catalog
from frontline.metrics.query import Filter, Kind, MetricQuery, PeriodSpec, Span
from frontline.metrics.questions.draft import Draft, Pick
from frontline.metrics.questions.moments import Dates, Frame
from frontline.metrics.questions.patches import PeriodPatcher
from frontline.metrics.questions.resolve import DEFAULT_LIMIT, choose_grain
from frontline.metrics.questions.restate import say_dates
from frontline.metrics.questions.senses import Sort
from frontline.metrics.relative import TODAY, Relative

_NOW_ONLY = frozenset({"contacts_waiting", "longest_wait", "agents_available"})
# "5 more", "the other 5", "the next 5" are other places of the ranking.
_NOT_A_LENGTH = frozenset({"more", "other", "others", "next", "last", "less", "fewer", "another", "times"})
_LONGEST = 100
_BACK = frozenset({"back", "back in", "restore", "again", "terug", "erbij"})
_COUNTED = frozenset({"case_volume", "contact_volume", "tag_volume", "backlog"})


@dataclass
class Followed:
    """The patched query (several where the words leave a choice), what was kept, and why to ask back."""

    queries: list[MetricQuery]
    kept: str = ""
    message: str = ""


def follow(draft: Draft, previous: MetricQuery, *, catalog: Catalog, frame: Frame) -> Followed | None:
    """Return ``previous`` patched by ``draft``, or None where the words are a question of their own."""
    return _Follower(draft, previous, catalog=catalog, frame=frame).patched()


class _Follower(PeriodPatcher):
    """Applies the slots of a draft to the previous query."""

    @property
    def _adds(self) -> bool:
        return bool(self._wants & {"also"})

    def patched(self) -> Followed | None:
        """Apply every slot of the draft in turn."""
        draft = self._draft
        if "reset" in self._wants:
            return None
        self._length()
        self._count_as_filter()
        own_period = [when for when in draft.periods if when.relation != "beside"]
        named = {key for keys in draft.metrics for key in keys}
        is_of_now = "now" in self._wants and (named <= _NOW_ONLY or self._is_of_this_moment(named))
        if draft.metrics and (own_period or is_of_now) and not self._adds and not self._goes_on():
            return None
        if not (draft.has_content or draft.limit or self._wants & _EFFECTS or self._dims):
            return None
        if draft.uncoordinated or any(pick.choices for pick in draft.picks):
            return None
        self._remove()
        self._metrics()
        self._values()
        self._breakdown()
        self._period()
        self._kind()
        return self._result()

    def _length(self) -> None:
        """ "make it ten", "just 3", "the first 20": another length of the same ranking."""
        draft = self._draft
        if self._previous.kind is not Kind.RANKING or draft.limit is not None or draft.has_content:
            return
        numbers = [item for item in draft.words if item.sense_of(Sort.NUMBER) is not None and item.words != "one"]
        others = [item.words for item in draft.words if item not in numbers and item.sort is Sort.UNKNOWN]
        if len(numbers) != 1 or others or draft.doubts or _NOT_A_LENGTH & {item.words for item in draft.words}:
            return
        sense = numbers[0].sense_of(Sort.NUMBER)
        if sense is not None and 0 < sense.number < _LONGEST:
            draft.unknown = [word for word in draft.unknown if word != numbers[0].words]
            draft.limit = self._patch.limit = sense.number

    def _goes_on(self) -> bool:
        """ "and chats in October?" in a thread on a forecast of contacts: of these, ahead."""
        draft = self._draft
        is_soft = all(item.sense.is_soft for item in draft.words if item.sort is Sort.METRIC)
        is_same = tuple(options[0] for options in draft.metrics) == self._previous.metrics
        return self._previous.kind is Kind.FORECAST and is_soft and is_same

    # -- slots --------------------------------------------------------------------------------------------------------

    def _count_as_filter(self) -> None:
        """ "what about calls?" in a thread on handle time: phone, not a new metric."""
        draft = self._draft
        named = [(item, item.sense_of(Sort.METRIC)) for item in draft.words if item.sort in (Sort.METRIC, Sort.VALUE)]
        soft = [item for item, sense in named if sense is not None and sense.is_soft]
        hard = [item for item in draft.words if item.sort is Sort.METRIC and not item.sense.is_soft]
        if hard or not soft or set(self._previous.metrics) & _COUNTED:
            return
        if any(item.sense.values for item in soft) or draft.picks or draft.by or draft.periods:
            draft.metrics = []

    def _remove(self) -> None:
        draft, patch = self._draft, self._patch
        if not self._wants & {"remove", "filter_word", "exclude"} and not draft.loose_dims:
            return
        words = {item.words.split(" ")[0] for item in draft.words if item.is_operation("filter_word")}
        dims = [
            dim
            for dim in dict.fromkeys((*self._dims, *draft.loose_dims))
            if dim not in {pick.dim for pick in draft.picks}
        ]
        if self._wants & {"remove", "filter_word"} or draft.loose_dims:
            for dim in dims:
                if any(item.dim == dim for item in patch.filters):
                    patch.filters = [item for item in patch.filters if item.dim != dim]
                elif dim in patch.by and dim not in draft.loose_dims:
                    patch.by.remove(dim)
                elif dim in draft.loose_dims and dim not in patch.by:
                    patch.by.append(dim)
            draft.by = [dim for dim in draft.by if dim not in dims]
            draft.doubts = [word for word in draft.doubts if not any(word.endswith(item.words) for item in draft.words)]
        if "filter_word" in self._wants and not dims and not draft.picks:
            if words & {"breakdown", "split", "grouping"}:
                patch.by = []
                patch.grain = None if patch.kind is Kind.TREND else patch.grain
            elif words & {"filter", "filters", "filtering", "restriction", "condition", "selection"}:
                patch.filters = []
        if "filter_word" in self._wants and draft.picks:  # "without the gold filter"
            self._wants.add("remove")

    def _metrics(self) -> None:
        draft, patch = self._draft, self._patch
        if not draft.metrics:
            return
        draft.metrics = [self._as_in_thread(options) for options in draft.metrics]
        named = [options[0] for options in draft.metrics]
        if len(draft.metrics) == 1 and len(draft.metrics[0]) > 1:
            patch.message = "Which metric do you mean?"
        if self._adds:
            patch.metrics += [key for key in named if key not in patch.metrics]
        elif "remove" in self._wants and set(named) < set(patch.metrics):
            patch.metrics = [key for key in patch.metrics if key not in named]
        else:
            patch.metrics = named
        if set(patch.metrics) & _NOW_ONLY:
            patch.grain = None
            self._move((self._frame.today, self._frame.tomorrow), TODAY)

    def _as_in_thread(self, options: tuple[str, ...]) -> tuple[str, ...]:
        """ "the cheapest" in a thread on the cost per case: of what the thread is about, not of another metric."""
        own = tuple(key for key in options if key in self._previous.metrics)
        return own if len(own) == 1 and len(self._previous.metrics) == 1 else options

    def _values(self) -> None:
        for pick in self._draft.picks:
            if pick.is_out or "remove" in self._wants:
                self._exclude(pick)
            elif self._draft.versus == pick.dim and "versus_value" in self._wants:
                self._oppose(pick)
            else:
                self._include(pick)

    def _include(self, pick: Pick) -> None:
        patch = self._patch
        mine = [item for item in patch.filters if item.dim == pick.dim]
        values = list(pick.values)
        if self._adds:
            for item in mine:
                if item.op == "in":
                    values = [*item.values, *(value for value in values if value not in item.values)]
                else:
                    rest = tuple(value for value in item.values if value not in pick.values)
                    self._set(pick.dim, [Filter(dim=pick.dim, op="not_in", values=rest)] if rest else [])
                    return
        elif (back := self._put_back(pick, mine)) is not None:
            self._set(pick.dim, back)
            return
        elif patch.kind is Kind.COMPARISON and patch.compare is None and pick.dim in patch.by and len(values) == 1:
            patch.kind = Kind.LOOKUP
            patch.by.remove(pick.dim)
        self._set(pick.dim, [Filter(dim=pick.dim, op="in", values=tuple(values))])

    def _put_back(self, pick: Pick, mine: list[Filter]) -> list[Filter] | None:
        """ "put north back": what was left out is counted again."""
        out = [value for item in mine if item.op == "not_in" for value in item.values]
        if not set(pick.values) <= set(out) or not _BACK & {item.words for item in self._draft.words}:
            return None
        rest = tuple(value for value in out if value not in pick.values)
        return [Filter(dim=pick.dim, op="not_in", values=rest)] if rest else []

    def _exclude(self, pick: Pick) -> None:
        mine = [item for item in self._patch.filters if item.dim == pick.dim]
        kept = [
            (item, tuple(value for value in item.values if value not in pick.values))
            for item in mine
            if item.op == "in"
        ]
        inside = any(set(item.values) & set(pick.values) for item, _ in kept)
        if inside and (("remove" in self._wants and not self._says_without()) or all(rest for _, rest in kept)):
            self._set(pick.dim, [item.model_copy(update={"values": rest}) for item, rest in kept if rest])
            return
        out = [value for item in mine if item.op == "not_in" for value in item.values]
        if out and "remove" in self._wants and not self._says_without() and set(pick.values) <= set(out):
            out = [value for value in out if value not in pick.values]
            self._set(pick.dim, [Filter(dim=pick.dim, op="not_in", values=tuple(out))] if out else [])
            return
        values = tuple(dict.fromkeys([*out, *pick.values]))
        self._set(pick.dim, [Filter(dim=pick.dim, op="not_in", values=values)])

    def _says_without(self) -> bool:
        if "filter_word" in self._wants:
            return False
        return any(item.is_operation("not") for item in self._draft.words)

    def _oppose(self, pick: Pick) -> None:
        patch = self._patch
        old = [value for item in patch.filters if item.dim == pick.dim and item.op == "in" for value in item.values]
        values = tuple(dict.fromkeys([*old, *pick.values]))
        if len(values) < 2:
            patch.message = "Compared with which other one?"
        self._set(pick.dim, [Filter(dim=pick.dim, op="in", values=values)])
        patch.kind, patch.compare, patch.grain = Kind.COMPARISON, None, None
        if pick.dim not in patch.by:
            patch.by.append(pick.dim)

    def _set(self, dim: str, filters: list[Filter]) -> None:
        self._patch.filters = [item for item in self._patch.filters if item.dim != dim] + filters

    def _breakdown(self) -> None:
        draft, patch = self._draft, self._patch
        if draft.by:
            first = next((item for item in draft.words if item.sort is not Sort.FRAMING), None)
            extends = self._adds or (first is not None and first.is_operation("and"))
            patch.by = (
                [*patch.by, *(dim for dim in draft.by if dim not in patch.by)]
                if extends and not draft.rank
                else list(draft.by)
            )
        elif not draft.has_content and any(
            item.words in ("overall", "in total", "total", "all together") for item in draft.words
        ):
            patch.by = []

    # -- time ---------------------------------------------------------------------------------------------------------

    def _kind(self) -> None:
        draft, patch, wants = self._draft, self._patch, self._wants
        if "why" in wants:
            patch.kind, patch.by, patch.grain = Kind.WHY, [], None
            patch.compare = patch.compare or "previous"
        elif "forecast" in wants:
            patch.kind, patch.compare = Kind.FORECAST, None
            patch.grain = draft.grain
            if patch.dates[1] <= self._frame.tomorrow:
                patch.message = "Forecast for which period?"
        elif "target" in wants:
            patch.kind, patch.compare, patch.grain = Kind.TARGET, None, None
        elif draft.rank:
            self._rank()
        elif (
            patch.kind is Kind.FORECAST and (draft.periods or "now" in wants) and patch.dates[1] <= self._frame.tomorrow
        ):
            patch.kind, patch.grain = Kind.LOOKUP, None  # "and last month?", "and now?": what it was
        elif patch.kind is Kind.FORECAST and draft.grain is not None and "trend" not in wants:
            patch.grain = draft.grain  # "per day": the same forecast, day by day
        elif draft.grain is not None or "trend" in wants:
            patch.kind, patch.compare = Kind.TREND, None
            patch.grain = draft.grain or choose_grain(patch.dates, draft.periods[0] if draft.periods else None)
        elif "compare" in wants and patch.compare is None and self._opposable():
            patch.kind, patch.grain = Kind.COMPARISON, None
        elif patch.compare is not None and patch.compare != self._previous.compare:
            patch.kind = Kind.COMPARISON if patch.kind is not Kind.WHY else Kind.WHY
            patch.grain = None
        elif (
            "change" in wants
            and not (draft.picks or draft.by or draft.metrics or draft.periods or wants & {"remove", "exclude"})
            and not self._dims
        ):
            patch.kind, patch.compare = Kind.COMPARISON, patch.compare or "previous"
        if patch.kind is not Kind.RANKING:
            patch.order = patch.limit = None

    def _opposable(self) -> bool:
        """ "compare them": the several values of one filter."""
        wide = [item.dim for item in self._patch.filters if item.op == "in" and len(item.values) > 1]
        if len(wide) != 1:
            return False
        self._patch.by = [*self._patch.by, *(dim for dim in wide if dim not in self._patch.by)]
        return True

    def _rank(self) -> None:
        draft, patch = self._draft, self._patch
        direction = self._catalog.metrics[patch.metrics[0]].direction
        if draft.rank in ("highest", "lowest"):
            patch.order = "desc" if draft.rank == "highest" else "asc"
        elif direction == "none":
            patch.order, patch.message = "desc", "For this metric neither high nor low is better: highest or lowest?"
        else:
            patch.order = "desc" if (direction != "lower") == (draft.rank != "worst") else "asc"
        keeps = self._previous.limit if self._previous.kind is Kind.RANKING else None
        patch.kind, patch.limit = Kind.RANKING, draft.limit or keeps or DEFAULT_LIMIT
        patch.compare = patch.grain = None
        if not patch.by:
            patch.message = "What shall I rank: teams, channels, topics?"

    # -- result -------------------------------------------------------------------------------------------------------

    def _result(self) -> Followed:
        patch = self._patch
        spans = patch.other_dates or [(patch.dates, patch.moves)]
        if len(spans) > 1:
            patch.message = patch.message or "Which period do you mean?"
        options: list[list[str]] = [patch.metrics]
        if patch.message and self._draft.metrics and len(self._draft.metrics[0]) > 1:
            options = [[key] for key in self._draft.metrics[0]]
        queries = [self._query(metrics, *span) for metrics, span in itertools.product(options, spans)]
        is_same = [query.as_json() for query in queries] == [self._previous.as_json()]
        if "remove" in self._wants and is_same and not patch.message:
            return Followed(queries, message="What shall I leave out? There is nothing of that in the last question.")
        return Followed(list(dict.fromkeys(queries))[:4], kept=self._kept(queries[0]), message=patch.message)

    def _query(self, metrics: list[str], dates: Dates, moves: Relative | None) -> MetricQuery:
        patch = self._patch
        return MetricQuery.model_validate(
            {
                "kind": patch.kind,
                "metrics": tuple(metrics),
                "by": tuple(patch.by),
                "filters": tuple(item.model_dump() for item in patch.filters),
                "period": PeriodSpec(start=dates[0], end=dates[1], grain=patch.grain, moves=moves).model_dump(),
                "compare": patch.compare.model_dump() if isinstance(patch.compare, Span) else patch.compare,
                "order": patch.order,
                "limit": patch.limit,
            }
        )

    def _kept(self, query: MetricQuery) -> str:
        """Name the slots that came from the thread."""
        old, kept = self._previous, []
        if query.metrics == old.metrics:
            kept.append(" and ".join(self._catalog.metrics[key].title for key in old.metrics))
        if query.by and query.by == old.by:
            kept.append(f"by {' and '.join(old.by)}")
        kept += [f"{item.dim} {', '.join(item.values)}" for item in query.filters if item in old.filters]
        if (query.period.start, query.period.end) == (old.period.start, old.period.end):
            kept.append(say_dates(old.period.start, old.period.end))
        return f"Kept: {'; '.join(kept)}" if kept else ""


_EFFECTS = frozenset(
    {
        "why",
        "forecast",
        "target",
        "trend",
        "compare",
        "change",
        "remove",
        "filter_word",
        "exclude",
        "now",
        "swap",
        "same",
        "instead",
        "all",
    }
)
