"""What a feed may hold: the schema of every fact table, and presets for exports that are known by name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from frontline.catalog.yamlfile import Definition, line_of, load_model
from frontline.core.errors import CatalogError, Fault

DEFAULTS = Path(__file__).with_name("defaults")


class ColumnType(StrEnum):
    """How a cell becomes a value. ``CUSTOMER`` is kept as a keyed hash; ``IDENTITY`` goes to the vault alone."""

    TEXT = "text"  # an id or a name, kept as written
    WORD = "word"  # a value of a dimension: lower case, spaces for underscores
    INSTANT = "instant"
    DAY = "day"
    NUMBER = "number"
    INTEGER = "integer"
    MONEY = "money"
    FLAG = "flag"
    CUSTOMER = "customer"
    IDENTITY = "identity"


SQL_TYPES: Mapping[ColumnType, str] = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.WORD: "VARCHAR",
    ColumnType.INSTANT: "TIMESTAMP",
    ColumnType.DAY: "DATE",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.INTEGER: "INTEGER",
    ColumnType.MONEY: "DECIMAL(18,2)",
    ColumnType.FLAG: "BOOLEAN",
    ColumnType.CUSTOMER: "VARCHAR",
}


class RecordColumn(Definition):
    """One column of a fact table and how it is recognised, read and checked.

    ``lowest`` and ``highest`` bound a number (V05: nulled, row kept; V06 for a score: row rejected). ``values`` closes
    the list of words (V07: another word becomes ``unmapped``).
    """

    type: ColumnType
    required: bool = False
    aliases: tuple[str, ...] = ()
    # Words of a header that suggest the column to a person who has to map it; they never decide.
    hints: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    highest_column: str = ""  # a score lies within the scale of its own row
    values: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = {}
    may_be_future: bool = False
    same_as: str = ""  # fed by what feeds that column, unless it has a source of its own
    refers_to: str = ""  # table.column (V08: an orphan is loaded and counted)
    unlocks: str = ""

    @field_validator("synonyms", mode="before")
    @classmethod
    def _as_words(cls, synonyms: Any) -> Any:
        # YAML 1.1 reads a bare no, yes, on or off as a boolean.
        return {str(word): str(value) for word, value in synonyms.items()} if isinstance(synonyms, dict) else synonyms

    @property
    def is_stored(self) -> bool:
        """Whether the facts hold the column (identities live in the vault alone)."""
        return self.type is not ColumnType.IDENTITY


class RecordTable(Definition):
    """A fact table: its key, the column that says when, and the order in which its instants must come (V05).

    ``by_name``: a header alone never chooses the table, for its columns look like those of others; the name of a file,
    a folder or ``--table`` does. ``counted_as`` names the table in which the same rows would answer questions.
    """

    title: str
    key: tuple[str, ...] = Field(min_length=1)
    by_name: bool = False
    counted_as: str = ""
    time: str | None = None
    grain: Literal["day", "month"] = "day"
    files: tuple[str, ...] = ()
    order: tuple[tuple[str, str], ...] = ()
    columns: Mapping[str, RecordColumn]

    @model_validator(mode="after")
    def _columns_exist(self) -> RecordTable:
        named = [*self.key, *([self.time] if self.time else []), *(name for pair in self.order for name in pair)]
        named += [column.highest_column for column in self.columns.values() if column.highest_column]
        if missing := sorted({name for name in named if name not in self.columns}):
            raise ValueError(f"names columns that it does not have: {', '.join(missing)}")
        return self

    @property
    def stored(self) -> dict[str, RecordColumn]:
        """The columns that the facts hold, in order."""
        return {name: column for name, column in self.columns.items() if column.is_stored}

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which a row means nothing."""
        return tuple(name for name, column in self.columns.items() if column.required)

    @property
    def identities(self) -> tuple[str, ...]:
        """The columns that go to the vault."""
        return tuple(name for name, column in self.columns.items() if not column.is_stored)

    def field_of(self, header: str) -> str | None:
        """Return the column that a header means, by name or alias."""
        wanted = normal(header)
        for name, column in self.columns.items():
            if wanted in {normal(name), *(normal(alias) for alias in column.aliases)}:
                return name
        return None


class RecordsFile(Definition):
    """records.yaml."""

    tables: Mapping[str, RecordTable]


class Feed(Definition):
    """Where one field comes from: exactly one of ``column``, ``join``, ``const``, ``positive`` and ``is_row_key``."""

    column: str = ""
    or_else: tuple[str, ...] = ()  # other names of ``column``; the first one that the file has is taken
    join: tuple[str, ...] = ()
    between: str = " "
    const: str = ""
    positive: str = ""  # true when that column holds a number above zero
    is_row_key: bool = False  # a key made from the whole row, for files that have none
    optional: bool = False  # a file without the column is still an export of the preset
    unit: float = 1.0  # what one unit of the column is in the unit of the field (minutes to seconds: 60)
    format: str = ""  # strptime format of an instant
    nulls: tuple[str, ...] = ()
    values: Mapping[str, str | None] = {}
    rest: str = ""  # what every word outside ``values`` becomes
    folds: bool = False  # ``values`` are compared in lower case and without underscores
    is_closed: bool = False  # a word outside ``values`` becomes ``unmapped`` (V07)
    pseudonym: str = ""  # keep a stable handle (keyed hash of this kind) instead of the name

    @model_validator(mode="after")
    def _one_origin(self) -> Feed:
        if sum(map(bool, (self.column, self.join, self.const, self.positive, self.is_row_key))) != 1:
            raise ValueError("needs exactly one of column, join, const, positive and is_row_key")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the file that the field is made of."""
        return tuple(name for name in (self.column, *self.join, self.positive) if name)


class Bounds(Definition):
    """Bounds of a number that hold for one feed."""

    lowest: float | None = None
    highest: float | None = None


class Preset(Definition):
    """An export known by name: its columns, its zone, and how they become facts or corpus documents."""

    title: str
    loads: Literal["facts", "documents"] = "facts"
    source: str = ""
    table: str = ""
    zone: str = ""
    # The zone becomes the organisation's calendar in a home that has neither data nor a calendar.
    sets_calendar: bool = False
    delimiter: str = ""
    is_quoted: bool = True
    header: tuple[str, ...] = ()
    fields: Mapping[str, Feed] = {}
    bounds: Mapping[str, Bounds] = {}
    # Documents: canonical field -> columns of the export, the first one present wins.
    document: Mapping[str, tuple[str, ...]] = {}
    kind: str = ""
    language: str = ""

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone:
            check_zone(zone)
        return zone


class Life(StrEnum):
    """How far a rule has come: counted, said, or enforced."""

    SHADOW = "shadow"
    WARN = "warn"
    ENFORCE = "enforce"


class RowRule(Definition):
    """A rule that an organisation agreed on with the owner of a feed; it comes into force by its own dates (V16)."""

    table: str
    column: str
    needed: bool = False  # the cell may not be empty
    values: tuple[str, ...] = ()
    matches: str = ""  # a regular expression (RE2) that the whole text must meet
    lowest: float | None = None
    highest: float | None = None
    warn_from: dt.date | None = None
    enforce_from: dt.date | None = None
    owner: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _asks_something(self) -> RowRule:
        if not (self.needed or self.values or self.matches or self.lowest is not None or self.highest is not None):
            raise ValueError("asks nothing: give needed, values, matches, lowest or highest")
        return self

    def life(self, day: dt.date) -> Life:
        """Return how far the rule has come on ``day``."""
        if self.enforce_from is not None and day >= self.enforce_from:
            return Life.ENFORCE
        return Life.WARN if self.warn_from is not None and day >= self.warn_from else Life.SHADOW


class RulesFile(Definition):
    """catalog/intake.yaml of an organisation."""

    rules: Mapping[str, RowRule] = {}


class Records:
    """All record schemas and presets of the catalog, and the organisation's rules for its feeds."""

    def __init__(
        self,
        tables: Mapping[str, RecordTable],
        presets: Mapping[str, Preset],
        rules: Mapping[str, RowRule] | None = None,
    ) -> None:
        self.tables = dict(tables)
        self.presets = dict(presets)
        self.rules = dict(rules or {})


def load_records(overlay: Path | None = None) -> Records:
    """Return the shipped schemas and presets; ``overlay`` adds presets (``presets/``) and rules (``intake.yaml``).

    Raises:
        CatalogError: every fault of every file, with its line.
    """
    faults: list[Fault] = []
    records, _ = load_model(DEFAULTS / "records.yaml", RecordsFile)
    presets: dict[str, Preset] = {}
    for folder in filter(None, (DEFAULTS, overlay)):
        for path in sorted((folder / "presets").glob("*.yaml")):
            try:
                preset, node = load_model(path, Preset)
            except CatalogError as error:
                faults += error.faults
                continue
            table = records.tables.get(preset.table)
            if preset.loads == "facts" and table is None:
                faults.append(Fault(path.name, line_of(node, ["table"]), f"table {preset.table!r} does not exist"))
            for name in (*preset.fields, *preset.bounds) if table is not None else ():
                if table is not None and name not in table.columns:
                    faults.append(
                        Fault(path.name, line_of(node, ["fields", name]), f"{name} is no column of {preset.table}")
                    )
            presets[path.stem] = preset
    rules = _load_rules(overlay, records, faults)
    if faults:
        raise CatalogError(faults)
    return Records(records.tables, presets, rules)


def _load_rules(overlay: Path | None, records: RecordsFile, faults: list[Fault]) -> Mapping[str, RowRule]:
    path = overlay / "intake.yaml" if overlay is not None else None
    if path is None or not path.is_file():
        return {}
    try:
        document, node = load_model(path, RulesFile)
    except CatalogError as error:
        faults += error.faults
        return {}
    for key, rule in document.rules.items():
        table = records.tables.get(rule.table)
        if table is None or rule.column not in table.columns:
            where = line_of(node, ["rules", key])
            faults.append(Fault(path.name, where, f"{key}: there is no column {rule.table}.{rule.column}"))
    return document.rules


def check_zone(zone: str) -> ZoneInfo:
    """Return the zone.

    Raises:
        ValueError: it is not a zone of the IANA database.
    """
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{zone!r} is not a time zone of the IANA database") from error


def normal(header: str) -> str:
    """Return a header in the spelling in which headers are compared: ``Case ID`` and ``case_id`` are one."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", header.strip().lstrip("\ufeff"))
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
