"""``frontline anonymize``: the gate, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontline.app.terminal import read_lines, write_json
from frontline.app.wiring import House


def register(app: typer.Typer) -> None:
    """Add ``anonymize``."""
    app.command("anonymize", help="Mask what identifies people in a JSONL file of {id, text, known?}.")(anonymize)


def anonymize(
    context: typer.Context,
    batch: Annotated[Path, typer.Option(help="JSONL with {id, text, known?}.")],
    policy: Annotated[str, typer.Option(help="index or trainer.")] = "index",
) -> int:
    """Print {id, text, spans, decision, reasons} per line, in order."""
    from anonymization.batch import anonymize_rows

    house = House(options=context.obj)
    rows = (
        {"id": line.row.get("id", line.number), "error": line.error} if line.error else line.row
        for line in read_lines(batch)
    )
    for row in anonymize_rows(rows, house.gate, policy):
        write_json(row)
    return 0
