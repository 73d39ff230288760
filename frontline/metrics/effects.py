"""What another definition would change: old and new value over the same stretch, by month or week, and where most.

Both sides are answers of the engine, as the person may see them. Where two definitions differ by fewer rows than may
stand behind a figure, their difference would point at those rows: then the new side is hidden (``differences``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from frontline.catalog.definitions import Version, with_version
from frontline.catalog.loader import Catalog
from frontline.core.actor import PRIVATE, Actor, Audience
from frontline.core.errors import NotFound, NotPermitted, UsageError
from frontline.core.periods import Grain, Period
from frontline.metrics.differences import hide_near, raised
from frontline.metrics.engine import MetricEngine
from frontline.metrics.query import Filter, Kind, MetricQuery, MetricResult, PeriodSpec

LOOKED_AT = ("channel", "queue", "topic", "segment", "team", "region", "product", "tier")
MOST_MOVERS = 5


@dataclass(frozen=True)
class Side:
    """One value of one definition; None: hidden, or nothing to measure."""

    value: float | None
    n: int | None
    is_hidden: bool = False


@dataclass(frozen=True)
class Pair:
    """The same cell under both definitions. ``label``: a unit of the series or a value of a dimension."""

    label: str
    old: Side
    new: Side
    dim: str = ""

    @property
    def change(self) -> float | None:
        """New less old, in the metric's unit."""
        if self.old.value is None or self.new.value is None:
            return None
        return self.new.value - self.old.value


@dataclass(frozen=True)
class Effect:
    """Two definitions side by side. ``old`` and ``new`` are names such as ``fcr_rate@2``."""

    old: str
    new: str
    period: Period
    total: Pair
    series: Mapping[Grain, tuple[Pair, ...]]
    movers: tuple[Pair, ...]
    notes: tuple[str, ...]
    generation: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON: {old, new, start, end, total, by_month, by_week, movers, notes}."""
        return {
            "old": self.old,
            "new": self.new,
            "start": self.period.start.isoformat(),
            "end": self.period.end.isoformat(),
            "total": _json(self.total),
            **{f"by_{grain.value}": [_json(pair) for pair in pairs] for grain, pairs in self.series.items()},
            "movers": [{"dim": pair.dim, **_json(pair)} for pair in self.movers],
            "notes": list(self.notes),
            "generation": self.generation,
        }


@dataclass(frozen=True)
class Contest:
    """Two definitions to be compared; ``old`` is None where the metric is new."""

    old: Version | None
    new: Version
    filters: tuple[Filter, ...] = ()


def measure_effect(
    engine: MetricEngine,
    catalog: Catalog,
    actor: Actor,
    contest: Contest,
    period: Period,
    *,
    audience: Audience = PRIVATE,
) -> Effect:
    """Return the effect of ``contest.new`` in the place of ``contest.old`` over ``period``.

    Raises:
        NotPermitted: the actor may not see one of the figures.
        NotFound: nothing loaded that could answer either.
    """
    floor = _floor(contest)

    def readers(filters: tuple[Filter, ...]) -> list[_Reader]:
        return [_Reader(engine, catalog, actor, filters, audience, version, floor) for version in _versions(contest)]

    sides = readers(contest.filters)
    read = _read(sides, period, None, "", floor)
    whole = read.pairs
    if not whole or all(side.value is None and not side.is_hidden for side in (whole[0].old, whole[0].new)):
        raise NotFound(
            f"There is nothing to measure between {period.start.isoformat()} and {period.last_day.isoformat()}.",
            next_step="Say --from and --to over days that are loaded.",
        )
    series = {grain: _read(sides, period, grain, "", floor) for grain in (Grain.MONTH, Grain.WEEK)}
    groups = [_groups(sides, period, dim, floor) for dim in _dimensions(catalog, contest)]
    # A group that alone differs by a few is the total less the others: where such a dimension is filtered by, neither
    # the group nor any of the others is shown, and the total of all may be.
    dims = dict.fromkeys(item.dim for item in contest.filters)
    beside = [
        _groups(readers(tuple(item for item in contest.filters if item.dim != dim)), period, dim, floor) for dim in dims
    ]
    if any(found.is_alone for found in (read, *series.values(), *beside)):
        # A month that is hidden would be the total less the others, which can be asked for one by one; and the total is
        # the sum of its months, of its weeks and of any groups.
        whole, groups = _unseen(whole), []
        series = {grain: _Pairs(_unseen(found.pairs)) for grain, found in series.items()}
    notes = [*dict.fromkeys(note for side in sides for note in side.notes)]
    return Effect(
        contest.old.name if contest.old else "none",
        contest.new.name,
        period,
        whole[0],
        {grain: found.pairs for grain, found in series.items()},
        _movers(groups),
        tuple(notes),
        sides[-1].generation,
    )


def _unseen(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    return tuple(replace(pair, new=Side(None, None, is_hidden=True)) for pair in pairs)


def last_days(days: int, *, today: dt.date, data_to: dt.date | None) -> Period:
    """Return the last ``days`` days before today, or before the end of the data where these end earlier."""
    end = today if data_to is None else min(today, data_to + dt.timedelta(days=1))
    return Period(end - dt.timedelta(days=days), end)


class _Reader:
    """Asks the engine under one version."""

    def __init__(
        self,
        engine: MetricEngine,
        catalog: Catalog,
        actor: Actor,
        filters: tuple[Filter, ...],
        audience: Audience,
        version: Version | None,
        floor: int,
    ) -> None:
        self.notes: list[str] = []
        self.generation = ""
        self._actor, self._filters, self._audience, self._version = actor, filters, audience, version
        if version is not None:
            self._engine = engine.under(raised(with_version(catalog, version), version.key, floor))

    def read(self, period: Period, grain: Grain | None, dim: str) -> MetricResult | None:
        """Return the answer; None where there is none."""
        if self._version is None:
            return None
        key = self._version.key
        query = MetricQuery(
            kind=Kind.TREND if grain else Kind.LOOKUP,
            metrics=(key,),
            by=(dim,) if dim else (),
            filters=self._filters,
            period=PeriodSpec(start=period.start, end=period.end, grain=grain),
        )
        try:
            result = self._engine.run(self._actor, query, audience=self._audience)
        except NotFound as error:
            if not grain and not dim:
                self.notes.append(f"{self._version.name}: {error.message.rstrip('.')}")
            return None
        except UsageError:
            if grain or dim:
                return None  # known only as a whole, or only for now
            raise
        self.generation = result.stamps[0].generation
        if not grain and not dim:
            self.notes += [f"{self._version.name}: {note}" for note in result.stamps[0].notes]
        return result


def _sides(result: MetricResult | None) -> dict[str, Side]:
    if result is None:
        return {}
    value = result.columns.index(result.query.metrics[0])
    hidden = set(result.suppressed)
    found: dict[str, Side] = {}
    for number, row in enumerate(result.rows):
        label = str(row[0]) if value else ""
        is_hidden = (number, value) in hidden
        figure = None if row[value] is None else float(row[value])
        found[label] = Side(figure, None if is_hidden else int(row[value + 1] or 0), is_hidden)
    return found


@dataclass(frozen=True)
class _Pairs:
    """The cells of both sides; ``is_alone``: the new side is hidden for one cell that would follow from a total."""

    pairs: tuple[Pair, ...]
    is_alone: bool = False


def _read(sides: Sequence[_Reader], period: Period, grain: Grain | None, dim: str, floor: int) -> _Pairs:
    before, after = (side.read(period, grain, dim) for side in sides)
    apart = hide_near(after, before, floor=floor) if before is not None and after is not None else None
    old, new = _sides(before), _sides(apart.result if apart is not None else after)
    empty = Side(None, None)
    # A cell that only the old side has would be told by what is missing beside it.
    missing = Side(None, None, is_hidden=True) if apart is not None and apart.is_hidden else empty
    pairs = tuple(
        Pair(label, old.get(label, empty), new.get(label, missing), dim) for label in dict.fromkeys((*old, *new))
    )
    return _Pairs(pairs, apart is not None and apart.is_alone)


def _groups(sides: Sequence[_Reader], period: Period, dim: str, floor: int) -> _Pairs:
    try:
        return _read(sides, period, None, dim, floor)
    except (NotPermitted, NotFound):
        return _Pairs(())  # this one may not be looked at; another one may


def _movers(groups: Sequence[_Pairs]) -> tuple[Pair, ...]:
    # With one value the group is the whole.
    moved = [pair for found in groups if len(found.pairs) > 1 for pair in found.pairs if pair.change]
    return tuple(sorted(moved, key=lambda pair: -abs(pair.change or 0))[:MOST_MOVERS])


def _dimensions(catalog: Catalog, contest: Contest) -> list[str]:
    known = contest.new.key if contest.new.key in catalog.metrics else ""
    allowed = catalog.allowed_dimensions(known) if known else ()
    cut = {item.dim for item in contest.filters}
    return [dim for dim in LOOKED_AT if dim in allowed and dim not in cut]


def _versions(contest: Contest) -> tuple[Version | None, Version]:
    return contest.old, contest.new


def _floor(contest: Contest) -> int:
    """A proposal that would show smaller groups is measured with as many behind a figure as before."""
    sizes = [int(version.bundle["metric"]["min_n"]["group"]) for version in _versions(contest) if version is not None]
    return max(sizes)


def _json(pair: Pair) -> dict[str, Any]:
    return {
        "label": pair.label,
        "old": pair.old.value,
        "old_n": pair.old.n,
        "new": pair.new.value,
        "new_n": pair.new.n,
        "change": pair.change,
        "hidden": pair.old.is_hidden or pair.new.is_hidden,
    }
