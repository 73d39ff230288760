"""Counts what the checks found, measures coverage, and refuses a file that is mostly bad."""

from __future__ import annotations

from typing import Any

from frontline.catalog.records import ColumnType
from frontline.core.errors import UsageError
from frontline.store.intake.columns import Plan
from frontline.store.intake.reading import DELIMITERS, Layout
from frontline.store.intake.report import REJECTS, SHOWN_ROWS, Finding
from frontline.store.intake.sources import SourceFile
from frontline.store.intake.sql import JUNK, NOBODY, NOTHING, listing, literal, name

MAX_BAD = 0.20


def collect_findings(con: Any, plan: Plan) -> list[Finding]:
    """Return the findings of ``typed`` and ``damaged`` for one file."""
    rows = con.execute(
        f"""
        WITH marks AS (
          SELECT _row, _fault AS mark FROM typed WHERE _fault IS NOT NULL
          UNION ALL SELECT _row, unnest(_notes) FROM typed WHERE _fault IS NULL
          UNION ALL SELECT _row, 'V11|' FROM damaged
        )
        SELECT left(mark, 3), substr(mark, 5), count(*), list(_row ORDER BY _row)[1:{SHOWN_ROWS}]
        FROM marks GROUP BY ALL ORDER BY 1, 2
        """
    ).fetchall()
    return [Finding(code, column, count, tuple(first)) for code, column, count, first in rows]


def refuse_bad_file(con: Any, file: str, findings: list[Finding]) -> tuple[int, int, int]:
    """Return (read, quarantined, fixed) rows.

    Raises:
        UsageError: more than 20 % of the rows cannot be loaded.
    """
    rows, faults, fixed = con.execute(
        "SELECT count(*), count(_fault), "
        "count(*) FILTER (WHERE _fault IS NULL AND len(list_filter(_notes, mark -> starts_with(mark, 'V05'))) > 0) "
        "FROM typed"
    ).fetchone()
    damaged = con.execute("SELECT count(*) FROM damaged").fetchone()[0]
    read, bad = rows + damaged, faults + damaged
    if read and bad / read > MAX_BAD:
        worst = "; ".join(found.sentence() for found in findings if found.code in REJECTS)
        raise UsageError(
            f"{file}: {bad:,} of {read:,} rows cannot be loaded, more than {MAX_BAD:.0%}: {worst}.",
            next_step="Nothing was loaded; correct the export and load it again.",
        )
    return int(read), int(bad), int(fixed)


def measure_coverage(con: Any, plan: Plan) -> dict[str, float]:
    """Return the filled share of every fed optional column among the good rows."""
    optional = [column for column in plan.feeds if not plan.spec.columns[column].required]
    if not optional:
        return {}
    counts = ", ".join(f"count({name(column)})" for column in optional)
    total, *filled = con.execute(f"SELECT count(*), {counts} FROM kept").fetchone()
    return {column: count / total if total else 0.0 for column, count in zip(optional, filled, strict=True)}


def collect_notes(file: SourceFile, plan: Plan, layout: Layout) -> list[str]:
    """Return what a person should know about how the file was read (V10, units, what was left out)."""
    notes = []
    if file.encoding != "utf-8":
        notes.append(f"{file.name} was read as {file.encoding} (V10).")
    if layout.delimiter and layout.delimiter != ",":
        notes.append(f"{file.name} is separated by {DELIMITERS.get(layout.delimiter, 'another sign')}.")
    for field, feed in plan.feeds.items():
        if feed.unit != 1.0 and feed.column:
            notes.append(f"{field} of {file.name} was read from {feed.column} times {feed.unit:g}.")
    if file.preamble:
        notes.append(f"The first {file.preamble} lines of {file.name} were taken for a title.")
    for header in plan.unused:
        rival = plan.spec.field_of(header) or ""
        if rival in plan.feeds and plan.feeds[rival].column:
            notes.append(
                f"{rival} was read from {plan.feeds[rival].column}; {header} would do too: --map '{rival}={header}'."
            )
    if plan.spec.counted_as:
        other = plan.spec.counted_as
        notes.append(f"Rows of {plan.table} are looked up, not counted; --table {other} makes them count.")
    if plan.unused:
        notes.append(f"Columns of {file.name} that were not loaded: {', '.join(plan.unused[:12])}.")
    return notes


def count_junk(con: Any, plan: Plan, layout: Layout) -> list[Finding]:
    """Return per optional column the cells that were typed to get past a field: n/a, test, 0000 (V13)."""
    tests = {}
    for field, feed in plan.feeds.items():
        spec = plan.spec.columns[field]
        if not feed.column or spec.required:
            continue
        words = {word for word in NOTHING if word} - {word.lower() for word in feed.nulls}
        if spec.type in (ColumnType.WORD, ColumnType.IDENTITY) and not feed.values:
            words |= set(JUNK)
        cell = f"lower(trim({layout.column(feed.column)}))"
        tests[field] = f"{cell} IN {listing(sorted(words))}"
        if spec.type is ColumnType.CUSTOMER:
            known = listing(sorted({word.lower() for word in feed.nulls}) or ("",))
            tests[field] = (
                f"({cell} NOT IN {known} AND (regexp_full_match({cell}, '0+') OR {cell} IN "
                f"{listing(sorted({*words, *NOBODY}))}))"
            )
    findings = []
    for field, test in tests.items():
        source = layout.source(plan.feeds[field].sources)
        if con.execute(f"SELECT EXISTS (SELECT 1 FROM {source} WHERE {test})").fetchone()[0]:
            query = f"SELECT count(*), min(_row, {SHOWN_ROWS}) FROM raw WHERE {test}"
            count, rows = con.execute(query).fetchone()
            findings.append(Finding("V13", field, int(count), tuple(rows)))
    return findings


def count_foreign(con: Any, file: SourceFile, layout: Layout) -> list[Finding]:
    """Return the rows whose letters depend on the encoding that was guessed (V10)."""
    if file.encoding != "cp1252" or not layout.headers:
        return []
    test = " OR ".join(f"regexp_matches(c{i}, '[^\\x00-\\x7F]')" for i in range(len(layout.headers)))
    count, rows = con.execute(f"SELECT count(*), min(_row, {SHOWN_ROWS}) FROM raw WHERE {test}").fetchone()
    return [Finding("V10", "", int(count), tuple(rows))] if count else []


def name_unmapped(con: Any, plan: Plan, layout: Layout, findings: list[Finding]) -> dict[str, dict[str, int]]:
    """Return the words behind every V07 with how often they stand, most frequent first: ``{field: {word: rows}}``.

    Words that stand once or twice are left out: they may be anything, a name too.
    """
    found: dict[str, dict[str, int]] = {}
    for finding in findings:
        feed = plan.feeds.get(finding.column)
        if finding.code != "V07" or feed is None or not feed.column:
            continue
        column = name(finding.column)
        rows = con.execute(
            f"SELECT trim({layout.column(feed.column)}) AS word, count(*) AS n FROM typed JOIN raw USING (_row) "
            f"WHERE _fault IS NULL AND list_contains(_notes, {literal('V07|' + finding.column)}) "
            f"AND ({column} IS NULL OR CAST({column} AS VARCHAR) = 'unmapped') AND length(word) <= 40 "
            "GROUP BY 1 HAVING n > 2 ORDER BY n DESC, 1 LIMIT 12"
        ).fetchall()
        found[finding.column] = {word: int(count) for word, count in rows}
    return found


def describe_unmapped(file: str, plan: Plan, unmapped: dict[str, dict[str, int]]) -> list[str]:
    """Return for every field the words that were not understood, with the line that maps them."""
    notes = []
    for field, words in unmapped.items():
        if not words:
            continue
        spec = plan.spec.columns[field]
        values = spec.values or ("true", "false")
        if plan.feeds[field].is_closed and not spec.values:
            values = tuple(sorted({value for value in plan.feeds[field].values.values() if value}))
        shown = ", ".join(f"{word} ({count:,})" for word, count in words.items())
        notes.append(
            f"{file}: {field} does not know {shown} (V07). Its values: {', '.join(values)}. Map them and load again: "
            f"--map '{field}.VALUE={next(iter(words))}'."
        )
    return notes
