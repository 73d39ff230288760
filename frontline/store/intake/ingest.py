"""The load: files in, a new generation of the facts out, and a report. All or nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

from frontline.catalog.records import ColumnType, Records, load_records
from frontline.core.clock import as_utc
from frontline.core.errors import FrontlineError, UsageError
from frontline.core.ids import new_id
from frontline.core.ports import Progress, Report
from frontline.store.generations import Draft, Generations
from frontline.store.intake import merge
from frontline.store.intake.columns import Plan, lay_out, plan_file
from frontline.store.intake.conversion import Reading, cell_sql, convert
from frontline.store.intake.declared import calendar_file, find_preset, home_zone, require_zone, write_calendar
from frontline.store.intake.distinct import find_repeated
from frontline.store.intake.drift import find_column_drift, find_volume_drift
from frontline.store.intake.findings import (
    collect_findings,
    collect_notes,
    count_foreign,
    count_junk,
    describe_unmapped,
    measure_coverage,
    name_unmapped,
    refuse_bad_file,
)
from frontline.store.intake.first_question import propose_question
from frontline.store.intake.numbers import decide_styles
from frontline.store.intake.personal import FindPersonal, describe_masks, find_masks
from frontline.store.intake.ratings import propose_ratings
from frontline.store.intake.reading import BLOCK, Layout, parquet_headers, read_raw
from frontline.store.intake.report import FileReport, Finding, LoadReport
from frontline.store.intake.safekeeping import forget_rejects, queue_identities, store_identities, store_rejects
from frontline.store.intake.scratch import Scratch, open_scratch
from frontline.store.intake.sources import MAX_LINE, FileKind, SourceFile, find_files, inspect_file
from frontline.store.intake.suggestion import Sample, read_sample
from frontline.store.intake.suppression import leave_out
from frontline.store.intake.times import TimeStyle, count_without_offset, decide_date_order, has_odd_times
from frontline.store.intake.wishes import read_wishes
from frontline.store.vault import Vault, load_or_create_key
from frontline.store.work import Store

_TIMES = (ColumnType.INSTANT, ColumnType.DAY)
_NUMBERS = (ColumnType.NUMBER, ColumnType.INTEGER, ColumnType.MONEY)


@dataclass(frozen=True)
class Options:
    """How a load is meant. ``mapping`` is what ``--map`` says, ``{left of =: right of =}``; see ``wishes``."""

    preset: str | None = None
    table: str | None = None
    mapping: Mapping[str, str] | None = None
    zone: str | None = None
    marks: Mapping[str, str] | None = None  # entries of the meta table that come about with the rows
    # Table -> instant: from it on the files hold all there is, and rows that they do not name any more are removed.
    restated: Mapping[str, dt.datetime] | None = None
    max_line: int = MAX_LINE


def ingest(
    paths: Sequence[Path],
    *,
    home: Path,
    store: Store,
    vault: Vault,
    now: dt.datetime,
    options: Options | None = None,
    report: Report | None = None,
    records: Records | None = None,
    calendar_zone: str = "",
    gap_days: int = 3,
    find_personal: FindPersonal | None = None,
) -> LoadReport:
    """Load files or folders into the facts of ``home``.

    Args:
        now: the current instant (aware); rows later than a day after it are rejected (V04).
        calendar_zone: the zone of the organisation's days; the home's own calendar wins over it.
        gap_days: more empty days than this split a loaded span.
        find_personal: recognises names in a sample of values, one label per text (V12); patterns are found without.

    Raises:
        UsageError: a file is refused; nothing of the whole load is kept.
        Conflict: another load is running.
        EngineError: the disk is full or fails; nothing was changed.
    """
    load = Load(
        home,
        store,
        vault,
        now=as_utc(now),
        options=options or Options(),
        records=records or load_records(home / "catalog"),
    )
    load.calendar_zone = home_zone(home) or calendar_zone
    load.gap_days = gap_days
    load.find_personal = find_personal
    load.report = report
    return load.run(paths)


@dataclass(frozen=True)
class Said:
    """What reading a file brought to light: the zone of its times, findings, and warnings for people."""

    zone: str
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]


class Load:
    """One run over all files. ``read`` alone judges a file and writes nothing."""

    calendar_zone = ""
    gap_days = 3
    report: Report | None = None
    find_personal: FindPersonal | None = None

    def __init__(
        self, home: Path, store: Store, vault: Vault, *, now: dt.datetime, options: Options, records: Records
    ) -> None:
        self.home = home
        self.store = store
        self.vault = vault
        self.now = now
        self.options = options
        self.records = records
        self.preset = find_preset(records, options.preset)
        self.wishes = read_wishes(options.mapping or {})
        if options.zone:
            require_zone(options.zone)
        self.key = load_or_create_key(home / "keys" / "org.key")
        self.notes: list[str] = []
        self.kept_rejects: list[str] = []
        self.load_ids: list[str] = []
        self.new_tables: set[str] = set()  # held nothing before this load
        self._done = self._total = 0

    def run(self, paths: Sequence[Path]) -> LoadReport:
        started = monotonic()
        names, notes = find_files(paths)
        self.notes += notes
        self._total = 2 * sum(path.stat().st_size for path in names)
        generations = Generations(self.home)
        try:
            with generations.writer() as draft, open_scratch(draft, self.key) as scratch:
                new_zone = self._new_calendar()
                self.calendar_zone = new_zone or self.calendar_zone
                files = [self._load_file(scratch, path) for path in names]
                outcome = self._finish(scratch, draft, files)
        except FrontlineError:
            for load_id in self.kept_rejects:
                forget_rejects(self.store, self.vault, load_id)
            raise
        is_first = outcome.generation == "000001"
        if outcome.generation:
            self._set_calendar(is_first=is_first, zone=new_zone)
            self.notes += propose_question(outcome, tables=self.new_tables)
        return replace(outcome, notes=tuple(self.notes), took_s=monotonic() - started)

    def _load_file(self, scratch: Scratch, path: Path) -> FileReport:
        file, layout, plan, said = self.read(scratch, path)
        found = self._merge(scratch, file, plan, layout, said)
        self._tell(file.size, f"loaded {path.name}")
        return found

    def read(self, scratch: Scratch, path: Path) -> tuple[SourceFile, Layout, Plan, Said]:
        """Read and judge one file: its rows stand in ``typed`` and ``damaged`` of the scratch database."""
        con = scratch.con
        self._tell(0, f"reading {path.name}")
        file = inspect_file(
            path, max_line=self.options.max_line, advance=lambda n: self._tell(n, f"reading {path.name}")
        )
        layout = lay_out(file, self.records, preset=self.preset, mapped=self.wishes.headers)
        if file.kind is FileKind.DELIMITED:
            # Decided before anything is parsed: a file without its key column is refused at once.
            plan = self._plan(file, layout)
            layout = read_raw(con, file, layout, block=max(BLOCK, 2 * self.options.max_line))
        else:
            if file.kind is FileKind.PARQUET:
                self._plan(file, Layout(parquet_headers(con, file)))
            layout = read_raw(con, file, layout)
            plan = self._plan(file, layout, con)
        zone, style = self._times(scratch, file, plan, layout)
        layout = find_repeated(con, plan, layout)
        cells = {name: (f"({cell_sql(name, plan.feeds[name], plan.spec.columns[name], layout)})",
                        layout.source(plan.feeds[name].sources)) for name in plan.of_type(*_NUMBERS)}  # fmt: skip
        counted = [name for name in cells if name.endswith("_s")]
        styles = decide_styles(con, cells, delimiter=layout.delimiter, durations=counted)
        masks, masked = find_masks(con, plan, layout, self.find_personal)
        bounds = self.preset.bounds if self.preset is not None else {}
        convert(con, plan, layout, Reading(zone, style, self.now, bounds, styles, masks, self.records.rules))
        findings = [*masked, *count_junk(con, plan, layout), *count_foreign(con, file, layout)]
        if left_out := leave_out(con, plan, self.store):
            self.notes.append(f"{file.name}: {left_out:,} rows are of people who were erased and count without them")
        return file, layout, plan, Said(zone, tuple(findings), tuple(describe_masks(file.name, masks)))

    def _plan(self, file: SourceFile, layout: Layout, con: Any = None) -> Plan:
        def sample() -> Sample:
            if file.kind is FileKind.DELIMITED:
                return read_sample(file, layout)
            if con is None:
                return Sample()
            return Sample(con.execute("SELECT * EXCLUDE (_row) FROM raw LIMIT 300").fetchall())

        return plan_file(
            file,
            layout.headers,
            self.records,
            preset=self.preset,
            table=self.options.table,
            wishes=self.wishes,
            sample=sample,
        )

    def _times(self, scratch: Scratch, file: SourceFile, plan: Plan, layout: Layout) -> tuple[str, TimeStyle]:
        """Return the zone and the spelling of the times of a file; refuse it while either is unknown (V09, V03)."""
        feeds = {field: plan.feeds[field] for field in plan.of_type(*_TIMES)}
        free = {
            field: f"({cell_sql(field, feed, plan.spec.columns[field], layout)})"
            for field, feed in feeds.items()
            if not feed.format and not feed.const
        }
        cells = list(free.values())
        order = decide_date_order(scratch.con, cells, file=file.name, wanted=self.wishes.order)
        style = TimeStyle(order, has_odd_times(scratch.con, cells))
        declared = self.options.zone or (self.preset.zone if self.preset is not None else "")
        if not declared and scratch.has_facts:
            declared = merge.get_meta(scratch.con, f"zone:{plan.table}")
            # The same file may fill a second table (its ratings): its times are what they were.
            declared = declared or merge.zone_of_file(scratch.con, file.digest)
        declared = declared or home_zone(self.home)
        instants = [cell for field, cell in free.items() if plan.spec.columns[field].type is ColumnType.INSTANT]
        if not declared:
            count, rows = count_without_offset(scratch.con, instants, style=style)
            if count:
                raise UsageError(
                    f"{file.name}: in which time zone are its times? They name no offset, and no zone is declared "
                    f"(V09; {count:,} times, first in row {', '.join(map(str, rows))}).",
                    next_step="Say it once with --tz, for example --tz Europe/Amsterdam.",
                )
        return declared, style

    def _merge(self, scratch: Scratch, file: SourceFile, plan: Plan, layout: Layout, told: Said) -> FileReport:
        con = scratch.con
        findings = [*collect_findings(con, plan), *told.findings]
        read, quarantined, fixed = refuse_bad_file(con, file.name, findings)
        if not scratch.has_facts:
            scratch.start_draft()
        if merge.is_behind(con, self.records):
            scratch.start_draft()
            merge.create_tables(con, self.records)
        delta = merge.find_delta(con, plan)
        if delta.duplicates:
            findings.append(Finding("V02", ", ".join(plan.spec.key), delta.duplicates, delta.duplicate_rows))
        gone = merge.find_gone(con, plan, since=(self.options.restated or {}).get(plan.table))
        for column, (count, rows) in merge.count_orphans(con, plan).items():
            findings.append(Finding("V08", column, count, rows))
        drifted, said = find_column_drift(con, plan, file=file.name, headers=layout.headers)
        findings += drifted
        unmapped = name_unmapped(con, plan, layout, findings)
        notes = [
            *collect_notes(file, plan, layout),
            *told.warnings,
            *said,
            *describe_unmapped(file.name, plan, unmapped),
        ]
        notes += [f"{file.name}: {gone:,} rows of before are gone (restated)"] if gone else []
        notes += propose_ratings(con, file, plan, layout)
        report = FileReport(
            file=file.name,
            table=plan.table,
            load_id=new_id("ld"),
            read=read,
            ok=read - quarantined - fixed - delta.duplicates,
            fixed=fixed,
            skipped=delta.duplicates,
            quarantined=quarantined,
            added=delta.added,
            changed=delta.changed,
            findings=tuple(sorted(findings, key=lambda found: (found.code, found.column))),
            coverage=measure_coverage(con, plan),
            unused=plan.unused,
            encoding=file.encoding,
            delimiter=layout.delimiter,
            zone=told.zone,
            notes=tuple(notes),
            read_as=plan.read_as,
            unmapped=unmapped,
        )
        if delta.added or delta.changed or gone or (quarantined and not self._is_known(con, file)):
            return self._write(scratch, file, plan, layout, report)
        return report

    def _write(self, scratch: Scratch, file: SourceFile, plan: Plan, layout: Layout, report: FileReport) -> FileReport:
        con = scratch.con
        scratch.start_draft()
        merge.create_tables(con, self.records)
        if merge.is_empty(con, plan.table):
            self.new_tables.add(plan.table)
        merge.apply_delta(con, plan, source=report.file, load_id=report.load_id)
        merge.remove_gone(con, plan)
        if report.quarantined:
            self.kept_rejects.append(report.load_id)
            store_rejects(
                con,
                self.store,
                self.vault,
                plan=plan,
                layout=layout,
                source=report.file,
                load_id=report.load_id,
                now=self.now,
                key=self.key,
            )
        queue_identities(con, plan)
        self.load_ids.append(report.load_id)
        zone = self.calendar_zone or report.zone or "UTC"
        drifted, said = find_volume_drift(con, plan, file=report.file, zone=zone, load_ids=self.load_ids, now=self.now)
        report = replace(report, findings=(*report.findings, *drifted), notes=(*report.notes, *said))
        findings = [[f.code, f.column, f.count, list(f.first_rows)] for f in report.findings]
        con.execute(
            "INSERT INTO cur.loads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                report.load_id, report.table, report.file, self.now.replace(tzinfo=None), report.read, report.ok,
                report.fixed, report.quarantined, json.dumps(report.codes), json.dumps(findings), report.skipped,
                report.added, report.changed, json.dumps(list(layout.headers)), file.digest, report.zone,
                self.options.preset or "",
            ],
        )  # fmt: skip
        if report.zone:
            merge.set_meta(con, f"zone:{report.table}", report.zone)
            merge.set_meta(con, "zone", report.zone)
        merge.check_table(con, plan)
        return report

    def _finish(self, scratch: Scratch, draft: Draft, files: list[FileReport]) -> LoadReport:
        con = scratch.con
        if not con.execute("SELECT count(*) FROM cur.loads").fetchone()[0] and not any(file.added for file in files):
            raise UsageError("None of the files holds a row.", next_step="A feed needs a header line and rows.")
        if draft.is_started:
            zone = self._day_zone(files)
            for mark, value in (self.options.marks or {}).items():
                merge.set_meta(con, mark, value)
            merge.set_meta(con, "span_zone", zone)
            tables = sorted({file.table for file in files})
            merge.refresh_spans(con, tables, self.records, zone=zone, gap_days=self.gap_days)
            store_identities(con, self.store, self.vault)
        loaded = {file.table for file in files}
        spans = {table: found for table, found in merge.read_spans(con).items() if table in loaded}
        marks = con.execute("SELECT table_name, max_ts FROM cur.watermarks").fetchall()
        scratch.finish()
        return LoadReport(
            files=tuple(files),
            generation=draft.id if draft.is_started else "",
            watermarks={table: mark.replace(tzinfo=dt.UTC) for table, mark in marks if table in loaded},
            spans=spans,
        )

    def _day_zone(self, files: Sequence[FileReport]) -> str:
        """The zone whose days make the spans: the calendar's, which a first load may just have set."""
        return self.calendar_zone or next((file.zone for file in files if file.zone), "UTC")

    def _new_calendar(self) -> str:
        """The zone that this load makes the calendar's: a preset's, or the one that the person said."""
        if Generations(self.home).current() is not None or calendar_file(self.home).exists():
            return ""
        if self.preset is not None and self.preset.sets_calendar:
            return self.preset.zone
        said = self.options.zone or ""
        return said if said != self.calendar_zone else ""

    def _set_calendar(self, *, is_first: bool, zone: str) -> None:
        if zone and is_first:
            write_calendar(self.home, zone, origin=self.preset.title if self.preset is not None else "the first file")
            self.notes.append(f"The calendar of this home is now {zone} (catalog/calendar.yaml).")

    def _is_known(self, con: Any, file: SourceFile) -> bool:
        known: bool = con.execute("SELECT count(*) FROM cur.loads WHERE digest = ?", [file.digest]).fetchone()[0] > 0
        return known

    def _tell(self, step: int, note: str) -> None:
        self._done += step
        if self.report is not None:
            self.report(Progress(min(self._done, self._total), self._total, note))
