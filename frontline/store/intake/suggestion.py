"""What to type next: for a file that nobody declared, the line to copy, made from its header and some of its rows."""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from frontline.catalog.records import ColumnType, RecordColumn, Records, RecordTable, normal
from frontline.store.intake.reading import Layout
from frontline.store.intake.sources import MAX_LINE, SourceFile
from frontline.store.intake.sql import NOTHING
from frontline.store.intake.wishes import Wishes

_BYTES = 1 << 18
_ROWS = 300
_USUAL = ("cases", "interactions", "surveys", "customers")
_DATE = re.compile(r"^(\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}"
                   r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4})")  # fmt: skip
_CLOCK = re.compile(r"^\d{1,3}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?$")
_AMOUNT = re.compile(r"^-?\d+([.,]\d+)*$")
_NO = frozenset({"false", "no", "n", "0", "f"})
_FLAGS = frozenset({"true", "false", "yes", "no", "y", "n", "0", "1", "t", "f"})


@dataclass(frozen=True)
class Sample:
    """Some rows of a file, as texts under its header."""

    rows: Sequence[Sequence[str]] = field(default_factory=tuple)

    def cells(self, place: int) -> list[str]:
        """Return the cells of one column that say anything."""
        found = [row[place].strip() for row in self.rows if place < len(row) and row[place] is not None]
        return [cell for cell in found if cell.lower() not in NOTHING]


def read_sample(file: SourceFile, layout: Layout) -> Sample:
    """Return the first rows of a delimited file."""
    with file.open() as stream:
        text = stream.read(_BYTES).decode(file.encoding, errors="replace")
    csv.field_size_limit(MAX_LINE * 2)
    rows = list(csv.reader(io.StringIO(text), delimiter=layout.delimiter))
    rows = rows[file.preamble :]
    return Sample(rows[1:-1][:_ROWS] or rows[1:])


@dataclass(frozen=True)
class Proposal:
    """A table and ``{field: column}`` as after ``--map``; ``plain`` columns are recognised without being said."""

    table: str
    pairs: Mapping[str, str]
    words: Sequence[str] = ()  # field.value=WORD and what a person would add
    needs_zone: bool = False


def propose(file: SourceFile, headers: Sequence[str], sample: Sample, records: Records, *, table: str = "") -> Proposal:
    """Return what the header and some rows suggest, for a person to confirm; fields nobody finds are left out."""
    found = _propose(file, headers, sample, records, table=table, wishes=Wishes(), among=())
    pairs = {name: text for name, text in found.pairs.items() if text != "COLUMN"}
    for words in found.words:
        name, _, text = words.partition("=")
        pairs[name] = text
    return Proposal(found.table, pairs, (), found.needs_zone)


def suggest(
    file: SourceFile,
    headers: Sequence[str],
    sample: Sample,
    records: Records,
    *,
    table: str = "",
    wishes: Wishes | None = None,
    among: Sequence[str] = (),
) -> str:
    """Return the file's columns and the command to copy, with a column for every field that can be guessed."""
    said = wishes or Wishes()
    found = _propose(file, headers, sample, records, table=table, wishes=said, among=among)
    spec = records.tables[found.table]
    lines = [f"frontline ingest {shlex.quote(str(file.path))} --table {found.table}"]
    # A wish of the person stands as it was typed, suffix and all.
    lines += [
        f"--map {shlex.quote(f'{name}={_as_typed(name, text, said, spec)}')}" for name, text in found.pairs.items()
    ]
    lines += [f"--map {shlex.quote(words)}" for words in found.words]
    if found.needs_zone:
        lines.append("--tz Europe/Amsterdam")
    columns = ", ".join(header for header in headers if header)
    return (
        f"Its columns: {columns}.\nCopy and correct (zone, columns; `#` makes a key from the row):\n  "
        + " \\\n    ".join(lines)
    )


def _propose(
    file: SourceFile,
    headers: Sequence[str],
    sample: Sample,
    records: Records,
    *,
    table: str,
    wishes: Wishes,
    among: Sequence[str],
) -> Proposal:
    kinds = [_Kind.of(sample.cells(place)) for place in range(len(headers))]
    choices = [table] if table else list(among or _USUAL)
    guesses = {key: _assign(headers, kinds, records.tables[key]) for key in choices}
    stem = normal(file.stem)

    def worth(key: str) -> float:
        named = any(word.rstrip("s") in stem for word in records.tables[key].files)
        return _worth(guesses[key], records.tables[key]) + 3 * named

    best = max(choices, key=lambda key: (worth(key), -choices.index(key)))
    spec = records.tables[best]
    pairs = {spec.field_of(name) or name: text for name, text in wishes.columns.items()}
    for name, (_, text) in guesses[best].items():
        if name not in pairs and not _is_plain(text, name, spec, headers):
            pairs[name] = text
    for name in spec.required:
        if name not in pairs and name not in guesses[best]:
            is_key = name in spec.key and spec.columns[name].type is ColumnType.TEXT
            pairs[name] = "#" if is_key else "COLUMN"
    words = [
        *_words(headers, sample, kinds, guesses[best], spec),
        *_presumed(best, stem, headers, pairs, guesses[best]),
    ]
    needs_zone = any(kind.is_time and not kind.has_offset for kind in kinds)
    return Proposal(best, pairs, words, needs_zone)


@dataclass(frozen=True)
class _Kind:
    """What the cells of a column look like."""

    is_empty: bool = True
    is_date: bool = False
    is_time: bool = False  # a date with a clock, or a date alone
    is_clock: bool = False
    is_number: bool = False
    is_flag: bool = False
    has_offset: bool = False
    distinct: float = 0.0
    length: float = 0.0
    cells: int = 0

    @classmethod
    def of(cls, cells: Sequence[str]) -> _Kind:
        if not cells:
            return cls()

        def most(test: object) -> bool:
            return sum(map(test, cells)) >= 0.8 * len(cells)  # type: ignore[call-overload]

        is_time = most(lambda cell: bool(_DATE.match(cell)))
        return cls(
            is_empty=False,
            is_date=is_time and not most(lambda cell: ":" in cell and not re.search(r"[ T]00:00(:00(\.0+)?)?$", cell)),
            is_time=is_time,
            is_clock=most(lambda cell: bool(_CLOCK.match(cell))),
            is_number=most(lambda cell: bool(_AMOUNT.match(cell))),
            is_flag=all(cell.lower() in _FLAGS for cell in cells),
            has_offset=is_time and most(lambda cell: bool(re.search(r"(Z|UTC|[+-]\d{2}:?\d{2})$", cell))),
            distinct=len(set(cells)) / len(cells),
            length=sum(map(len, cells)) / len(cells),
            cells=len(cells),
        )

    def fits(self, name: str, spec: RecordColumn, *, is_key: bool) -> bool:
        """Whether such cells can feed the field."""
        if self.is_empty:
            return True
        match spec.type:
            case ColumnType.INSTANT | ColumnType.DAY:
                return self.is_time
            case ColumnType.NUMBER | ColumnType.INTEGER | ColumnType.MONEY:
                return self.is_number or (self.is_clock and name.endswith("_s"))
            case ColumnType.FLAG:
                return self.is_flag
            case ColumnType.WORD:
                # Words repeat; what is another in nearly every row was written by somebody.
                is_text = self.cells >= 50 and self.distinct > 0.6
                return not (self.is_time or self.is_clock or is_text) and self.length <= 60
            case ColumnType.TEXT if is_key:
                # Less than unique: a log of changes, in which the newest row of a case counts.
                return self.distinct >= 0.05 and not (self.is_time or self.is_clock)
            case _:
                return not (self.is_time or self.is_clock)


def _assign(headers: Sequence[str], kinds: Sequence[_Kind], spec: RecordTable) -> dict[str, tuple[float, str]]:
    """Return field -> (score, column), best matches first, every column and field once."""
    scored = []
    for name, column in spec.columns.items():
        if column.type is ColumnType.IDENTITY:
            continue
        for place, header in enumerate(headers):
            score = _likeness(header, name, column)
            if kinds[place].is_empty and score < 3:
                continue  # nothing in the sample says that the word in the header means it
            if header and score and kinds[place].fits(name, column, is_key=name in spec.key):
                score -= (1 - kinds[place].distinct) / 2 if name in spec.key else 0
                scored.append((-score, list(spec.columns).index(name), place, name, header))
    found: dict[str, tuple[float, str]] = {}
    used: set[str] = set()
    for score, _, _, name, header in sorted(scored):
        if name not in found and header not in used:
            found[name] = (-score, header)
            used.add(header)
    if spec.time is not None:
        _find_time(headers, kinds, spec.time, found, used)
    return found


def _find_time(
    headers: Sequence[str], kinds: Sequence[_Kind], time: str, found: dict[str, tuple[float, str]], used: set[str]
) -> None:
    """The time of the row: a date column and a clock column are one; else the first time that is left."""
    by_place = dict(zip(headers, kinds, strict=True))
    if time not in found:
        left = [header for header in headers if by_place[header].is_time and header not in used]
        if left:
            found[time] = (1.0, left[0])
            used.add(left[0])
    if time in found and by_place[found[time][1]].is_date:
        score, day = found[time]
        clocks = [h for h in headers if by_place[h].is_clock
                  or (by_place[h].is_number and re.search(r"(^|_)time(_occ)?$", normal(h)))]  # fmt: skip
        clocks = [h for h in clocks if h != day and not by_place[h].is_time and "time" in normal(h).split("_")]
        clock = next((h for h in clocks if h not in used or normal(h) == "time"), None)
        if clock is not None and not re.search(r"talk|wait|ring|handle|hold|queue|wrap", normal(clock)):
            found[time] = (score + 1, f"{day}+{clock}")
            for name in [name for name, (_, column) in found.items() if column == clock]:
                del found[name]


def _likeness(header: str, name: str, column: RecordColumn) -> float:
    """3 for the same words, 2 when a hint stands in the header, 0 for nothing alike."""
    have = normal(header)
    if have in {normal(name), *map(normal, column.aliases)}:
        return 3.0
    padded = f"_{have}_"
    for order, hint in enumerate(column.hints):
        if f"_{normal(hint)}_" in padded:
            return 2.0 - order / 100 + min(len(normal(hint)), 20) / 1000
    return 0.0


def _worth(guess: Mapping[str, tuple[float, str]], spec: RecordTable) -> float:
    found = sum(score for score, _ in guess.values())
    missing = sum(name not in guess and spec.columns[name].type is not ColumnType.TEXT for name in spec.required)
    return found - 4 * missing


def _words(
    headers: Sequence[str],
    sample: Sample,
    kinds: Sequence[_Kind],
    guess: Mapping[str, tuple[float, str]],
    spec: RecordTable,
) -> list[str]:
    """Words of closed lists that stand in the sample as a plain yes or no: which of two values each means."""
    found = []
    for name, (_, header) in guess.items():
        values = spec.columns[name].values
        if header not in headers or len(values) < 2 or not kinds[list(headers).index(header)].is_flag:
            continue
        cells = set(sample.cells(list(headers).index(header)))
        for value, words in zip(values, (_FLAGS - _NO, _NO), strict=False):
            if said := sorted(cell for cell in cells if cell.lower() in words):
                found.append(f"{name}.{value}={','.join(said)}")
    return found


def _presumed(
    table: str, stem: str, headers: Sequence[str], pairs: Mapping[str, str], guess: Mapping[str, tuple[float, str]]
) -> list[str]:
    """What a person would add who knows what the file is: calls are calls, and talking is handling."""
    if table != "interactions":
        return []
    found = []
    known = {*pairs, *guess}
    if "talk_s" in known and "handle_s" not in known:
        column = pairs.get("talk_s") or guess["talk_s"][1]
        found += [f"{name}={column}" for name in ("talk_s", "handle_s") if name not in pairs]
    words = {word for text in (stem, *map(normal, headers)) for word in text.split("_")}
    if "channel" not in known and words & {"call", "calls", "caller", "talk", "ring", "ivr", "phone", "telephone"}:
        found.append("channel==phone")
    return found


def _is_plain(text: str, name: str, spec: RecordTable, headers: Sequence[str]) -> bool:
    """A column that is recognised anyhow needs no --map, unless another one would be recognised as well."""
    rivals = [header for header in headers if header and header != text and spec.field_of(header) == name]
    return "+" not in text and spec.field_of(text) == name and not rivals


def _as_typed(name: str, text: str, said: Wishes, spec: RecordTable) -> str:
    for given, column in said.columns.items():
        if (spec.field_of(given) or given) == name and column == text:
            suffix = said.formats.get(given, "")
            return f"{text}@{suffix}" if suffix else text
    return text
