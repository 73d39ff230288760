"""Which column of a file feeds which column of the facts: by name, by alias, by preset or by what the person said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from frontline.catalog.records import ColumnType, Feed, Preset, Records, RecordTable, normal
from frontline.core.errors import UsageError
from frontline.store.intake.reading import DELIMITERS, Layout, split_header
from frontline.store.intake.sources import FileKind, SourceFile
from frontline.store.intake.times import ORDERS, DateOrder


@dataclass(frozen=True)
class Plan:
    """How one file becomes rows of one table. ``unused`` are headers that feed nothing."""

    table: str
    spec: RecordTable
    feeds: Mapping[str, Feed]
    unused: tuple[str, ...] = ()

    @property
    def stored(self) -> tuple[str, ...]:
        """The fed columns that the facts keep, in the table's order."""
        return tuple(name for name in self.spec.stored if name in self.feeds)

    @property
    def identities(self) -> tuple[str, ...]:
        """The fed columns that go to the vault."""
        return tuple(name for name in self.spec.identities if name in self.feeds)

    def of_type(self, *types: ColumnType) -> tuple[str, ...]:
        """The fed columns of these types."""
        return tuple(name for name in self.feeds if self.spec.columns[name].type in types)


def read_mapping(pairs: Mapping[str, str]) -> tuple[dict[str, str], DateOrder | None]:
    """Split ``{field: "column@dmy"}`` into ``{field: column}`` and the order of the dates.

    Raises:
        UsageError: two different orders were given.
    """
    columns: dict[str, str] = {}
    orders: set[DateOrder] = set()
    for field, column in pairs.items():
        name, _, suffix = column.rpartition("@")
        order = next((order for order in ORDERS if order == suffix and name), None)
        columns[field] = name if order else column
        if order is not None:
            orders.add(order)
    if len(orders) > 1:
        raise UsageError("One file has one order of day and month.", next_step="Give @dmy or @mdy, not both.")
    return columns, orders.pop() if orders else None


def lay_out(file: SourceFile, records: Records, *, preset: Preset | None, mapped: Sequence[str]) -> Layout:
    """Return how a delimited file is cut, with its headers; for other kinds an empty layout.

    Raises:
        UsageError: no delimiter makes sense of the header, or it is not the preset's.
    """
    if file.kind is not FileKind.DELIMITED:
        return Layout(())
    if preset is not None and preset.delimiter:
        return _preset_layout(file, preset)
    known = {normal(word) for table in records.tables.values() for field, column in table.columns.items()
             for word in (field, *column.aliases)} | {normal(column) for column in mapped}  # fmt: skip
    cut = {mark: split_header(file, mark) for mark in DELIMITERS}
    best = max(cut, key=lambda mark: (sum(normal(cell) in known for cell in cut[mark]), len(cut[mark])))
    headers = cut[best]
    if len(headers) == 1 and normal(headers[0]) not in known:
        raise UsageError(
            f"{file.name} cannot be cut into columns: its first line holds none of comma, semicolon, tab and bar.",
            next_step="Export it with one of these delimiters and a header line.",
        )
    return Layout(headers, best)


def plan_file(
    file: SourceFile,
    headers: Sequence[str],
    records: Records,
    *,
    preset: Preset | None = None,
    table: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Plan:
    """Decide the table and its feeds.

    Raises:
        UsageError: the table is not clear, a key column is missing, or ``mapping`` names something that is not there.
    """
    if preset is not None:
        plan = _preset_plan(file, headers, records, preset)
    else:
        chosen = table or _guess_table(file, headers, records, mapping or {})
        if chosen not in records.tables:
            raise UsageError(
                f"There is no table {chosen!r}.",
                next_step="Choose one of them with --table.",
                choices=tuple(records.tables),
            )
        plan = _plan_by_names(file, chosen, records.tables[chosen], headers, mapping or {})
    if missing := [name for name in plan.spec.required if name not in plan.feeds]:
        raise UsageError(
            f"{file.name} lacks the key column {' and '.join(missing)} of {plan.table} (V01).",
            next_step=f"Name the column that holds it: --map {missing[0]}=COLUMN.",
        )
    return plan


def _preset_layout(file: SourceFile, preset: Preset) -> Layout:
    headers = split_header(file, preset.delimiter, is_quoted=preset.is_quoted)
    wanted = set(preset.header) or {column for feed in preset.fields.values() for column in feed.sources}
    if not wanted <= set(headers):
        for mark, word in DELIMITERS.items():
            if mark != preset.delimiter and wanted <= set(split_header(file, mark, is_quoted=preset.is_quoted)):
                raise UsageError(
                    f"{file.name} is separated by {word}, the preset expects {DELIMITERS[preset.delimiter]}.",
                    next_step="Export it with the preset's delimiter, or load it without the preset.",
                )
    return Layout(headers, preset.delimiter, preset.is_quoted)


def _preset_plan(file: SourceFile, headers: Sequence[str], records: Records, preset: Preset) -> Plan:
    needed = [column for feed in preset.fields.values() for column in feed.sources]
    if missing := sorted({column for column in needed if column not in headers}):
        raise UsageError(
            f"{file.name} is not an export of {preset.title}: it lacks the column {', '.join(missing[:3])}.",
            next_step="Check the preset, or load it without one.",
        )
    used = set(needed)
    return Plan(
        preset.table,
        records.tables[preset.table],
        dict(preset.fields),
        tuple(header for header in headers if header not in used),
    )


def _plan_by_names(
    file: SourceFile, table: str, spec: RecordTable, headers: Sequence[str], mapping: Mapping[str, str]
) -> Plan:
    feeds: dict[str, Feed] = {}
    for given, header in mapping.items():
        field = spec.field_of(given)
        if field is None:
            raise UsageError(
                f"{table} has no field {given!r}.{_nearest(given, spec.columns)}", next_step="Correct --map."
            )
        found = next((h for h in headers if h == header), None) or next(
            (h for h in headers if normal(h) == normal(header)), None
        )
        if found is None:
            raise UsageError(
                f"{file.name} has no column {header!r}.{_nearest(header, headers)}", next_step="Correct --map."
            )
        feeds[field] = Feed(column=found)
    used = {feed.column for feed in feeds.values()}
    # Exact names first, then aliases in the order of the file: the first one present wins.
    for wanted_exact in (True, False):
        for header in headers:
            if not header or header in used:
                continue
            field = spec.field_of(header)
            if field is None or field in feeds or (wanted_exact and normal(header) != normal(field)):
                continue
            feeds[field] = Feed(column=header)
            used.add(header)
    return Plan(table, spec, feeds, tuple(header for header in headers if header and header not in used))


def _guess_table(file: SourceFile, headers: Sequence[str], records: Records, mapping: Mapping[str, str]) -> str:
    words = normal(file.stem)
    by_name = [key for key, spec in records.tables.items() if words in spec.files]
    by_name = by_name or [
        key for key, spec in records.tables.items() if any(words.startswith(f"{word}_") for word in spec.files)
    ]
    if len(by_name) == 1:
        return by_name[0]
    scores: dict[str, tuple[int, int]] = {}
    for key, spec in records.tables.items():
        fed = {spec.field_of(header) for header in headers} | {spec.field_of(field) for field in mapping}
        if set(spec.required) <= fed:
            scores[key] = (len(spec.required), len(fed - {None}))
    best = [key for key, score in scores.items() if score == max(scores.values())]
    if len(best) == 1:
        return best[0]
    if not best and any(normal(header) in {"opened_at", "case_id"} for header in headers):
        return "cases"
    raise UsageError(
        f"{file.name}: it is not clear which table this is; no table finds all its key columns in the header."
        if not best
        else f"{file.name} could be {' or '.join(best)}.",
        next_step="Say which with --table, and name columns with --map FIELD=COLUMN.",
        choices=tuple(best or records.tables),
    )


def _nearest(word: str, among: Sequence[str] | Mapping[str, object]) -> str:
    found = process.extractOne(word, list(among), scorer=fuzz.ratio, score_cutoff=60)
    return f" Did you mean {found[0]!r}?" if found else ""
