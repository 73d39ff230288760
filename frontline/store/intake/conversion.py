"""The checks V01 to V07 and V13 as one set-based statement: ``raw`` texts become ``typed`` values.

``typed`` holds every row of the file: ``_row``, the converted columns, ``_fault`` (``V03|opened_at``, NULL when the
row is good) and ``_notes`` (a list of ``V05|vru_s`` for what was put right and the row kept).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from frontline.catalog.records import Bounds, ColumnType, Feed, Life, RecordColumn, RowRule
from frontline.store.intake import sql
from frontline.store.intake.columns import Plan
from frontline.store.intake.masks import Mask
from frontline.store.intake.numbers import Style, amount
from frontline.store.intake.reading import Layout
from frontline.store.intake.times import TimeStyle, calendar_day, joined, utc_instant

UNMAPPED = "unmapped"
_NUMBERS = (ColumnType.NUMBER, ColumnType.INTEGER, ColumnType.MONEY)
_TIMES = (ColumnType.INSTANT, ColumnType.DAY)


@dataclass(frozen=True)
class Reading:
    """How the texts of one file are meant."""

    zone: str
    times: TimeStyle
    now: dt.datetime
    bounds: Mapping[str, Bounds]
    numbers: Mapping[str, Style] = field(default_factory=dict)
    masks: Mapping[str, Mask] = field(default_factory=dict)
    rules: Mapping[str, RowRule] = field(default_factory=dict)


def convert(con: Any, plan: Plan, layout: Layout, reading: Reading) -> None:
    """Make the table ``typed`` from ``raw``. Cells that repeat themselves are converted once each."""
    columns = [_Column(field, feed, plan.spec.columns[field], layout, reading) for field, feed in plan.feeds.items()]
    looked_up: dict[str, list[_Column]] = {}
    for column in columns:
        if column.raw in layout.repeated:
            looked_up.setdefault(column.raw, []).append(column)
    for raw, fields in looked_up.items():
        texts, parsed = _both_steps(fields)
        cells = f"SELECT {raw} AS _cell, {texts} FROM once_{raw}"
        con.execute(f"CREATE OR REPLACE TABLE read_{raw} AS SELECT *, {parsed} FROM ({cells})")
    con.execute(f"CREATE OR REPLACE TABLE typed AS {_conversion_sql(plan, layout, reading, columns, looked_up)}")


def _both_steps(columns: Sequence[_Column]) -> tuple[str, str]:
    texts = ", ".join(f"{column.text()} AS {column.r}" for column in columns)
    return texts, ", ".join(f"{column.parsed()} AS {column.p}" for column in columns)


def _conversion_sql(
    plan: Plan, layout: Layout, reading: Reading, columns: Sequence[_Column], looked_up: Mapping[str, Sequence[_Column]]
) -> str:
    """The SELECT over ``raw`` that converts and judges every row; ``looked_up`` are converted in ``read_<column>``."""
    apart = {column.field for fields in looked_up.values() for column in fields}
    texts, parsed = _both_steps([column for column in columns if column.field not in apart])
    found = [
        f"read_{raw}.{part}" for raw, fields in looked_up.items() for column in fields for part in (column.r, column.p)
    ]
    texts = ", ".join(part for part in ("raw._row", texts, *found) if part)
    # An empty cell (NULL) finds nothing, and nothing is what it means.
    joins = "".join(f" LEFT JOIN read_{raw} ON read_{raw}._cell = raw.{raw}" for raw in looked_up)
    present = {column.field: column for column in columns}
    # One instant before another (V05): the later one is nulled.
    disorder = {later: present[first].p for first, later in plan.spec.order if first in present and later in present}
    finals = ", ".join(f"{column.final(disorder.get(column.field))} AS {sql.name(column.field)}" for column in columns)
    faults = [fault for column in columns for fault in column.faults(present)]
    broken = _broken_rules(plan.table, present, reading)
    faults += [(f"V16|{key}", test) for key, life, test in broken if life is Life.ENFORCE]
    faults.sort(key=lambda fault: fault[0])
    cases = " ".join(f"WHEN {test} THEN {sql.literal(code)}" for code, test in faults)
    notes = [note for column in columns for note in column.notes(disorder.get(column.field))]
    notes += [(f"{'V' if life is Life.WARN else 'S'}16|{key}", test) for key, life, test in broken]
    fault = f"CASE {cases} END" if cases else "CAST(NULL AS VARCHAR)"
    return (
        f"WITH texts AS (SELECT {texts} FROM {_origin(plan, layout)} AS raw{joins}), "
        f"parsed AS (SELECT *{', ' + parsed if parsed else ''} FROM texts) "
        f"SELECT _row, {finals}, {fault} AS _fault, {_noted(notes)} AS _notes FROM parsed"
    )


def _noted(notes: Sequence[tuple[str, str]]) -> str:
    """The list of the notes of a row; it is put together only where there is one."""
    if not notes:
        return "CAST([] AS VARCHAR[])"
    marks = ", ".join(f"CASE WHEN {test} THEN {sql.literal(code)} END" for code, test in notes)
    some = " OR ".join(f"({test})" for _, test in notes)
    return f"CASE WHEN {some} THEN list_filter([{marks}], mark -> mark IS NOT NULL) ELSE CAST([] AS VARCHAR[]) END"


def _broken_rules(table: str, present: Mapping[str, _Column], reading: Reading) -> list[tuple[str, Life, str]]:
    """(rule, how far it has come, test that a row breaks it) for every rule of the organisation on a fed column."""
    found = []
    for key, rule in reading.rules.items():
        if rule.table != table or rule.column not in present:
            continue
        value = present[rule.column].p
        text = f"CAST({value} AS VARCHAR)"
        tests = [f"{value} IS NULL"] if rule.needed else []
        if rule.values:
            tests.append(f"{text} NOT IN {sql.listing(rule.values)}")
        if rule.matches:
            tests.append(f"NOT {sql.full_match(text, rule.matches)}")
        if rule.lowest is not None:
            tests.append(f"try_cast({text} AS DOUBLE) < {rule.lowest}")
        if rule.highest is not None:
            tests.append(f"try_cast({text} AS DOUBLE) > {rule.highest}")
        found.append((key, rule.life(reading.now.date()), f"coalesce({' OR '.join(tests)}, false)"))
    return found


def _origin(plan: Plan, layout: Layout) -> str:
    """``raw``, with ``_key`` where a field wants one made from the row; the same row again gets a number behind it."""
    if not any(feed.is_row_key for feed in plan.feeds.values()):
        return "raw"
    cells = ", ".join(f"coalesce(c{i}, '')" for i in range(len(layout.headers)))
    hashed = sql.keyed_hash("row", f"concat_ws(chr(31), {cells})", length=20)
    return (
        "(SELECT *, _hash || CASE WHEN _nth > 1 THEN '-' || _nth ELSE '' END AS _key FROM "
        "(SELECT *, row_number() OVER (PARTITION BY _hash ORDER BY _row) AS _nth FROM "
        f"(SELECT *, {hashed} AS _hash FROM raw)))"
    )


class _Column:
    """The SQL of one column, in three steps: text, parsed, final."""

    def __init__(self, field: str, feed: Feed, spec: RecordColumn, layout: Layout, reading: Reading) -> None:
        self.field = field
        self.feed = feed
        self.spec = spec
        self.layout = layout
        self.reading = reading
        self.r = sql.name(f"r_{field}")
        self.p = sql.name(f"p_{field}")
        single = feed.column or feed.positive
        self.raw = layout.column(single) if single else ""
        bounds = reading.bounds.get(field, Bounds())
        self.lowest = bounds.lowest if bounds.lowest is not None else spec.lowest
        self.highest = bounds.highest if bounds.highest is not None else spec.highest

    def text(self) -> str:
        """The cell as a trimmed text, NULL for nothing."""
        cell = cell_sql(self.field, self.feed, self.spec, self.layout)
        mask = self.reading.masks.get(self.field)
        return mask.applied(f"({cell})") if mask is not None else cell

    def parsed(self) -> str:
        """The value, NULL when the text is none."""
        match self.spec.type:
            case ColumnType.INSTANT:
                zone, style = self.reading.zone, self.reading.times
                return utc_instant(self.r, zone=zone, style=style, format=self.feed.format)
            case ColumnType.DAY:
                return calendar_day(self.r, style=self.reading.times)
            case ColumnType.NUMBER:
                return self._amount()
            case ColumnType.INTEGER:
                return f"try_cast({self._amount()} AS INTEGER)"
            case ColumnType.MONEY:
                # Cents are exact as text; only a foreign spelling takes the way over a double.
                exact = f"try_cast({self.r} AS DECIMAL(18,2))"
                style_of = self.reading.numbers.get(self.field, Style())
                return f"try_cast(round({self._amount()}, 2) AS DECIMAL(18,2))" if style_of.has_odd else exact
            case ColumnType.FLAG:
                return sql.flag(self.r)
            case ColumnType.CUSTOMER:
                return sql.keyed_hash("customer", sql.somebody(self.r))
            case ColumnType.WORD:
                return sql.replaced(sql.folded(self.r), self.spec.synonyms)
            case ColumnType.TEXT | ColumnType.IDENTITY:
                return self.r

    def final(self, not_before: str | None) -> str:
        """The value that is kept: out of bounds and out of order become NULL, unknown words become ``unmapped``."""
        value = self.p
        if self._outside():
            value = f"CASE WHEN {self._outside()} THEN NULL ELSE {value} END"
        if not_before is not None:
            value = f"CASE WHEN {self.p} < {not_before} THEN NULL ELSE {value} END"
        if self.spec.values:
            value = f"CASE WHEN {self._unknown()} THEN {sql.literal(UNMAPPED)} ELSE {value} END"
        return value

    def faults(self, present: Mapping[str, _Column]) -> list[tuple[str, str]]:
        """(code|field, test) of everything that rejects the row."""
        found = []
        missing = self.p if self.spec.type is ColumnType.CUSTOMER else self.r
        if self.spec.required:
            found.append((f"V01|{self.field}", f"{missing} IS NULL"))
        if self.spec.type in _TIMES:
            found.append((f"V03|{self.field}", f"{self.r} IS NOT NULL AND {self.p} IS NULL"))
            if not self.spec.may_be_future:
                limit = (self.reading.now + dt.timedelta(days=1)).replace(tzinfo=None)
                found.append((f"V04|{self.field}", f"{self.p} > TIMESTAMP '{limit:%Y-%m-%d %H:%M:%S}'"))
        if self.spec.required and self.spec.type in _NUMBERS:
            found.append((f"V06|{self.field}", f"{self.r} IS NOT NULL AND {self.p} IS NULL"))
        if self.spec.highest_column:
            test = f"{self.r} IS NOT NULL AND {self.p} IS NULL"
            if self.spec.lowest is not None:
                test += f" OR {self.p} < {self.spec.lowest}"
            if self.spec.highest_column in present:
                test += f" OR {self.p} > {present[self.spec.highest_column].p}"
            found.append((f"V06|{self.field}", test))
        return found

    def notes(self, not_before: str | None) -> list[tuple[str, str]]:
        """(code|field, test) of everything that is put right or only counted."""
        found = []
        if self._outside():
            found.append((f"V05|{self.field}", self._outside()))
        if self.spec.type in _NUMBERS and not self.spec.required and not self.spec.highest_column:
            found.append((f"V05|{self.field}", f"{self.r} IS NOT NULL AND {self.p} IS NULL"))
        if not_before is not None:
            found.append((f"V05|{self.field}", f"{self.p} < {not_before}"))
        if self.spec.values:
            found.append((f"V07|{self.field}", self._unknown()))
        elif self.feed.is_closed:
            found.append((f"V07|{self.field}", f"{self.p} = {sql.literal(UNMAPPED)}"))
        if self.spec.type is ColumnType.FLAG and not self.feed.positive:
            found.append((f"V07|{self.field}", f"{self.r} IS NOT NULL AND {self.p} IS NULL"))
        return found

    def _amount(self) -> str:
        return amount(self.r, self.reading.numbers.get(self.field, Style()), unit=self.feed.unit)

    def _outside(self) -> str:
        if self.spec.type not in _NUMBERS or self.spec.highest_column or self.spec.required:
            return ""
        tests = []
        if self.lowest is not None:
            tests.append(f"{self.p} < {self.lowest}")
        if self.highest is not None:
            tests.append(f"{self.p} > {self.highest}")
        return f"({' OR '.join(tests)})" if tests else ""

    def _unknown(self) -> str:
        return f"({self.p} IS NOT NULL AND {self.p} NOT IN {sql.listing(self.spec.values)})"


def cell_sql(field: str, feed: Feed, spec: RecordColumn, layout: Layout) -> str:
    """Return the SQL over ``raw`` of the text that feeds a field: trimmed, NULL for nothing."""
    if feed.const:
        return sql.literal(feed.const)
    if feed.is_row_key:
        return "_key"
    if feed.positive:
        amount_of = sql.number(layout.column(feed.positive))
        return f"CASE WHEN {amount_of} > 0 THEN 'true' WHEN {amount_of} IS NOT NULL THEN 'false' END"
    if feed.join:
        parts = [sql.cleaned(layout.column(column)) for column in feed.join]
        if spec.type in _TIMES and not feed.format:
            return joined([f"({part})" for part in parts])
        return f" || {sql.literal(feed.between)} || ".join(f"({part})" for part in parts)
    junk = sql.JUNK if spec.type in (ColumnType.WORD, ColumnType.IDENTITY) and not feed.values else ()
    cell = sql.cleaned(layout.column(feed.column), nulls=(*feed.nulls, *junk))
    if feed.values or feed.rest:
        cell = _valued(cell, feed)
    if feed.pseudonym:
        cell = f"{sql.literal(feed.pseudonym + '-')} || {sql.keyed_hash(feed.pseudonym, cell, length=8)}"
    return cell


def _valued(cell: str, feed: Feed) -> str:
    if feed.rest or feed.is_closed:
        other = f"CASE WHEN {cell} IS NOT NULL THEN {sql.literal(feed.rest or UNMAPPED)} END"
    else:
        other = cell
    cases = " ".join(
        f"WHEN {sql.literal(word)} THEN {sql.literal(value) if value is not None else 'NULL'}"
        for word, value in feed.values.items()
    )
    return f"CASE {sql.folded(cell) if feed.folds else cell} {cases} ELSE {other} END" if cases else other
