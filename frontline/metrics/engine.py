"""The only door to a number: policy, compile, execute, suppress, stamp."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from frontline.analysis.churn import CustomerSigns
from frontline.catalog.loader import Catalog
from frontline.catalog.schema_metrics import Metric, MetricKind
from frontline.catalog.schema_models import fold
from frontline.core.actor import PRIVATE, Actor, Audience
from frontline.core.clock import Clock
from frontline.core.errors import NotFound, NotPermitted, UsageError
from frontline.core.periods import cutting, local_date
from frontline.metrics.cache import ResultCache
from frontline.metrics.checks import canonical_key, check_query
from frontline.metrics.compiler import Ask, Scope, require_data
from frontline.metrics.costs import months_without_ledger
from frontline.metrics.customers import CustomerSpec, read_churn_signals
from frontline.metrics.dialects import hooks_of
from frontline.metrics.differences import TOO_NEAR, Apart, hide_near, with_floors
from frontline.metrics.extracts import Extract, ExtractSpec, read_extract
from frontline.metrics.guard import Answered, finer_dims, guard, read_answer
from frontline.metrics.live import LiveNow, LiveSource, freshness_notes, live_now, with_live
from frontline.metrics.loaded import as_column, require_loaded, require_now, until
from frontline.metrics.policy import Authorizer, View, view_of
from frontline.metrics.query import MetricQuery, MetricResult, Stamp
from frontline.metrics.reading import Key, Loaded, execute, loaded_spans, read_loaded
from frontline.metrics.sources import FactsSource, FilledView, Memo, Rows, count_filled
from frontline.metrics.stamps import coverage, filter_note, gap_notes, ledger_note, maturity_notes
from frontline.metrics.statements import sql_of
from frontline.metrics.tables import COMPARE, CURRENT, Column, lay_out
from frontline.metrics.together import Together
from frontline.metrics.versions import VersionSource, pinned
from frontline.metrics.windows import Slice, Windows, resolve_windows

# Rows of these kinds are not counted within the slice, so a slice without loaded days still has an answer.
_NOT_WITHIN = (
    MetricKind.SNAPSHOT,
    MetricKind.COHORT,
    MetricKind.LATEST,
    MetricKind.COST,
    MetricKind.LEDGER,
    MetricKind.DERIVED,
)


@dataclass(frozen=True)
class Explanation:
    """How a metric comes about: its definition in words, what it needs, and the SQL of a question."""

    key: str
    title: str
    definition: str
    version: int
    definition_hash: str
    caveats: tuple[str, ...]
    dimensions: tuple[str, ...]
    sql: tuple[str, ...] = ()


class MetricEngine:
    """Answers typed queries from the facts. Safe to share between threads."""

    def __init__(
        self,
        catalog: Catalog,
        facts: FactsSource,
        clock: Clock,
        policy: Authorizer,
        live: LiveSource | None = None,
        versions: VersionSource | None = None,
    ) -> None:
        """``live`` reads the queues of the live state; without it only loaded readings are known. ``versions`` finds
        earlier versions of definitions; without it only those in force can be asked for."""
        self._live = live
        self._versions = versions
        self._catalog = catalog
        self._facts = facts
        self._clock = clock
        self._policy = policy
        self._memo = Memo()
        self._cache = ResultCache()

    def run(self, actor: Actor, query: MetricQuery, *, audience: Audience = PRIVATE) -> MetricResult:
        """Return values, n and stamps for ``query``, as ``actor`` may see them before ``audience``.

        Raises:
            NotPermitted: the permission table, a column policy or the rules about single agents say no.
            NotFound: an unknown metric, or nothing loaded that could answer; says what would unlock it.
            UsageError: a combination without an answer, or a period that has not begun.
        """
        with cutting(self._catalog.calendar.units):
            return self._run_pinned(actor, query, audience) if query.pins else self._run(actor, query, audience)

    def run_together(
        self, actor: Actor, queries: Sequence[MetricQuery], *, audience: Audience = PRIVATE
    ) -> list[MetricResult | None]:
        """Answer breakdowns of the same metrics over the same period as ``run`` would one by one, in one pass over the
        rows where the engine of the facts can; None in the place of one that ``run`` would refuse."""
        together = Together(
            [[query.by for query in queries], [finer_dims(query.by, query.filters) for query in queries]],
            self._clock.now(),
        )
        found: list[MetricResult | None] = []
        for query in queries:
            try:
                with cutting(self._catalog.calendar.units):
                    pinned = self._run_pinned(actor, query, audience) if query.pins else None
                    found.append(pinned or self._run(actor, query, audience, together))
            except (NotFound, NotPermitted, UsageError):
                found.append(None)
        return found

    def _run(
        self, actor: Actor, query: MetricQuery, audience: Audience, together: Together | None = None
    ) -> MetricResult:
        asked = check_query(self._catalog, query)
        generation = self._facts.generation  # before connecting: a flip in between only labels the answer as older
        with self._facts.connect() as connection:
            view = view_of(
                self._catalog,
                self._policy,
                actor,
                asked,
                audience=audience,
                team_of=lambda word: self._team_of(connection, generation, word),
            )
            now = self._clock.now() if together is None else together.now
            live = self._live_now(asked, now)
            key = (canonical_key(asked), generation, live.as_of, repr(view), now.replace(second=0, microsecond=0))
            if (known := self._cache.get(key)) is not None:
                return replace(known, query=query)
            scope = with_live(self._scope(connection, generation, now, together), live)
            result = self._answer(scope, connection, asked, view)
        self._cache.put(key, result)
        return replace(result, query=query)

    def under(self, catalog: Catalog) -> MetricEngine:
        """Return an engine over the same facts under other definitions; it shares what is known of the tables."""
        other = MetricEngine(catalog, self._facts, self._clock, self._policy, self._live, self._versions)
        other._memo = self._memo
        return other

    def data_to(self, metric: str) -> dt.date | None:
        """Return the last day that the data of a metric reach; None before the first load."""
        mark = self._facts.watermark(self._catalog.metrics[metric].model)
        return None if mark is None else local_date(mark, self._catalog.calendar.zone_info)

    def _run_pinned(self, actor: Actor, query: MetricQuery, audience: Audience) -> MetricResult:
        """Answer by the versions that the query names; the metric, and so who may see it, stays the same."""
        catalog, notes = pinned(self._catalog, self._versions, query.pins)
        plain = query.model_copy(update={"pins": ()})
        if catalog is self._catalog:
            return replace(self._run(actor, plain, audience), query=query)
        catalog = with_floors(catalog, query.metrics, self._catalog)
        found = self.under(catalog).run(actor, plain, audience=audience)
        try:
            beside = self._run(actor, plain.model_copy(update={"order": None, "limit": None}), audience)
        except (NotFound, UsageError):
            apart = Apart(found)  # nothing is known beside it
        else:
            apart = hide_near(found, beside, floor=0)
        said = [TOO_NEAR] if apart.is_hidden else []
        return replace(apart.result, query=query, warnings=(*found.warnings, *notes, *said))

    def extract(self, actor: Actor, spec: ExtractSpec) -> Extract:
        """Return unsuppressed daily counts for routines and models (action ``metric.extract``).

        Raises:
            NotPermitted: the permission table says no.
            NotFound: nothing loaded that could answer.
        """
        self._policy.authorize(actor, "metric.extract", spec.metric)
        generation = self._facts.generation
        with self._facts.connect() as connection:
            seen = min(spec.as_seen_at or self._clock.now(), self._clock.now())
            scope = self._scope(connection, generation, seen)
            require_data(scope, spec.metric, self._catalog.metrics[spec.metric])
            return replace(read_extract(scope, connection, spec), generation=generation)

    def extract_customers(self, actor: Actor, spec: CustomerSpec) -> list[CustomerSigns]:
        """Return signs per keyed customer for the churn list (action ``metric.extract``).

        Raises:
            NotPermitted: the permission table says no.
            NotFound: nothing loaded that could answer.
        """
        self._policy.authorize(actor, "metric.extract", "customers")
        generation = self._facts.generation
        with self._facts.connect() as connection:
            seen = min(spec.as_seen_at or self._clock.now(), self._clock.now())
            return read_churn_signals(self._scope(connection, generation, seen), connection, spec)

    def explain(self, metric: str) -> Explanation:
        """Return the definition of ``metric``.

        Raises:
            NotFound: the catalog does not know it.
        """
        if metric not in self._catalog.metrics:
            raise NotFound(f"There is no metric {metric!r}.", next_step="`/ops help` lists the metrics.")
        found = self._catalog.metrics[metric]
        return Explanation(
            key=metric,
            title=found.title,
            definition=found.definition,
            version=found.version,
            definition_hash=self._catalog.definition_hashes[metric],
            caveats=found.caveats,
            dimensions=self._catalog.allowed_dimensions(metric),
        )

    def _answer(self, scope: Scope, connection: Connection, query: MetricQuery, view: View) -> MetricResult:
        metrics = [self._catalog.metrics[key] for key in query.metrics]
        for key, metric in zip(query.metrics, metrics, strict=True):
            self._require(scope, connection, key, metric)
        reached = [mark for metric in metrics if (mark := scope.watermark(metric.model)) is not None]
        windows = resolve_windows(query, now=scope.now, zone=scope.zone, watermark=min(reached, default=None))
        for metric in metrics:
            require_now(metric, windows)
        parts: list[Column] = []
        stamps: list[Stamp] = []
        read: list[tuple[Scope, Ask]] = []
        for key, metric in zip(query.metrics, metrics, strict=True):
            columns, stamp, asks = self._measure(scope, connection, query, view, windows, key, metric)
            parts += columns
            stamps.append(stamp)
            read += asks
        table = lay_out(self._catalog, query, parts)
        nothing = not any(cell.n for part in parts for cell in part.cells.values())
        empty = ["nothing matched in this period"] if nothing else []
        hidden = [f"{len(table.suppressed) // 2} hidden: too few behind them"] if table.suppressed else []
        return MetricResult(
            query=query,
            columns=table.columns,
            rows=table.rows,
            suppressed=table.suppressed,
            stamps=tuple(stamps),
            compare_period=windows.compare_period,
            is_unfinished=windows.is_unfinished,
            warnings=(*windows.notes, *table.warnings, *empty, *hidden),
            parts=table.parts,
            min_n=max(_min_n(metric, view) for metric in metrics),
            statements=partial(self._sql, tuple(read), connection.dialect),
        )

    def _measure(
        self,
        scope: Scope,
        connection: Connection,
        query: MetricQuery,
        view: View,
        windows: Windows,
        key: str,
        metric: Metric,
    ) -> tuple[list[Column], Stamp, list[tuple[Scope, Ask]]]:
        """Read one metric in every window and stamp it."""
        filters = (*query.filters, *view.rows)
        min_n = _min_n(metric, view)
        slices = [(CURRENT, windows.current), *([(COMPARE, windows.compare)] if windows.compare else [])]
        columns, asks, counts = [], [], []
        rows_behind = 0
        for window, piece in slices:
            ask = Ask(key, metric, piece, query.by, filters, query.period.grain)
            # The live state knows only now; what stood there before is in the loaded readings.
            source = scope.recorded or scope if window == COMPARE else scope
            asked = len(query.filters)
            read = self._read(source, connection, ask, window, asked=asked, min_n=min_n)
            answered = read or Answered({})
            if window == CURRENT:
                rows_behind = sum(cell.n for cell in answered.cells.values())
            guarded = guard(source, connection, ask, answered, asked=asked, min_n=min_n, is_self=view.is_self)
            columns.append(as_column(source, ask, window, guarded))
            counts.append(guarded.n)
            if read is not None:
                # The answer is kept; the cells that were read for it, hidden ones among them, are not.
                asks.append((replace(source, together=None, recorded=None), ask))
        now_ask = Ask(key, metric, windows.current, (), filters)
        spans = scope.spans(metric.model)
        notes = [*freshness_notes(scope, metric), *maturity_notes(scope, now_ask), *filter_note(filters)]
        if metric.kind not in _NOT_WITHIN:
            notes += gap_notes(spans, now_ask, scope.zone)
        if "total_cost" in (key, metric.numerator):
            notes += ledger_note(execute(connection, months_without_ledger(scope, now_ask))[0][0], now_ask)
        stamp = Stamp(
            metric=key,
            version=str(metric.version),
            definition_hash=self._catalog.definition_hashes[key],
            label=metric.title,
            window=windows.current.period,
            zone=self._catalog.calendar.zone,
            n=counts[0],
            as_of=scope.watermark(metric.model),
            generation=scope.generation,
            coverage={} if counts[0] is None else coverage(scope, connection, now_ask, n=rows_behind),
            notes=tuple(notes),
        )
        return columns, stamp, asks

    def _sql(self, asks: Sequence[tuple[Scope, Ask]], dialect: sa.Dialect) -> tuple[str, ...]:
        with cutting(self._catalog.calendar.units):
            return tuple(sql_of(scope, ask, dialect) for scope, ask in asks)

    def _read(
        self, scope: Scope, connection: Connection, ask: Ask, window: str, *, asked: int, min_n: int
    ) -> Answered | None:
        """Return what the facts say; None where they never held a reading of now to set beside the live one."""
        if ask.metric.kind not in _NOT_WITHIN and window == CURRENT:
            require_loaded(scope.spans(ask.metric.model), ask, scope)
        is_latest = ask.metric.kind is MetricKind.LATEST
        if is_latest and window == COMPARE and not scope.filled.rows(ask.metric.model):
            return None
        answered = read_answer(scope, connection, ask, asked=asked, min_n=min_n)
        if is_latest and window == CURRENT and not any(cell.n for cell in answered.cells.values()):
            raise NotFound(
                f"There is no fresh reading for {ask.metric.title.lower()}.",
                next_step=f"{ask.metric.unlocks[:1].upper()}{ask.metric.unlocks[1:]} at least every half hour.",
            )
        return answered

    def _require(self, scope: Scope, connection: Connection, key: str, metric: Metric) -> None:
        if metric.cumulative is not None:
            self._require(scope, connection, metric.cumulative.of, self._catalog.metrics[metric.cumulative.of])
            return
        if metric.kind is MetricKind.DERIVED:
            for part in (metric.numerator, metric.denominator):
                self._require(scope, connection, part, self._catalog.metrics[part])
            return
        require_data(scope, key, metric)
        if metric.kind is MetricKind.COST and not scope.filled.rows("costs"):
            raise NotFound(
                f"There are no data for {metric.title.lower()}: the ledger is missing.",
                next_step=f"{metric.unlocks[0].upper()}{metric.unlocks[1:]}, then ask again.",
            )

    def _scope(
        self, connection: Connection, generation: str, now: dt.datetime, together: Together | None = None
    ) -> Scope:
        zone = self._catalog.calendar.zone_info
        return Scope(
            catalog=self._catalog,
            filled=self._filled(connection, generation),
            hooks=hooks_of(connection.dialect.name),
            zone=zone,
            now=now,
            generation=generation,
            # Remembered: the SQL of an answer is written out when the connection is gone.
            spans=cache(lambda table: loaded_spans(self._loaded(connection, generation, table), zone=zone, now=now)),
            watermark=cache(lambda table: until(self._loaded(connection, generation, table).watermark, now)),
            together=together,
        )

    def _live_now(self, query: MetricQuery, now: dt.datetime) -> LiveNow:
        """Read the live state where a metric of the query knows only now."""
        is_asked = any(self._catalog.metrics[key].kind is MetricKind.LATEST for key in query.metrics)
        return live_now(self._live, now) if is_asked else LiveNow()

    def _filled(self, connection: Connection, generation: str) -> FilledView:
        def read(table: str) -> Mapping[str, int]:
            return self._memo.recall(
                generation, "filled", table, lambda: count_filled(self._catalog, connection, table)
            )

        return FilledView(read)

    def _loaded(self, connection: Connection, generation: str, table: str) -> Loaded:
        def read() -> Loaded:
            mark = self._facts.watermark(table)
            return read_loaded(self._catalog, connection, table=table, watermark=mark)

        return self._memo.recall(generation, "loaded", table, read)

    def _team_of(self, connection: Connection, generation: str, word: str) -> str | None:
        """Return the team of an agent by handle or id, None when there is no such agent."""
        rows = Rows(self._catalog, self._filled(connection, generation), "agents")
        team, handle, agent = (rows.column(path) for path in ("teams.name", "handle", "agent_id"))
        wanted = fold(word.removeprefix("@"))
        named = sa.or_(sa.func.lower(handle) == wanted, sa.func.lower(agent) == wanted)
        found = execute(
            connection,
            sa.select(sa.func.coalesce(team, rows.column("team_id"))).select_from(rows.from_clause).where(named),
        )
        return str(found[0][0]) if found and found[0][0] is not None else None


def _min_n(metric: Metric, view: View) -> int:
    return max(metric.min_n.person if view.is_person else metric.min_n.group, view.min_n)


__all__ = ["Explanation", "Key", "MetricEngine", "Slice"]
