"""What a person says about a file with ``--map``: which column feeds a field, and what its words mean.

field=Column              the column of that name; a suffix says how it is meant:
                          @dmy @mdy (order of dates), @min @h @ms (unit of a duration), @%d-%b-%y (strptime)
field=Date+Time           two or more columns, joined by a space
field==word               the same word in every row
field=#                   a key made from the whole row, for a file that has none
field=-                   nothing, although a column of the file looks like it
field.value=WORD,WORD     these words of the file mean ``value``; * is every other word
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from frontline.catalog.records import ColumnType, Feed, RecordTable, normal
from frontline.core.errors import UsageError
from frontline.store.intake.times import ORDERS, DateOrder

UNITS: Mapping[str, float] = {"s": 1.0, "min": 60.0, "h": 3600.0, "ms": 0.001}
_ROW_KEY, _NOTHING, _REST = "#", "-", "*"


@dataclass(frozen=True)
class Wishes:
    """All of ``--map``, read but not yet held against a header."""

    columns: Mapping[str, str] = field(default_factory=dict)  # field -> text behind the equals sign, without suffix
    units: Mapping[str, float] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # field -> word of the file -> value
    order: DateOrder | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields spoken of, as typed."""
        return tuple(dict.fromkeys((*self.columns, *self.values)))

    @property
    def headers(self) -> tuple[str, ...]:
        """Words that may stand in the header."""
        return tuple(part for text in self.columns.values() for part in (text, *text.split("+")))


def read_wishes(pairs: Mapping[str, str]) -> Wishes:
    """Read ``{field: text}``.

    Raises:
        UsageError: two orders of dates were given, or a word stands for two values.
    """
    columns: dict[str, str] = {}
    units: dict[str, float] = {}
    formats: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    orders: set[DateOrder] = set()
    for given, text in pairs.items():
        name, dot, value = given.partition(".")
        if dot:
            _add_words(values.setdefault(name, {}), name, value, text)
            continue
        column, _, suffix = text.rpartition("@")
        order = next((order for order in ORDERS if order == suffix), None)
        if column and order is not None:
            orders.add(order)
        elif column and suffix in UNITS:
            units[given] = UNITS[suffix]
        elif column and suffix.startswith("%"):
            formats[given] = suffix
        else:
            column = text
        columns[given] = column
    if len(orders) > 1:
        raise UsageError("One file has one order of day and month.", next_step="Give @dmy or @mdy, not both.")
    return Wishes(columns, units, formats, values, orders.pop() if orders else None)


def resolve_wishes(
    wishes: Wishes, *, file: str, table: str, spec: RecordTable, headers: Sequence[str]
) -> tuple[dict[str, Feed], set[str]]:
    """Return the feeds that the person asked for, and the fields that shall stay empty.

    Raises:
        UsageError: a field or a column does not exist, or words are mapped to a value that the field does not know.
    """
    feeds: dict[str, Feed] = {}
    empty: set[str] = set()
    for given, text in wishes.columns.items():
        name = _field(given, table, spec)
        if text == _NOTHING:
            empty.add(name)
        else:
            feeds[name] = _feed(text, wishes, given, file=file, spec=spec, headers=headers)
    return feeds, empty


def add_words(
    feeds: Mapping[str, Feed], wishes: Wishes, *, file: str, table: str, spec: RecordTable
) -> dict[str, Feed]:
    """Return ``feeds`` with the words of ``field.value=WORD`` in them.

    Raises:
        UsageError: the field has no column, or the value is not one of the field's.
    """
    changed = dict(feeds)
    for given, words in wishes.values.items():
        name = _field(given, table, spec)
        if name not in feeds or not feeds[name].column:
            raise UsageError(
                f"{file}: {name} has no column whose words could be mapped.", next_step=f"Add --map {name}=COLUMN."
            )
        allowed = spec.columns[name].values
        if allowed and (unknown := sorted(set(words.values()) - set(allowed))):
            raise UsageError(
                f"{name} has no value {unknown[0]!r}.{nearest(unknown[0], allowed)}",
                next_step=f"Its values: {', '.join(allowed)}.",
                choices=allowed,
            )
        rest = words.get(_REST, "")
        named = {fold(word): value for word, value in words.items() if word != _REST}
        known = {fold(word): value for word, value in feeds[name].values.items()}  # a preset's own words stay
        update = {"values": known | named, "rest": rest or feeds[name].rest, "folds": True}
        changed[name] = feeds[name].model_copy(update=update)
    return changed


def fold(word: str) -> str:
    """Return a word as words are compared: lower case, single spaces, no underscores."""
    return " ".join(word.replace("_", " ").lower().split())


def find_header(wanted: str, headers: Sequence[str]) -> str | None:
    """Return the header that a person means by ``wanted``: exactly, else in the spelling of ``normal``."""
    if wanted in headers:
        return wanted
    return next((header for header in headers if header and normal(header) == normal(wanted)), None)


def nearest(word: str, among: Sequence[str] | Mapping[str, object]) -> str:
    """Return " Did you mean 'x'?" or nothing."""
    found = process.extractOne(word, list(among), scorer=fuzz.ratio, score_cutoff=60)
    return f" Did you mean {found[0]!r}?" if found else ""


def _field(given: str, table: str, spec: RecordTable) -> str:
    name = spec.field_of(given)
    if name is None:
        raise UsageError(
            f"{table} has no field {given!r}.{nearest(given, spec.columns)}",
            next_step=f"Correct --map; its fields: {', '.join(spec.columns)}.",
        )
    return name


def _feed(text: str, wishes: Wishes, given: str, *, file: str, spec: RecordTable, headers: Sequence[str]) -> Feed:
    if text == _ROW_KEY:
        return Feed(is_row_key=True)
    if text.startswith("=") and len(text) > 1:
        return Feed(const=text[1:].strip())
    how = {"unit": wishes.units.get(given, 1.0), "format": wishes.formats.get(given, "")}
    if (found := find_header(text, headers)) is not None:
        return Feed.model_validate({"column": found, **how})
    parts = [part.strip() for part in text.split("+")]
    places = [find_header(part, headers) for part in parts]
    if len(parts) > 1 and all(places):
        return Feed.model_validate({"join": places, **how})
    missing = next((part for part, place in zip(parts, places, strict=True) if place is None), text)
    raise UsageError(
        f"{file} has no column {missing!r}.{nearest(missing, headers)}",
        next_step=f"Correct --map; its columns: {', '.join(header for header in headers if header)}.",
    )


def _add_words(known: dict[str, str], name: str, value: str, text: str) -> None:
    value = fold(value)
    # A bar parts words that hold a comma themselves.
    for word in text.split("|" if "|" in text else ","):
        if not word.strip():
            continue
        if known.setdefault(word.strip(), value) != value:
            raise UsageError(
                f"--map gives {word.strip()!r} of {name} two meanings: {known[word.strip()]} and {value}.",
                next_step="Keep one of them.",
            )


def unit_of(header: str, kind: ColumnType) -> float:
    """Return the unit that a header of durations names in its last word: ``Handle Time (min)`` is minutes."""
    last = normal(header).rsplit("_", 1)[-1]
    if kind is not ColumnType.NUMBER or "_" not in normal(header):
        return 1.0
    if last in ("min", "mins", "minute", "minutes", "minuten", "minuut"):
        return 60.0
    if last in ("h", "hr", "hrs", "hour", "hours", "stunden", "uren"):
        return 3600.0
    return 0.001 if last in ("ms", "msec", "millis", "milliseconds") else 1.0
