"""Which column of a file feeds which column of the facts: by name, by alias, by preset or by what the person said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from frontline.catalog.records import ColumnType, Feed, Preset, Records, RecordTable, normal
from frontline.core.errors import UsageError
from frontline.store.intake.reading import DELIMITERS, Layout, split_header
from frontline.store.intake.sources import FileKind, SourceFile
from frontline.store.intake.suggestion import Sample, read_sample, suggest
from frontline.store.intake.wishes import Wishes, add_words, find_header, resolve_wishes, unit_of


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

    @property
    def read_as(self) -> dict[str, str]:
        """Which columns of the file feed which field, for people."""
        return {name: " + ".join(feed.sources) or feed.const or "the whole row" for name, feed in self.feeds.items()}

    def of_type(self, *types: ColumnType) -> tuple[str, ...]:
        """The fed columns of these types."""
        return tuple(name for name in self.feeds if self.spec.columns[name].type in types)


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
    layout = Layout(headers, best)
    # Some programs end every row, but not the header, with a delimiter.
    rows = read_sample(file, layout).rows
    longer = sum(len(row) == len(headers) + 1 and not row[-1].strip() for row in rows)
    return Layout((*headers, ""), best) if rows and longer > 0.9 * len(rows) else layout


def plan_file(
    file: SourceFile,
    headers: Sequence[str],
    records: Records,
    *,
    preset: Preset | None = None,
    table: str | None = None,
    wishes: Wishes | None = None,
    sample: Callable[[], Sample] = Sample,
) -> Plan:
    """Decide the table and its feeds.

    Args:
        sample: gives some rows of the file; asked only when the person needs a suggestion.

    Raises:
        UsageError: the table is not clear, a key column is missing, or ``wishes`` name something that is not there. It
            lists the file's columns and gives the line to copy.
    """
    wishes = wishes or Wishes()
    if preset is not None:
        return _preset_plan(file, headers, records, preset, wishes)
    chosen = table or _guess_table(file, headers, records, wishes, sample)
    if chosen not in records.tables:
        raise UsageError(
            f"There is no table {chosen!r}.",
            next_step=f"Choose one of them with --table: {', '.join(records.tables)}.",
            choices=tuple(records.tables),
        )
    plan = _plan_by_names(file, chosen, records.tables[chosen], headers, wishes)
    if missing := [name for name in plan.spec.required if name not in plan.feeds]:
        raise UsageError(
            f"{file.name} lacks the key column {' and '.join(missing)} of {plan.table} (V01).",
            next_step=suggest(file, headers, sample(), records, table=chosen, wishes=wishes),
        )
    return plan


def _preset_layout(file: SourceFile, preset: Preset) -> Layout:
    headers = split_header(file, preset.delimiter, is_quoted=preset.is_quoted)
    wanted = set(preset.header) or {
        column for feed in preset.fields.values() if not (feed.optional or feed.or_else) for column in feed.sources
    }
    if not wanted <= set(headers):
        for mark, word in DELIMITERS.items():
            if mark != preset.delimiter and wanted <= set(split_header(file, mark, is_quoted=preset.is_quoted)):
                raise UsageError(
                    f"{file.name} is separated by {word}, the preset expects {DELIMITERS[preset.delimiter]}.",
                    next_step="Export it with the preset's delimiter, or load it without the preset.",
                )
    return Layout(headers, preset.delimiter, preset.is_quoted)


def _preset_plan(file: SourceFile, headers: Sequence[str], records: Records, preset: Preset, wishes: Wishes) -> Plan:
    spec = records.tables[preset.table]
    # What the person says wins over the preset, field by field: every help desk has columns of its own.
    said, empty = resolve_wishes(wishes, file=file.name, table=preset.table, spec=spec, headers=headers)
    feeds: dict[str, Feed] = {}
    missing: list[str] = []
    for field, feed in preset.fields.items():
        if field in said or field in empty:
            continue
        if not feed.column or feed.column in headers:
            lacking = [column for column in feed.sources if column not in headers]
            found = None if lacking else feed
        else:
            lacking = [feed.column]
            places = (find_header(column, headers) for column in (feed.column, *feed.or_else))
            place = next((place for place in places if place), None)
            found = feed.model_copy(update={"column": place}) if place else None
        if found is not None:
            feeds[field] = found
        elif not feed.optional:
            missing += lacking
    if missing:
        raise UsageError(
            f"{file.name} is not an export of {preset.title}: "
            f"it lacks the column {', '.join(sorted(set(missing))[:3])}.",
            next_step="Check the preset, or load it without one.",
        )
    feeds = _with_copies(
        add_words({**feeds, **said}, wishes, file=file.name, table=preset.table, spec=spec), spec, empty
    )
    used = {column for feed in feeds.values() for column in feed.sources}
    unused = tuple(header for header in headers if header and header not in used)
    return Plan(preset.table, spec, feeds, unused)


def _plan_by_names(file: SourceFile, table: str, spec: RecordTable, headers: Sequence[str], wishes: Wishes) -> Plan:
    feeds, empty = resolve_wishes(wishes, file=file.name, table=table, spec=spec, headers=headers)
    used = {column for feed in feeds.values() for column in feed.sources}
    # Exact names first, then aliases in the order of the file: the first one present wins.
    for wanted_exact in (True, False):
        for header in headers:
            if not header or header in used:
                continue
            field = spec.field_of(header)
            if field is None or field in feeds or field in empty:
                continue
            if wanted_exact and normal(header) != normal(field):
                continue
            feeds[field] = Feed(column=header)
            used.add(header)
    for field, feed in feeds.items():
        # Minutes are read as seconds where the header says so and the field counts seconds.
        if feed.column and feed.unit == 1.0 and field.endswith("_s") and field not in wishes.units:
            feeds[field] = feed.model_copy(update={"unit": unit_of(feed.column, spec.columns[field].type)})
    feeds = _with_copies(add_words(feeds, wishes, file=file.name, table=table, spec=spec), spec, empty)
    return Plan(table, spec, feeds, tuple(header for header in headers if header and header not in used))


def _with_copies(feeds: dict[str, Feed], spec: RecordTable, empty: Collection[str]) -> dict[str, Feed]:
    """Feed what is ``same_as`` another column from that column's source: facts keep a hash, the vault the number."""
    copies = {
        name: feeds[column.same_as]
        for name, column in spec.columns.items()
        if column.same_as in feeds and name not in feeds and name not in empty
    }
    return {**feeds, **copies}


def _guess_table(
    file: SourceFile, headers: Sequence[str], records: Records, wishes: Wishes, sample: Callable[[], Sample]
) -> str:
    words = normal(file.stem)
    by_name = [key for key, spec in records.tables.items() if words in spec.files]
    by_name = by_name or [
        key for key, spec in records.tables.items() if any(words.startswith(f"{word}_") for word in spec.files)
    ]
    scores: dict[str, tuple[int, int]] = {}
    for key, spec in records.tables.items():
        if (spec.by_name and key not in by_name) or not all(spec.field_of(field) for field in wishes.fields):
            continue
        fed = {spec.field_of(header) for header in headers} | {spec.field_of(field) for field in wishes.columns}
        if set(spec.required) <= fed:
            scores[key] = (len(spec.required), len(fed - {None}))
    best = [key for key, score in scores.items() if score == max(scores.values())]
    # The name of a file decides, unless the header says that it holds something else.
    if len(by_name) == 1 and (by_name[0] in scores or not best):
        return by_name[0]
    if len(best) == 1:
        return best[0]
    if not best and any(normal(header) in {"opened_at", "case_id"} for header in headers):
        return "cases"
    raise UsageError(
        f"{file.name}: it is not clear which table this is; no table finds all its key columns in the header."
        if not best
        else f"{file.name} could be {' or '.join(best)}.",
        next_step=suggest(file, headers, sample(), records, wishes=wishes, among=best),
        choices=tuple(best or records.tables),
    )
