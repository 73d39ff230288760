"""What is set against what: two values, two periods, a value and the rest."""

from __future__ import annotations

from frontline.metrics.questions.draft import Draft
from frontline.metrics.questions.neighbours import Neighbours
from frontline.metrics.questions.senses import Item, Sort

_OTHERS = frozenset({"other", "others", "rest", "remaining", "average", "mean", "everyone", "everybody", "all"})

_STANDS_FOR = frozenset({"one", "ones"})


class Opposites(Neighbours):
    """Fills the comparison of a draft."""

    _draft: Draft
    _versus_next: bool

    def _versus(self, at: int) -> None:
        after = self._next(at, skip_joints=False)
        if after is not None and (after.is_operation("that") or after.words in _STANDS_FOR):
            after = self._meant_by(after)
        if after is not None and after.is_operation("by"):  # "lower than by the silver customers"
            after = self._meant_by(after)
        if after is not None and after.sort is Sort.DIMENSION:
            after = self._labelled(after)
        if after is None:
            return
        end = self._items.index(after)
        between = self._items[at:end]
        if any(item.key == "aside" for item in between):  # "bigger as last Monday? I mean 15 June ..."
            return
        others = [item.words for item in between if set(item.words.split(" ")) & _OTHERS]
        if others or after.sort is Sort.DIMENSION:
            self._draft.doubts.append((others or [after.words])[0])  # "against the other teams"
        elif after.sort is Sort.METRIC and (value := self._same_of(at, after)) is not None:
            self._draft.wants.add("versus_value")
            self._draft.versus = self._dim(value)
        elif after.sort is Sort.TIME:
            self._versus_next = True
        elif after.sort is Sort.VALUE:
            self._draft.wants.add("versus_value")
            self._draft.versus = self._dim(after)
        elif after.is_operation("forecast"):
            self._draft.doubts.append(after.words)  # "contacts versus forecast": how well was it foretold
        elif after.is_operation("target"):
            self._draft.wants.add("target")
        elif set(after.words.split(" ")) & _OTHERS:
            self._draft.doubts.append(after.words)

    def _meant_by(self, pronoun: Item) -> Item | None:
        """ "compares with that in Utrecht", "better than the one of the north": what the pronoun stands for."""
        start = self._items.index(pronoun)
        after = self._next(start, skip_joints=False)
        return after if after is not None and after.sort in (Sort.VALUE, Sort.TIME) else pronoun

    def _labelled(self, dimension: Item) -> Item:
        """ "Coral vs team Delta": the value that the dimension only names."""
        start = self._items.index(dimension)
        after = self._items[start + 1] if start + 1 < len(self._items) else dimension
        return after if after.sort is Sort.VALUE and self._carries(after, dimension.key) else dimension

    def _settle_comparison(self) -> None:
        draft = self._draft
        if (not draft.versus and "compare" in draft.wants) or (
            "which" in {i.key for i in self._items} and "level" in draft.wants
        ):
            wide = [pick for pick in draft.picks if not pick.is_out and len(pick.values) > 1 and not pick.choices]
            if len(wide) == 1 and not draft.compare:
                draft.versus = wide[0].dim
        elif draft.rank in ("best", "worst", "highest", "lowest") and not draft.by and not draft.compare:
            draft.versus = self._either()  # "who has the best csat, Aurora or Breeze"
            draft.rank = "" if draft.versus else draft.rank
        elif not draft.versus and not draft.compare and not draft.rank:
            draft.versus = self._alternatives(is_comparative="level" in draft.wants)
        if draft.versus:
            values = [
                value for pick in draft.picks if pick.dim == draft.versus and not pick.is_out for value in pick.values
            ]
            if len(values) < 2 and "versus_value" not in draft.wants:
                draft.versus = ""

    def _either(self) -> str:
        """Return the dimension of the last two values where "or" stands between them."""
        values = [at for at, item in enumerate(self._items) if item.sort is Sort.VALUE and not item.sense.is_choice]
        if len(values) < 2:
            return ""
        first, second = values[-2:]
        has_or = any(item.is_operation("or") for item in self._items[first + 1 : second])
        dim = self._dim(self._items[first])
        is_same = dim == self._dim(self._items[second]) and self._is_joined(first, second)
        return dim if has_or and is_same else ""

    def _same_of(self, at: int, metric: Item) -> Item | None:
        """ "csat of gold vs csat of silver": the value behind the same metric said again."""
        said = [item for item in self._items[:at] if item.sort is Sort.METRIC and item.sense.keys == metric.sense.keys]
        behind = self._next(self._items.index(metric))
        is_value = behind is not None and behind.sort is Sort.VALUE
        dims = {self._dim(item) for item in self._items[:at] if item.sort is Sort.VALUE}
        return behind if said and is_value and behind is not None and self._dim(behind) in dims else None
