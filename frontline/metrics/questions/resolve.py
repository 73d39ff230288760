"""From slots to queries: every reading a draft allows, best first, with the reason where there are several."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import DefaultPeriod
from frontline.core.periods import Grain, floor_date, step_date
from frontline.metrics.query import Filter, Kind, MetricQuery, PeriodSpec, Span
from frontline.metrics.questions.draft import Draft, Pick
from frontline.metrics.questions.moments import DAY, Dates, Frame, When, beside, unit_dates
from frontline.metrics.questions.senses import Sort
from frontline.metrics.relative import TODAY, Relative, counted, spanning, until_today

MAX_READINGS = 4
# Of two units one is set against the other.
_PAIR = 2
DEFAULT_LIMIT = 5
_NOW_ONLY = frozenset({"contacts_waiting", "longest_wait", "agents_available"})
_PAST_OF_NOW = {"longest_wait": "asa", "contacts_waiting": "contact_volume", "agents_available": "occupancy"}
_VAGUE = "those words do not say exactly which days"
_SIZES = {Grain.HOUR: 0, Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 28, Grain.QUARTER: 90, Grain.YEAR: 365}


class Unanswerable(Exception):
    """The slots do not make a query; ``words`` say what stands in the way."""

    def __init__(self, message: str, *, words: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.words = words


@dataclass
class Candidates:
    """The readings of a question; more than one, or ``is_doubtful``, asks back with ``reason``."""

    queries: list[MetricQuery] = field(default_factory=list)
    is_doubtful: bool = False
    reason: str = ""

    def doubt(self, reason: str) -> None:
        """Ask back, even with one reading."""
        self.is_doubtful, self.reason = True, self.reason or reason


@dataclass(frozen=True)
class Spell:
    """A main period and what it is compared with."""

    dates: Dates
    compare: str | Dates | None = None
    moves: Relative | None = None


@dataclass(frozen=True)
class Main:
    """The period that is asked for, and how it is counted back from today, where it is."""

    dates: Dates
    moves: Relative | None = None


def default_period(catalog: Catalog, metric: str, frame: Frame) -> Main:
    """Return the period of a question that names none."""
    is_month = catalog.metrics[metric].default_period is DefaultPeriod.LAST_MONTH
    return _units_back(frame, Grain.MONTH, 1) if is_month else Main((frame.today, frame.tomorrow), TODAY)


def choose_grain(dates: Dates, when: When | None) -> Grain:
    """Return the grain of a series that was asked without one."""
    if when is not None and when.unit is not None and when.count > 1:
        return when.unit
    days = (dates[1] - dates[0]).days
    for limit, grain in ((2, Grain.HOUR), (31, Grain.DAY), (100, Grain.WEEK)):
        if days <= limit:
            return grain
    return Grain.MONTH


class Resolver:
    """Makes the candidates of one draft."""

    def __init__(self, draft: Draft, *, catalog: Catalog, frame: Frame) -> None:
        self._draft = draft
        self._catalog = catalog
        self._frame = frame
        self._found = Candidates()

    def candidates(self) -> Candidates:
        """Return the readings, at least one.

        Raises:
            Unanswerable: the words were understood, but no query says what they say.
        """
        draft = self._draft
        self._wait_of_the_past()
        self._unit_on_unit()
        if draft.doubts:
            raise Unanswerable("the catalog has no metric for that", words=tuple(draft.doubts))
        for metrics, picks in itertools.product(self._metric_sets(), self._pick_sets()):
            for spell in self._spells(metrics):
                query = self._query(metrics, picks, spell)
                if query not in self._found.queries:
                    self._found.queries.append(query)
        del self._found.queries[MAX_READINGS:]
        if len(self._found.queries) > 1:
            self._found.doubt("that can be read in more than one way")
        return self._found

    def _wait_of_the_past(self) -> None:
        """ "which queues waited longest yesterday": the longest wait is known for now, its past is the average wait."""
        draft = self._draft
        is_past = bool(draft.periods) and all(when.start < self._frame.today for when in draft.periods)
        if (
            draft.metrics == [("longest_wait",)]
            and is_past
            and draft.by
            and (draft.has_which or draft.rank or draft.limit)
        ):
            draft.metrics, draft.rank = [(_PAST_OF_NOW["longest_wait"],)], draft.rank or "highest"

    def _unit_on_unit(self) -> None:
        """ "month on month over the last 12 months": a series, for the months are set against one another."""
        draft = self._draft
        if "unit_on_unit" not in draft.wants or draft.wants & {"why", "compare"} or len(draft.periods) != 1:
            return
        when = draft.periods[0]
        if when.unit is draft.compare_unit and when.count > _PAIR:
            draft.compare, draft.grain = None, draft.compare_unit

    # -- the choices --------------------------------------------------------------------------------------------------

    def _metric_sets(self) -> Iterator[tuple[str, ...]]:
        options = self._draft.metrics
        if self._draft.uncoordinated:
            self._found.doubt("more than one metric is named")
            singles = [(keys[0],) for keys in options]
            yield from [*singles, tuple(keys[0] for keys in options)][:MAX_READINGS]
            return
        yield from itertools.islice((tuple(dict.fromkeys(keys)) for keys in itertools.product(*options)), MAX_READINGS)

    def _pick_sets(self) -> Iterator[list[Pick]]:
        fixed = [pick for pick in self._draft.picks if not pick.choices]
        open_picks = [pick for pick in self._draft.picks if pick.choices]
        for chosen in itertools.product(*(pick.choices for pick in open_picks)):
            extra = [Pick(dim, [value], pick.is_out) for pick, (dim, value) in zip(open_picks, chosen, strict=True)]
            yield [*fixed, *extra]

    def _spells(self, metrics: tuple[str, ...]) -> Iterator[Spell]:
        draft, compare = self._draft, self._compare()
        is_against = any(item.is_operation("vs", "compare", "change", "level", "why") for item in draft.words)
        if compare == "week_before" and not (draft.periods or is_against):
            day = self._frame.today - 7 * DAY
            # "csat same day last week": that day, set against nothing
            yield Spell((day, day + DAY), None, counted(Grain.DAY, 7))
            return
        for main in self._mains(metrics):
            yield self._spell(main, compare)

    def _spell(self, main: Main, compare: str | Dates | None) -> Spell:
        spell = self._opposed(main.dates, compare)
        return spell if spell.moves is not None else replace(spell, moves=main.moves)

    def _opposed(self, dates: Dates, compare: str | Dates | None) -> Spell:
        if compare == "week_before":
            return Spell(dates, (dates[0] - 7 * DAY, dates[1] - 7 * DAY))
        if compare == dates and self._draft.periods:
            self._found.doubt("a period cannot be compared with itself")
            return Spell(dates, "previous")
        if compare is None and len(self._draft.periods) == 2 and self._draft.periods[1].relation == "beside":
            return Spell(dates, "previous")
        if isinstance(compare, tuple) and not self._draft.periods:
            when = self._draft.compare
            unit = when.unit if isinstance(when, When) else None
            if unit is not None and unit is not Grain.DAY:
                self._found.doubt("compared with that, which period do you mean")
                running = self._frame.cap(*unit_dates(self._frame.today, unit))
                return Spell(running, compare, self._frame.moving(unit, 0))
            if unit is Grain.DAY and dates[0] == self._frame.today:
                return Spell(dates, compare)
            self._found.doubt("compared with that, which period do you mean")
        return Spell(dates, compare)

    def _mains(self, metrics: tuple[str, ...]) -> list[Main]:
        draft, frame = self._draft, self._frame
        whens = [when for when in draft.periods if not (when.relation == "beside" and len(draft.periods) > 1)]
        if not whens:
            return [self._unsaid(metrics)]
        if len(whens) > 1:
            return [self._merged(whens)]
        when = whens[0]
        main = Main(when.dates, when.moves)
        if (since := self._going_on(when)) is not None:
            if draft.grain is when.unit or when.unit is Grain.DAY:
                return [since]
            self._found.doubt("that period, or since it began")
            return [since, main]
        if set(metrics) & _NOW_ONLY and when.start != frame.today:
            self._found.doubt("that is only known for now")
            return [main]
        if when.edge == "end" and metrics == ("backlog",):
            return [main]
        if when.choices:
            many = len(when.choices) > 1
            self._found.doubt(f"{len(when.choices)} periods fit those words" if many else _VAGUE)
            return [main if dates == when.dates else Main(dates) for dates in when.choices]
        if when.relation == "beside":
            self._found.doubt("before or after what")
        if when.is_future and not frame.looks_ahead and when.start > frame.today:
            draft.wants.add("forecast")
        return [main]

    def _going_on(self, when: When) -> Main | None:
        """ "daily occupancy from 1 June": a series that begins there, where the period holds but one of its units."""
        grain = self._draft.grain
        is_open = "from" in self._draft.wants and grain is not None and when.count == 1 and not when.choices
        if not is_open or grain is None or when.start >= self._frame.today or when.relation or when.edge:
            return None
        if when.unit is None or (when.unit is Grain.DAY) != (_SIZES[grain] <= 1):
            return None
        return Main((when.start, self._frame.tomorrow), until_today(when.moves))

    def _unsaid(self, metrics: tuple[str, ...]) -> Main:
        draft, frame = self._draft, self._frame
        unit = draft.compare_unit
        if "forecast" in draft.wants:
            self._found.doubt("forecast for which period")
            start = floor_date(frame.today, Grain.WEEK) + 7 * DAY
            return Main((start, start + 7 * DAY), counted(Grain.WEEK, -1))
        if unit in (Grain.WEEK, Grain.MONTH, Grain.QUARTER) and draft.compare == "previous":
            return _units_back(frame, unit, 1)
        chosen = [default_period(self._catalog, key, frame) for key in metrics]
        if len({main.dates for main in chosen}) > 1:
            self._found.doubt("these metrics have different default periods")
        grain, (start, end) = draft.grain, chosen[0].dates
        if grain is not None and (end - start).days <= _SIZES[grain] + (3 if grain is Grain.MONTH else 0):
            self._found.doubt(f"over which period, per {grain.value}")
            return _units_back(frame, Grain.DAY if grain is Grain.HOUR else grain, 6)
        return chosen[0]

    def _merged(self, whens: list[When]) -> Main:
        """Two periods without a comparison: one inside the other, or neighbours that make one span."""
        draft, first, second = self._draft, whens[0], whens[1]
        if any(when.choices for when in whens):
            raise Unanswerable(_VAGUE, words=())
        if len(whens) == 2:
            for inner, outer in ((first, second), (second, first)):
                if outer.start <= inner.start and inner.end <= outer.end:
                    return Main(inner.dates, inner.moves if outer.moves is not None else None)
            early, late = sorted((first, second), key=lambda when: when.start)
            if early.end == late.start and _are_joined(draft, first, second):
                return Main((early.start, late.end), spanning(early.moves, late.moves))
        raise Unanswerable("several periods are named", words=())

    def _compare(self) -> str | Dates | None:
        draft = self._draft
        compare = draft.compare
        if isinstance(compare, When):
            if (compare.choices and compare.edge != "end") or compare.is_part_of_day:
                raise Unanswerable("the period to compare with is not clear")
            if compare.relation == "beside" and compare.unit is not None and len(draft.periods) == 1:
                return beside(draft.periods[0].dates, compare.unit, compare.count)
            return compare.dates
        whens = [when for when in draft.periods if when.relation != "beside"]
        if compare is None and len(whens) == 2 and draft.wants & {"compare", "why", "change"}:
            first, second = whens
            if first.dates == second.dates and "compare" in draft.wants:  # "this Monday with the previous Monday"
                raise Unanswerable("a period cannot be compared with itself")
            if (first.start <= second.start and second.end <= first.end) or (
                second.start <= first.start and first.end <= second.end
            ):
                return None
            if "compare" not in draft.wants or draft.wants & {"why", "change"}:
                first, second = sorted((first, second), key=lambda when: when.start, reverse=True)
            draft.periods = [first]
            if second.relation in ("previous", "last_year"):
                return second.relation
            return second.dates
        return compare

    # -- the query ----------------------------------------------------------------------------------------------------

    def _query(self, metrics: tuple[str, ...], picks: list[Pick], spell: Spell) -> MetricQuery:
        draft = self._draft
        by = list(draft.by)
        if draft.versus and draft.versus not in by and draft.rank == "":
            by.append(draft.versus)
        for dim in draft.loose_dims:
            if dim not in by:
                by.append(dim)
        kind = self._kind(spell)
        if kind is Kind.RANKING and not by:
            raise Unanswerable("what to rank is not said", words=())
        order, limit = self._order(metrics) if kind is Kind.RANKING else (None, None)
        if kind is Kind.WHY:
            by = []
        compare = spell.compare
        if (kind is Kind.WHY and compare is None) or (kind is Kind.COMPARISON and compare is None and not draft.versus):
            compare = "previous"
        grain = self._grain(kind, spell)
        return MetricQuery(
            kind=kind,
            metrics=metrics,
            by=tuple(by),
            filters=tuple(_filters(picks)),
            period=PeriodSpec(start=spell.dates[0], end=spell.dates[1], grain=grain, moves=spell.moves),
            compare=_compare_field(compare),
            order=order,
            limit=limit,
        )

    def _kind(self, spell: Spell) -> Kind:
        draft = self._draft
        wants = draft.wants
        if "why" in wants:
            return Kind.WHY
        if "target" in wants:  # "will we make the target this month" asks for the pace
            return Kind.TARGET
        if "forecast" in wants:
            return Kind.FORECAST
        if draft.rank and (draft.by or draft.has_which):
            if spell.compare is not None or ("change" in wants and not draft.versus):
                raise Unanswerable("a ranking by change is not something I can do yet", words=())
            if draft.grain is not None:
                raise Unanswerable("a ranking per period is not something I can do yet", words=())
            return Kind.RANKING
        if draft.rank and not draft.versus:
            if draft.grain is not None or not draft.rank:
                raise Unanswerable("what to rank is not said", words=())
            raise Unanswerable("what to rank is not said: teams, channels, topics?", words=())
        if (draft.grain is not None and spell.compare is None) or ("trend" in wants and spell.compare is None):
            return Kind.TREND
        if spell.compare is not None or draft.versus:
            return Kind.COMPARISON
        if "change" in wants:
            return Kind.COMPARISON
        if draft.has_which and draft.by and not draft.versus and draft.metrics == [("longest_wait",)]:
            draft.rank = "highest"  # which queue has "the oldest waiting contact"
            return Kind.RANKING
        if draft.has_which and draft.by and not draft.versus:
            self._found.doubt("ranked by what")
            draft.rank = "highest"
            return Kind.RANKING
        return Kind.LOOKUP

    def _grain(self, kind: Kind, spell: Spell) -> Grain | None:
        if self._draft.grain is not None:
            return self._draft.grain
        if kind is Kind.TREND:
            return choose_grain(spell.dates, self._draft.periods[0] if self._draft.periods else None)
        return None

    def _order(self, metrics: tuple[str, ...]) -> tuple[Literal["desc", "asc"], int]:
        """Top and bottom follow the number, best and worst the polarity of the metric."""
        rank, limit = self._draft.rank, self._draft.limit or DEFAULT_LIMIT
        if rank in ("highest", "lowest"):
            return ("desc" if rank == "highest" else "asc"), limit
        if rank == "order":
            return "desc", limit
        direction = self._catalog.metrics[metrics[0]].direction
        if direction == "none" and rank in ("best", "worst"):
            self._found.doubt("for this metric neither high nor low is better")
            return "desc", limit
        is_high_first = (direction != "lower") == (rank != "worst")
        return ("desc" if is_high_first else "asc"), limit


def _are_joined(draft: Draft, first: When, second: When) -> bool:
    """ "Q1 and Q2", "Q1+Q2" are both; "ytd 2025" is a riddle, "out on Monday, and csat last week" two things."""
    spots = [at for at, item in enumerate(draft.words) if item.sense.when in (first, second)]
    between = draft.words[spots[0] + 1 : spots[-1]] if spots else ()
    if any(item.sort is Sort.METRIC for item in between):
        return False
    return any(item.is_operation("and", "also") or (item.key and item.key in "+&,") for item in between)


def _units_back(frame: Frame, unit: Grain, count: int) -> Main:
    """Return so many whole units before the running one."""
    floor = floor_date(frame.today, unit)
    return Main((step_date(floor, unit, -count), floor), counted(unit, count, count))


def _filters(picks: list[Pick]) -> Iterator[Filter]:
    for pick in picks:
        yield Filter(dim=pick.dim, op="not_in" if pick.is_out else "in", values=tuple(pick.values))


def _compare_field(compare: str | Dates | None) -> Literal["previous", "last_year"] | Span | None:
    if isinstance(compare, tuple):
        return Span(start=compare[0], end=compare[1])
    if compare == "last_year":
        return "last_year"
    return "previous" if compare else None
