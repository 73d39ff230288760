"""``frontline anonymize``: the gate, line by line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from frontline.app.terminal import complain, count_lines, read_lines, show_progress, write_json
from frontline.app.wiring import House
from frontline.core.errors import UsageError
from frontline.core.ports import Progress

POLICIES = ("index", "trainer")


def register(app: typer.Typer) -> None:
    """Add ``anonymize``."""
    app.command("anonymize", help="Mask what identifies people in a JSONL file of {id, text, known?}.")(anonymize)


def anonymize(
    context: typer.Context,
    batch: Annotated[Path, typer.Option(help="JSONL with {id, text, known?}.")],
    policy: Annotated[str, typer.Option(help="index or trainer.")] = "index",
    workers: Annotated[
        int, typer.Option(min=0, max=32, help="Processes above 1,000 texts; default: one a core, at most 4.")
    ] = 0,
) -> int:
    """Print {id, text, spans, decision, reasons} per line, in order; the counts go to stderr."""
    from anonymization.batch import BadLine, Tally, anonymize_rows
    from frontline.app.gating import build_gate

    if policy not in POLICIES:
        raise UsageError(f"There is no policy {policy}.", next_step=f"Policies: {', '.join(POLICIES)}.")
    house = House(options=context.obj)
    house.permit("text.anonymize")
    gate = build_gate(house, workers=workers or min(4, os.cpu_count() or 1))
    lines = read_lines(batch)
    rows = (BadLine(line.row.get("id", line.number), line.error) if line.error else line.row for line in lines)
    total = count_lines(batch)
    tally = Tally()
    with show_progress("anonymizing") as report:
        for number, row in enumerate(anonymize_rows(rows, gate, policy), start=1):
            write_json(row)
            tally.count(row)
            report(Progress(number, total))
    complain(tally.line())
    return 0
