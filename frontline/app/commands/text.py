"""``frontline anonymize``: the gate, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontline.app.terminal import read_lines, write_json
from frontline.app.wiring import House
from frontline.core.errors import UsageError

POLICIES = ("index", "trainer")


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

    if policy not in POLICIES:
        raise UsageError(f"There is no policy {policy}.", next_step=f"Policies: {', '.join(POLICIES)}.")
    house = House(options=context.obj)
    house.permit("text.anonymize")
    for line in read_lines(batch):
        if line.error:
            write_json({"id": line.row.get("id", line.number), "error": line.error})
        else:
            for row in anonymize_rows([line.row], house.gate, policy):
                write_json(row)
    return 0
