"""The previous query while a follow-up changes it, and how its period moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import DefaultPeriod
from frontline.core.periods import Grain, Period, floor_date
from frontline.metrics.query import Filter, Kind, MetricQuery, PeriodSpec, Span
from frontline.metrics.questions.draft import Draft
from frontline.metrics.questions.moments import DAY, Dates, Frame, When, beside, unit_dates
from frontline.metrics.questions.senses import Sort
from frontline.metrics.relative import TODAY, Relative

_GOES_ON = frozenset({"why", "forecast", "target", "trend", "compare", "change", "remove", "exclude"})
_CONTENT = frozenset({Sort.METRIC, Sort.VALUE, Sort.DIMENSION})
_UNITS = (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)


@dataclass
class Patch:
    """The previous query, slot by slot, while it is changed."""

    kind: Kind
    metrics: list[str]
    by: list[str]
    filters: list[Filter]
    dates: Dates
    moves: Relative | None
    grain: Grain | None
    compare: object
    order: object
    limit: int | None
    kept: list[str] = field(default_factory=list)
    message: str = ""
    other_dates: list[tuple[Dates, Relative | None]] = field(default_factory=list)


class PeriodPatcher:
    """Moves the period of the previous query, or what it is compared with."""

    def __init__(self, draft: Draft, previous: MetricQuery, *, catalog: Catalog, frame: Frame) -> None:
        self._draft = draft
        self._previous = previous
        self._catalog = catalog
        self._frame = frame
        self._wants = draft.wants
        self._dims = [item.key for item in draft.words if item.sort is Sort.DIMENSION]
        period = previous.period
        self._patch = Patch(
            previous.kind, list(previous.metrics), list(previous.by), list(previous.filters),
            (period.start, period.end), _still(period, frame), period.grain, previous.compare, previous.order,
            previous.limit,
        )  # fmt: skip

    def _period(self) -> None:
        draft, patch = self._draft, self._patch
        compares = "compare" in self._wants or any(item.is_operation("vs") for item in draft.words)
        is_short = any(item.words in ("yoy", "year on year", "year over year", "y o y") for item in draft.words)
        if draft.compare == "week_before":
            self._week_before(compares=compares)
        elif isinstance(draft.compare, When):
            patch.compare = Span(start=draft.compare.start, end=draft.compare.end)
        elif draft.compare is not None and (compares or is_short or draft.compare_unit is not None):
            patch.compare = draft.compare
        elif draft.compare is not None:
            self._shift(-1 if draft.compare == "previous" else 0)
        for when in draft.periods:
            self._take(when, compares=compares)
        is_more = draft.has_content or draft.limit is not None or bool(self._wants & _GOES_ON)
        is_moment = self._is_of_this_moment(patch.metrics) and not (draft.periods or self._wants & _GOES_ON)
        if "now" in self._wants and (not is_more or is_moment):  # "now worst first" goes on, it asks for no moment
            patch.grain = None
            self._move((self._frame.today, self._frame.tomorrow), TODAY)

    def _is_of_this_moment(self, metrics: Iterable[str]) -> bool:
        """ "by queue right now", "backlog now": figures that there are for now. "now by queue" only goes on."""
        words = self._draft.words
        moments = [at for at, item in enumerate(words) if item.sense.when is not None and item.sense.when.is_now]
        is_said = any(" " in words[at].words or any(before.sort in _CONTENT for before in words[:at]) for at in moments)
        today = (DefaultPeriod.TODAY, DefaultPeriod.NOW)
        return is_said and all(self._catalog.metrics[key].default_period in today for key in metrics)

    def _move(self, dates: Dates, moves: Relative | None = None) -> None:
        """Take another period; what is counted from the dates of the thread does not move."""
        self._patch.dates, self._patch.moves = dates, moves

    def _week_before(self, *, compares: bool) -> None:
        """ "same day last week": the period of the thread seven days back, set against it where that is asked."""
        earlier = self._previous.period.start - 7 * DAY, self._previous.period.end - 7 * DAY
        if compares:
            self._patch.compare = Span(start=earlier[0], end=earlier[1])
        else:
            self._move(earlier)
            self._forget_span()

    def _take(self, when: When, *, compares: bool) -> None:
        patch = self._patch
        if when.choices and not (when.edge == "end" and patch.metrics == ["backlog"]):
            patch.other_dates = [(dates, when.moves if dates == when.dates else None) for dates in when.choices]
            return
        if when.relation == "beside":
            if compares:
                patch.compare = "last_year" if when.unit is Grain.YEAR else "previous"
            else:
                self._beside(when)
            return
        if compares and not self._draft.metrics:
            patch.compare = (
                when.relation if when.relation in ("previous", "last_year") else Span(start=when.start, end=when.end)
            )
            return
        if when.relation == "last_year" and (patch.dates[1] - patch.dates[0]).days < 365 and when.unit is Grain.YEAR:
            shifted = self._last_year()
            patch.other_dates = [(shifted, None), (when.dates, when.moves)]
            return
        self._move(when.dates, when.moves)
        self._forget_span()
        if when.is_future and when.start > self._frame.today:
            self._wants.add("forecast")

    def _forget_span(self) -> None:
        """A period to compare with that was named goes with the one it was named for."""
        patch = self._patch
        if isinstance(patch.compare, Span):
            patch.compare = None
            patch.kind = Kind.LOOKUP if patch.kind is Kind.COMPARISON else patch.kind

    def _beside(self, when: When) -> None:
        """ "the week before that": so many whole units beside the period of the thread."""
        unit = when.unit or Grain.DAY
        whole = self._whole(self._patch.dates)
        if unit is Grain.YEAR and when.count == -1 and (whole.end - whole.start).days < 360:
            self._move(self._last_year())
        else:
            dates = beside((whole.start, whole.end), unit, when.count)
            self._move(dates if when.count < 0 else self._frame.cap(*dates))

    def _whole(self, dates: Dates) -> Period:
        if dates[1] == self._frame.tomorrow:
            for unit in _UNITS:
                if (dates[1] - dates[0]).days > 1 and floor_date(self._frame.today, unit) == dates[0]:
                    return Period(*unit_dates(dates[0], unit))
        return Period(*dates)

    def _last_year(self) -> Dates:
        moved = self._whole(self._patch.dates).last_year()
        return moved.start, moved.end

    def _shift(self, step: int) -> None:
        moved = self._whole(self._patch.dates).previous() if step else Period(*self._last_year())
        self._move((moved.start, moved.end))


def _still(period: PeriodSpec, frame: Frame) -> Relative | None:
    """Return how the period of the thread moves, while counting back from today still gives its dates.

    A week later "last week" is another one than the answer in the thread shows.
    """
    moves = period.moves
    try:
        return moves if moves is not None and moves.period(frame.today) == period.period else None
    except ValueError:
        return None
