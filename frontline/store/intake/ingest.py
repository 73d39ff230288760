"""The load: files in, a new generation of the facts out, and a report. All or nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

from rapidfuzz import fuzz, process

from frontline.catalog.records import ColumnType, Preset, Records, check_zone, load_records
from frontline.catalog.yamlfile import read_yaml
from frontline.core.clock import as_utc
from frontline.core.errors import FrontlineError, UsageError
from frontline.core.ids import new_id
from frontline.core.ports import Progress, Report
from frontline.store.generations import Draft, Generations
from frontline.store.intake import merge
from frontline.store.intake.columns import Plan, lay_out, plan_file, read_mapping
from frontline.store.intake.conversion import Reading, convert
from frontline.store.intake.findings import collect_findings, collect_notes, measure_coverage, refuse_bad_file
from frontline.store.intake.reading import BLOCK, Layout, parquet_headers, read_raw
from frontline.store.intake.report import FileReport, Finding, LoadReport
from frontline.store.intake.safekeeping import forget_rejects, queue_identities, store_identities, store_rejects
from frontline.store.intake.scratch import Scratch, open_scratch
from frontline.store.intake.sources import MAX_LINE, FileKind, SourceFile, find_files, inspect_file
from frontline.store.intake.times import DateOrder, count_without_offset, decide_date_order
from frontline.store.vault import Vault, load_or_create_key
from frontline.store.work import Store

_TIMES = (ColumnType.INSTANT, ColumnType.DAY)


@dataclass(frozen=True)
class Options:
    """How a load is meant. ``mapping`` is ``{field: column}``; a column may end in ``@dmy`` or ``@mdy``."""

    preset: str | None = None
    table: str | None = None
    mapping: Mapping[str, str] | None = None
    zone: str | None = None
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
) -> LoadReport:
    """Load files or folders into the facts of ``home``.

    Args:
        now: the current instant (aware); rows later than a day after it are rejected (V04).
        calendar_zone: the zone of the organisation's days; the home's own calendar wins over it.
        gap_days: more empty days than this split a loaded span.

    Raises:
        UsageError: a file is refused; nothing of the whole load is kept.
        Conflict: another load is running.
        EngineError: the disk is full or fails; nothing was changed.
    """
    load = _Load(
        home,
        store,
        vault,
        now=as_utc(now),
        options=options or Options(),
        records=records or load_records(home / "catalog"),
    )
    load.calendar_zone = _home_zone(home) or calendar_zone
    load.gap_days = gap_days
    load.report = report
    return load.run(paths)


class _Load:
    """One run over all files."""

    calendar_zone = ""
    gap_days = 3
    report: Report | None = None

    def __init__(
        self, home: Path, store: Store, vault: Vault, *, now: dt.datetime, options: Options, records: Records
    ) -> None:
        self.home = home
        self.store = store
        self.vault = vault
        self.now = now
        self.options = options
        self.records = records
        self.preset = _find_preset(records, options.preset)
        self.mapping, self.order = read_mapping(options.mapping or {})
        if options.zone:
            _check_zone(options.zone)
        self.key = load_or_create_key(home / "keys" / "org.key")
        self.notes: list[str] = []
        self.kept_rejects: list[str] = []
        self._done = self._total = 0

    def run(self, paths: Sequence[Path]) -> LoadReport:
        started = monotonic()
        names, notes = find_files(paths)
        self.notes += notes
        self._total = 2 * sum(path.stat().st_size for path in names)
        generations = Generations(self.home)
        try:
            with generations.writer() as draft, open_scratch(draft, self.key) as scratch:
                files = [self._load_file(scratch, path) for path in names]
                outcome = self._finish(scratch, draft, files)
        except FrontlineError:
            for load_id in self.kept_rejects:
                forget_rejects(self.store, self.vault, load_id)
            raise
        if outcome.generation:
            self._set_calendar(is_first=outcome.generation == "000001")
        return replace(outcome, notes=tuple(self.notes), took_s=monotonic() - started)

    def _load_file(self, scratch: Scratch, path: Path) -> FileReport:
        con = scratch.con
        self._tell(0, f"reading {path.name}")
        file = inspect_file(
            path, max_line=self.options.max_line, advance=lambda n: self._tell(n, f"reading {path.name}")
        )
        layout = lay_out(file, self.records, preset=self.preset, mapped=list(self.mapping.values()))
        if file.kind is FileKind.DELIMITED:
            # Decided before anything is parsed: a file without its key column is refused at once.
            plan = self._plan(file, layout)
            layout = read_raw(con, file, layout, block=max(BLOCK, 2 * self.options.max_line))
        else:
            if file.kind is FileKind.PARQUET:
                self._plan(file, Layout(parquet_headers(con, file)))
            layout = read_raw(con, file, layout)
            plan = self._plan(file, layout)
        zone, order = self._times(scratch, file, plan, layout)
        bounds = self.preset.bounds if self.preset is not None else {}
        convert(con, plan, layout, Reading(zone, order, self.now, bounds))
        found = self._merge(scratch, file, plan, layout, zone)
        self._tell(file.size, f"loaded {path.name}")
        return found

    def _plan(self, file: SourceFile, layout: Layout) -> Plan:
        return plan_file(
            file, layout.headers, self.records, preset=self.preset, table=self.options.table, mapping=self.mapping
        )

    def _times(self, scratch: Scratch, file: SourceFile, plan: Plan, layout: Layout) -> tuple[str, DateOrder | None]:
        """Return the zone and the order of dates of a file; refuse it while either is unknown (V09, V03)."""
        feeds = {field: plan.feeds[field] for field in plan.of_type(*_TIMES)}
        free = {field: layout.column(feed.column) for field, feed in feeds.items() if feed.column and not feed.format}
        order = decide_date_order(scratch.con, list(free.values()), file=file.name, wanted=self.order)
        declared = self.options.zone or (self.preset.zone if self.preset is not None else "")
        if not declared and scratch.has_facts:
            declared = merge.get_meta(scratch.con, f"zone:{plan.table}")
        declared = declared or _home_zone(self.home)
        instants = [column for field, column in free.items() if plan.spec.columns[field].type is ColumnType.INSTANT]
        if not declared and count_without_offset(scratch.con, instants, order=order):
            raise UsageError(
                f"{file.name}: in which time zone are its times? They name no offset, and no zone is declared (V09).",
                next_step="Say it once with --tz, for example --tz Europe/Amsterdam.",
            )
        return declared, order

    def _merge(self, scratch: Scratch, file: SourceFile, plan: Plan, layout: Layout, zone: str) -> FileReport:
        con = scratch.con
        findings = collect_findings(con, plan)
        read, quarantined, fixed = refuse_bad_file(con, file.name, findings)
        if not scratch.has_facts:
            scratch.start_draft()
        if self._is_fresh(scratch):
            scratch.start_draft()
            merge.create_tables(con, self.records)
        delta = merge.find_delta(con, plan)
        if delta.duplicates:
            findings.append(Finding("V02", ", ".join(plan.spec.key), delta.duplicates, delta.duplicate_rows))
        for column, (count, rows) in merge.count_orphans(con, plan).items():
            findings.append(Finding("V08", column, count, rows))
        notes = collect_notes(con, file, plan, layout)
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
            zone=zone,
            notes=tuple(notes),
        )
        if delta.added or delta.changed or (quarantined and not self._is_known(con, file)):
            self._write(scratch, file, plan, layout, report)
        return report

    def _write(self, scratch: Scratch, file: SourceFile, plan: Plan, layout: Layout, report: FileReport) -> None:
        con = scratch.con
        scratch.start_draft()
        merge.create_tables(con, self.records)
        merge.apply_delta(con, plan, source=report.file, load_id=report.load_id)
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
            )
        queue_identities(con, plan)
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

    def _finish(self, scratch: Scratch, draft: Draft, files: list[FileReport]) -> LoadReport:
        con = scratch.con
        if not con.execute("SELECT count(*) FROM cur.loads").fetchone()[0] and not any(file.added for file in files):
            raise UsageError("None of the files holds a row.", next_step="A feed needs a header line and rows.")
        if draft.is_started:
            zone = self._day_zone(files)
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
        """The zone whose days make the spans: the calendar's; a preset sets it in a home that has none yet."""
        if self._sets_calendar():
            assert self.preset is not None
            return self.preset.zone
        return self.calendar_zone or next((file.zone for file in files if file.zone), "UTC")

    def _sets_calendar(self) -> bool:
        is_first = Generations(self.home).current() is None
        return bool(self.preset and self.preset.sets_calendar and is_first and not _calendar_file(self.home).exists())

    def _set_calendar(self, *, is_first: bool) -> None:
        if not (self.preset and self.preset.sets_calendar and is_first) or _calendar_file(self.home).exists():
            return
        path = _calendar_file(self.home)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# Written by the first load: the zone of {self.preset.title}.\nzone: {self.preset.zone}\n")
        self.notes.append(f"The calendar of this home is now {self.preset.zone} (catalog/calendar.yaml).")

    def _is_fresh(self, scratch: Scratch) -> bool:
        query = "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'cur' AND table_name = 'loads'"
        has_tables: bool = scratch.con.execute(query).fetchone()[0] > 0
        return not has_tables

    def _is_known(self, con: Any, file: SourceFile) -> bool:
        known: bool = con.execute("SELECT count(*) FROM cur.loads WHERE digest = ?", [file.digest]).fetchone()[0] > 0
        return known

    def _tell(self, step: int, note: str) -> None:
        self._done += step
        if self.report is not None:
            self.report(Progress(min(self._done, self._total), self._total, note))


def _find_preset(records: Records, key: str | None) -> Preset | None:
    if key is None:
        return None
    preset = records.presets.get(key)
    if preset is None:
        near = process.extractOne(key, list(records.presets), scorer=fuzz.ratio, score_cutoff=60)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UsageError(
            f"There is no preset {key!r}.{hint}",
            next_step=f"Presets: {', '.join(sorted(records.presets))}.",
            choices=tuple(sorted(records.presets)),
        )
    if preset.loads != "facts":
        raise UsageError(
            f"The preset {key} loads texts, not facts.", next_step="Load it into the corpus with `frontline ingest`."
        )
    return preset


def _check_zone(zone: str) -> None:
    try:
        check_zone(zone)
    except ValueError as error:
        raise UsageError(
            f"There is no time zone {zone!r}.", next_step="Use a name such as Europe/Amsterdam."
        ) from error


def _calendar_file(home: Path) -> Path:
    return home / "catalog" / "calendar.yaml"


def _home_zone(home: Path) -> str:
    if not _calendar_file(home).exists():
        return ""
    document, _ = read_yaml(_calendar_file(home))
    zone = document.get("zone") if isinstance(document, dict) else None
    return str(zone) if zone else ""
