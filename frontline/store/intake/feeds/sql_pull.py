"""Rows from somebody's database: one query, from a watermark on, in bounded memory.

The watermark stands in the facts generation that holds the rows: both come about together, and a rollback takes both
back. Rows that come twice are recognised by their key.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from frontline.core.errors import EngineError, UsageError
from frontline.store.facts import Facts
from frontline.store.intake.feeds.declaration import SqlFeed
from frontline.store.intake.ingest import Options
from frontline.store.intake.report import LoadReport

BATCH = 5_000
_SELECT = re.compile(r"^\s*(--[^\n]*\n\s*)*(select|with)\b", re.IGNORECASE)

Load = Callable[[Path, Options], LoadReport]


@dataclass(frozen=True)
class Pulled:
    """What one pull brought. ``report`` is None when there was no new row."""

    feed: str
    rows: int
    since: str
    until: str
    report: LoadReport | None = None


def pull(name: str, feed: SqlFeed, engine: Engine, facts: Facts, load: Load) -> Pulled:
    """Fetch what is new since the watermark and load it.

    Args:
        name: the feed's name; rows carry it as their source.
        load: loads one file with the given options.

    Raises:
        UsageError: the query is none that reads, lacks ``:since`` or the watermark column, or its rows are refused.
        EngineError: the database cannot be reached or does not answer. The URL is never part of a message.
    """
    _check(name, feed)
    since = _decoded(facts.meta(_mark(name))) if facts.generation else None
    start = _earlier(since, feed.overlap_s) if since is not None else feed.start
    with tempfile.TemporaryDirectory(prefix="pull-") as folder:
        path = Path(folder) / f"{name}.parquet"
        rows, until = _fetch(name, feed, engine, start, path)
        latest = until if since is None or until is None or _is_later(until, since) else since
        shown = (str(start), str(latest if latest is not None else start))
        if not rows:
            return Pulled(name, 0, *shown)
        report = load(path, feed.options(marks={_mark(name): _encoded(latest)}))
    return Pulled(name, rows, *shown, report)


def _check(name: str, feed: SqlFeed) -> None:
    statement = feed.query.strip().rstrip(";")
    if not _SELECT.match(statement) or ";" in statement:
        raise UsageError(f"The query of the feed {name} is not a single SELECT.", next_step="Correct feeds.yaml.")
    if not re.search(r"(?<!:):since\b", statement):
        raise UsageError(
            f"The query of the feed {name} does not use :since.",
            next_step=f"Add, for example, WHERE {feed.watermark} >= :since.",
        )


def _fetch(name: str, feed: SqlFeed, engine: Engine, start: Any, path: Path) -> tuple[int, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    count, until = 0, None
    try:
        # Never committed: whatever the query does, it leaves no trace.
        with engine.connect().execution_options(stream_results=True) as connection:
            result = connection.execute(text(feed.query.strip().rstrip(";")), {"since": start})
            columns = list(result.keys())
            if feed.watermark not in columns:
                raise UsageError(
                    f"The query of the feed {name} does not select its watermark column {feed.watermark!r}.",
                    next_step=f"Its columns: {', '.join(columns)}.",
                )
            place = columns.index(feed.watermark)
            schema = pa.schema([(column, pa.string()) for column in columns])
            with pq.ParquetWriter(path, schema) as writer:
                for batch in _batches(result):
                    marks = [row[place] for row in batch if row[place] is not None]
                    until = max([*marks, *([until] if until is not None else [])], default=None)
                    count += len(batch)
                    cells = [[_written(row[at]) for row in batch] for at in range(len(columns))]
                    writer.write_table(pa.table(cells, schema=schema))
            connection.rollback()
    except SQLAlchemyError as error:
        # The message of a driver may hold the URL, and with it a password.
        raise EngineError(
            f"The database of the feed {name} did not answer the query ({type(error).__name__}).", permanent=False
        ) from None
    return count, until


def _batches(result: Any) -> Iterator[Sequence[Any]]:
    while batch := result.fetchmany(BATCH):
        yield batch


def _written(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return str(value.total_seconds())
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _mark(name: str) -> str:
    return f"pull:{name}"


def _encoded(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return json.dumps({"instant": value.isoformat()})
    if isinstance(value, Decimal):
        return json.dumps({"value": str(value)})
    return json.dumps({"value": value if isinstance(value, int | float) else str(value)})


def _decoded(mark: str | None) -> Any:
    if mark is None:
        return None
    said = json.loads(mark)
    return dt.datetime.fromisoformat(said["instant"]) if "instant" in said else said["value"]


def _earlier(since: Any, seconds: int) -> Any:
    """A little before the watermark, where it is a time: rows of slow transactions appear late."""
    if isinstance(since, dt.datetime):
        return since - dt.timedelta(seconds=seconds)
    if isinstance(since, str):
        try:
            moved = dt.datetime.fromisoformat(since) - dt.timedelta(seconds=seconds)
        except ValueError:
            return since
        # In the spelling of the source: SQLite compares texts.
        return moved.isoformat(sep=since[10]) if len(since) > 10 else moved.date().isoformat()
    return since


def _is_later(value: Any, since: Any) -> bool:
    try:
        return bool(value > since)
    except TypeError:
        return True
