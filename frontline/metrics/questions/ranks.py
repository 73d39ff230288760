"""Which comes first, and how many are wanted: "top 3", "the two slowest", "worst first"."""

from __future__ import annotations

import itertools

from frontline.catalog.loader import Catalog
from frontline.metrics.questions.draft import Draft
from frontline.metrics.questions.neighbours import RANKS, Neighbours
from frontline.metrics.questions.senses import Item, Sort

_KINDS_OF_FIGURE = frozenset({"metrics", "kpis", "figures", "numbers", "measures", "indicators", "things", "values"})


class Ranks(Neighbours):
    """Fills the order and the limit of a draft."""

    _draft: Draft
    _catalog: Catalog
    _used: set[int]

    def _number(self, at: int, item: Item) -> None:
        near = [
            one
            for one in self._items[max(0, at - 4) : at + 4]
            if one.is_operation(*RANKS, "rank", "which") or one.sense.rank
        ]
        after = self._next(at)
        if near and not item.sense.number:  # "top 0 teams"
            self._draft.unknown.append(item.words)
            return
        if (
            self._draft.limit is None
            and near
            and (after is not None or self._previous(at) is not None)
            and item.sense.number < 100
        ):
            if item.words not in ("one",) or self._follows(at, *RANKS):
                self._draft.limit = item.sense.number
            return
        if self._counts_metrics(at, item.sense.number):
            return
        longest = any(one.sort is Sort.METRIC and one.key == "longest_wait" for one in self._items)
        if longest and after is not None and after.sort is Sort.DIMENSION and 1 < item.sense.number < 100:
            self._draft.rank, self._draft.limit = "highest", item.sense.number  # "two queues with the longest wait"
            return
        if after is not None and after.sort is Sort.DIMENSION and self._has_more(at):
            self._draft.rank, self._draft.limit = self._draft.rank or "highest", item.sense.number
            return
        is_ranked = bool(self._draft.rank) or any(one.is_operation(*RANKS) or one.sense.rank for one in self._items)
        if is_ranked and item.sense.number < 100 and (after is None or after.sort in (Sort.DIMENSION, Sort.MARK)):
            self._draft.limit = item.sense.number
        elif (
            after is not None
            and after.sort is Sort.DIMENSION
            and item.sense.number == len(self._catalog.values(after.key))
        ):
            return  # "the three sites": all of them
        elif item.sense_of(Sort.FRAMING) is None and item.words != "one":
            self._draft.unknown.append(item.words)

    def _is_extreme(self, at: int) -> bool:
        """ "the busiest hour yesterday", "which day last week had the most calls", "the worst week for csat"."""
        ranked = [near for near, item in enumerate(self._items) if item.is_operation(*RANKS) or item.sense.rank]
        is_asked = at > 0 and self._items[at - 1].is_operation("which")
        return bool(ranked) and (is_asked or at - 1 in ranked) and self._draft.grain is None

    def _has_more(self, at: int) -> bool:
        """ "the 3 products with more reopened cases": those with the most, where nothing is set against them."""
        behind = self._items[at + 1 :]
        has_more = any(one.words == "with" and after.words == "more" for one, after in itertools.pairwise(behind))
        return has_more and not any(one.is_operation("vs", "previous", "last_year", "threshold") for one in behind)

    def _counts_metrics(self, at: int, count: int) -> bool:
        """ "two metrics for May: service level and abandonment rate"."""
        return self._word_after(at) in _KINDS_OF_FIGURE and count == len(self._draft.metrics)

    def _ranks_by_metric(self, at: int) -> bool:
        """ "top 3 regions by customer churn", not "calls by customer": the metric is said behind the "by" alone."""
        after = self._next(at)
        is_longer = after is not None and after.sort is Sort.METRIC and not after.sense.is_soft and " " in after.words
        return is_longer and not any(item.sort is Sort.METRIC for item in self._items[:at])

    def _rank(self, at: int, item: Item) -> None:
        name = next((rank for rank in RANKS if item.is_operation(rank)), "")
        if self._word_after(at) == "of" and item.words.split(" ")[0] == "most":
            self._draft.doubts.append(item.words)
            return
        is_weak = name == "rank_highest" and item.words == "most"
        if name and self._is_opposite(at, name.removeprefix("rank_")):
            self._draft.doubts.append(item.words)  # "between the best and the worst team"
        if name and not (self._draft.rank not in ("", "order") and is_weak):
            self._draft.rank = name.removeprefix("rank_")
        elif item.is_operation("rank") and not self._draft.rank:
            self._draft.rank = "order"

    def _is_opposite(self, at: int, rank: str) -> bool:
        pair = {self._draft.rank, rank}
        is_pair = pair in ({"highest", "lowest"}, {"best", "worst"})
        first = max((n for n, item in enumerate(self._items[:at]) if item.is_operation(*RANKS)), default=at)
        return is_pair and any(item.is_operation("and", "vs") for item in self._items[first:at])

    def _limit_near(self, at: int) -> None:
        for near in (at + 1, at - 1):
            if 0 <= near < len(self._items) and self._items[near].sort is Sort.NUMBER:
                self._draft.limit = self._items[near].sense.number
                self._used.add(near)
