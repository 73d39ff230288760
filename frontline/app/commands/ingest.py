"""``frontline ingest``: files of facts, or of complaints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from frontline.app.terminal import Globals, say, show_progress, write_json
from frontline.app.wiring import House
from frontline.core.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add ``ingest``."""
    app.command("ingest", help="Load CSV, Parquet, JSONL or gzip files or folders of them.")(ingest)


def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    preset: Annotated[str | None, typer.Option(help="A known export: anonymous-bank, cfpb ...")] = None,
    table: Annotated[str | None, typer.Option(help="The table these files fill: cases, interactions ...")] = None,
    map_: Annotated[list[str] | None, typer.Option("--map", help="field=column, as often as needed.")] = None,
    tz: Annotated[str | None, typer.Option(help="The zone of times without one, e.g. Europe/Amsterdam.")] = None,
) -> int:
    """Load and report read, ok, fixed and quarantined rows by code."""
    from frontline.app import loading

    options: Globals = context.obj
    house = House(options=options)
    with show_progress("Loading", quiet=options.json) as report:
        result = loading.load(
            house, paths, preset=preset, table=table, mapping=read_map(map_ or ()), zone=tz, report=report
        )
    if options.json:
        write_json(result.as_json())
    else:
        for line in result.lines():
            say(line)
    return result.exit_code


def read_map(pairs: Sequence[str]) -> dict[str, str]:
    """Read ``field=column`` pairs."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        field, separator, column = pair.partition("=")
        if not separator or not field or not column:
            raise UsageError(f"--map {pair!r} is not field=column.", next_step="For example: --map opened_at=created")
        mapping[field.strip()] = column.strip()
    return mapping
