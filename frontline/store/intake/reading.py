"""From the bytes of a file to a table of texts in the scratch database: ``raw(_row, c0, c1, ...)``.

Rows that do not have the header's number of columns go to ``damaged``. Nothing is judged or converted here.
Row numbers are those of a spreadsheet: the header is row 1. Blank lines do not count.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontline.core.errors import UsageError
from frontline.store.intake.sources import MAX_LINE, FileKind, SourceFile, is_separator_line
from frontline.store.intake.sql import literal, name

DELIMITERS: Mapping[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BLOCK = 4 << 20  # bytes parsed at a time; at least twice the longest line


@dataclass(frozen=True)
class Layout:
    """How a file is cut into columns. ``headers[i]`` stands over column ``c<i>``.

    ``repeated`` are raw columns whose different cells stand once in a table of their own; see ``distinct``.
    """

    headers: tuple[str, ...]
    delimiter: str = ""
    is_quoted: bool = True
    repeated: frozenset[str] = frozenset()

    def column(self, header: str) -> str:
        """Return the raw column under ``header``."""
        return f"c{self.headers.index(header)}"

    def source(self, headers: Sequence[str]) -> str:
        """Return what to select the columns under ``headers`` from, to count cells: ``n`` is how many rows hold them.

        One repeated column comes without its repetitions, anything else row by row.
        """
        columns = {self.column(header) for header in headers}
        if len(columns) == 1 and columns <= self.repeated:
            return f"once_{columns.pop()}"
        return "(SELECT *, 1 AS n FROM raw)"


def split_header(file: SourceFile, delimiter: str, *, is_quoted: bool = True) -> tuple[str, ...]:
    """Return the cells of the file's first line."""
    if not is_quoted:
        return tuple(cell.strip() for cell in file.head.split(delimiter))
    csv.field_size_limit(MAX_LINE * 2)
    cells = next(csv.reader([file.head], delimiter=delimiter), [])
    return tuple(cell.strip() for cell in cells)


def read_raw(con: Any, file: SourceFile, layout: Layout, *, block: int = BLOCK) -> Layout:
    """Fill ``raw`` and ``damaged`` (both made anew) and return the layout with the headers found.

    Raises:
        UsageError: the file cannot be cut into rows at all.
    """
    con.execute("DROP VIEW IF EXISTS raw")
    con.execute("DROP TABLE IF EXISTS cells")
    con.execute("CREATE OR REPLACE TABLE damaged (_row BIGINT, found INTEGER, content VARCHAR)")
    match file.kind:
        case FileKind.PARQUET:
            return _read_parquet(con, file)
        case FileKind.JSON_LINES:
            return _read_json(con, file, block=block)
        case FileKind.DELIMITED:
            _read_delimited(con, file, layout, block=block)
            if file.has_odd_quotes and layout.is_quoted:
                _give_back_swallowed_lines(con, layout)
            con.execute("CREATE VIEW raw AS SELECT * FROM cells")
            return layout


def parquet_headers(con: Any, file: SourceFile) -> tuple[str, ...]:
    """Return the column names of a Parquet file.

    Raises:
        UsageError: the file is damaged.
    """
    import duckdb

    try:
        rows = con.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(file.path))})").fetchall()
    except duckdb.Error as error:
        raise UsageError(f"{file.name} is a damaged Parquet file.", next_step="Export or copy it again.") from error
    return tuple(row[0] for row in rows)


def _read_parquet(con: Any, file: SourceFile) -> Layout:
    headers = parquet_headers(con, file)
    columns = ", ".join(f"CAST({name(header)} AS VARCHAR) AS c{i}" for i, header in enumerate(headers))
    con.execute(
        # A view: Parquet is read by column and quickly, so that nothing is copied first.
        f"CREATE VIEW raw AS SELECT file_row_number + 2 AS _row, {columns} "
        f"FROM read_parquet({literal(str(file.path))}, file_row_number = true)"
    )
    return Layout(headers)


def _read_json(con: Any, file: SourceFile, *, block: int) -> Layout:
    con.execute("CREATE OR REPLACE TABLE lines (_row BIGINT, content VARCHAR)")
    lines = _batches(file, Layout(("content",), "\x01", False), block=block, damaged=[], skip=0)
    _insert(con, "lines", lines, ["_row", "c0"])
    # CASE, not AND: json_type fails on text that is not JSON, and AND may be evaluated in either order.
    is_object = "CASE WHEN json_valid(content) THEN json_type(content) = 'OBJECT' ELSE false END"
    con.execute("DELETE FROM lines WHERE trim(content) = ''")
    con.execute(f"INSERT INTO damaged SELECT _row, 0, content FROM lines WHERE NOT {is_object}")
    con.execute(f"DELETE FROM lines WHERE NOT {is_object}")
    keys = [
        row[0] for row in con.execute("SELECT DISTINCT unnest(json_keys(content)) FROM lines ORDER BY 1").fetchall()
    ]
    cells = ", ".join(
        f"json_extract_string(content, {literal('$.' + json.dumps(key))}) AS c{i}" for i, key in enumerate(keys)
    )
    con.execute(f"CREATE TABLE cells AS SELECT _row{', ' + cells if cells else ''} FROM lines")
    con.execute("DROP TABLE lines")
    con.execute("CREATE VIEW raw AS SELECT * FROM cells")
    return Layout(tuple(keys))


def _read_delimited(con: Any, file: SourceFile, layout: Layout, *, block: int) -> None:
    columns = ", ".join(f"c{i} VARCHAR" for i in range(len(layout.headers)))
    con.execute(f"CREATE TABLE cells (_row BIGINT, {columns})")
    damaged: list[tuple[int, int, str]] = []
    names = ["_row", *(f"c{i}" for i in range(len(layout.headers)))]
    _insert(con, "cells", _batches(file, layout, block=block, damaged=damaged, skip=1 + file.preamble), names)
    _set_aside(con, damaged)


def _insert(con: Any, table: str, batches: Iterator[Any], names: Sequence[str]) -> None:
    """Insert record batches (the row number, then texts) as they come: one block is parsed while another is stored."""
    import duckdb
    import pyarrow as pa

    broken: list[UsageError] = []

    def steadily() -> Iterator[Any]:
        # DuckDB would keep only the words of an error that is raised while it reads.
        try:
            yield from batches
        except UsageError as error:
            broken.append(error)
            raise

    schema = pa.schema([(names[0], pa.int64()), *((column, pa.string()) for column in names[1:])])
    con.register("batch", pa.RecordBatchReader.from_batches(schema, steadily()))
    try:
        con.execute(f"INSERT INTO {table} SELECT * FROM batch")
    except duckdb.Error:
        if broken:
            raise broken[0] from None
        raise
    finally:
        con.unregister("batch")


def _set_aside(con: Any, damaged: Sequence[tuple[int, int, str]]) -> None:
    import pyarrow as pa

    if not damaged:
        return
    rows = list(_by_line(damaged))
    table = pa.table({"_row": [r[0] for r in rows], "found": [r[1] for r in rows], "content": [r[2] for r in rows]})
    con.register("batch", table)
    con.execute("INSERT INTO damaged SELECT * FROM batch")
    con.unregister("batch")


def _give_back_swallowed_lines(con: Any, layout: Layout) -> None:
    """A quote that is open at the end of the file makes the lines after it one value of the last row: undo that."""
    text = f" || {literal(layout.delimiter)} || ".join(f"c{i}" for i in range(len(layout.headers)))
    last = con.execute(f"SELECT _row, {text} FROM cells ORDER BY _row DESC LIMIT 1").fetchone()
    if last is not None and "\n" in last[1].strip("\n"):
        con.execute("DELETE FROM cells WHERE _row = ?", [last[0]])
        _set_aside(con, [(last[0], len(layout.headers), last[1])])


def _batches(
    file: SourceFile, layout: Layout, *, block: int, damaged: list[tuple[int, int, str]], skip: int
) -> Iterator[Any]:
    """Yield Arrow batches with ``_row`` first; damaged rows are appended to ``damaged`` as (row, columns, text)."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = [f"c{i}" for i in range(len(layout.headers))]

    def set_aside(row: Any) -> str:
        damaged.append((int(row.number), int(row.actual_columns), str(row.text)))
        return "skip"

    with file.open() as stream:
        if skip:
            _skip_header(stream, file.preamble)
        try:
            reader = arrow_csv.open_csv(
                stream,
                read_options=arrow_csv.ReadOptions(
                    # Row numbers are known only when blocks are parsed one after the other.
                    use_threads=False,
                    block_size=block,
                    column_names=names,
                    encoding="utf-8" if file.encoding == "utf-8-sig" else file.encoding,
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=layout.delimiter,
                    quote_char='"' if layout.is_quoted else False,
                    newlines_in_values=layout.is_quoted,
                    ignore_empty_lines=bool(skip),
                    invalid_row_handler=set_aside,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types={column: pa.string() for column in names}, strings_can_be_null=False
                ),
            )
            row = 1
            for batch in reader:
                numbers = _row_numbers(row, len(batch), [number for number, _, _ in damaged])
                row = int(numbers[-1]) + 1 if len(numbers) else row
                yield pa.record_batch([pa.array(numbers + skip), *batch.columns], names=["_row", *names])
        except pa.ArrowInvalid as error:
            words = str(error)
            if "Empty CSV" in words:
                return
            if "straddling" in words or "newline" in words:
                raise UsageError(
                    f"{file.name} has a quote that is never closed, or a row longer than {block:,} bytes.",
                    next_step="Export it again, with quotes inside values doubled.",
                ) from error
            raise UsageError(f"{file.name} cannot be read as rows.", next_step="Export it again as CSV.") from error
        finally:
            if skip:
                damaged[:] = [(number + skip, found, text) for number, found, text in damaged]


def _skip_header(stream: Any, preamble: int) -> None:
    is_begun = False
    while preamble and (line := stream.readline()):
        # Blank lines above the title are not part of it, those inside it are.
        is_begun = is_begun or bool(line.strip(b"\xef\xbb\xbf\r\n"))
        preamble -= is_begun
    while line := stream.readline():
        if line.strip(b"\xef\xbb\xbf\r\n") and not is_separator_line(line):
            return


def _row_numbers(start: int, count: int, without: Sequence[int]) -> Any:
    """Return ``count`` numbers from ``start`` upwards that are not in ``without``."""
    import numpy as np

    candidates = np.arange(start, start + count + len(without), dtype=np.int64)
    return candidates[~np.isin(candidates, without)][:count]


def _by_line(damaged: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    # A quote that is not closed swallows the lines after it: each of them counts as lost, not one row in all.
    for number, found, text in damaged:
        for i, line in enumerate(text.splitlines() or [""]):
            yield number + i, found, line
