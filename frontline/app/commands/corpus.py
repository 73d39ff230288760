"""``frontline corpus``: add, search and rebuild the index of anonymized text."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from frontline.app.terminal import Line, as_typed, complain, read_lines, say, show_progress, write_json
from frontline.app.wiring import House
from frontline.core.actor import Actor
from frontline.core.errors import UsageError
from frontline.core.text import QuestionText
from frontline.store import text_intakes

TOLD = 3  # faults of lines in the last sentence


def register(app: typer.Typer) -> None:
    """Add ``corpus add``, ``corpus search`` and ``corpus rebuild``."""
    family = typer.Typer(help="The index of anonymized text.", no_args_is_help=True)
    family.command("add", help="Add JSONL rows of {id, kind, text, ...}; each passes the gate.")(add)
    family.command("search", help="Find what is most like the query.")(search)
    family.command("rebuild", help="Make the index anew from state, in a new directory.")(rebuild)
    app.add_typer(family, name="corpus")


def add(context: typer.Context, file: Annotated[Path, typer.Argument(help="JSONL file.")]) -> int:
    """Print {id, decision, reasons} per line; exit 1 when some were held back."""
    house = House(options=context.obj)
    actor = house.permit("corpus.add")
    lines = list(read_lines(file, needs=("id", "kind", "text")))
    return 1 if add_rows(house, actor, lines, [line.error for line in lines]) else 0


def add_rows(house: House, actor: Actor, lines: Sequence[Line], faults: Sequence[str], **more: Any) -> int:
    """Add the lines without a fault, each with ``more``; print what became of every line, return how many failed.

    The counts go to stderr, with the first faults: nobody looks for one line in a hundred thousand.
    """
    held, counts, told = 0, Counter[str](), [fault for fault in faults if fault]
    good = [{**line.row, **more} if more else line.row for line, fault in zip(lines, faults, strict=True) if not fault]
    with show_progress("Adding", quiet=house.options.json) as report:
        decisions = iter(house.corpus.add(actor, good, report=report))
        for line, fault in zip(lines, faults, strict=True):
            row = {"id": line.row.get("id", line.number), "error": fault} if fault else next(decisions)
            held += row.get("decision") not in ("released", "added", "skipped", "replaced")
            counts[row.get("decision", "refused")] += 1
            if row.get("decision") == "refused" and len(told) < TOLD:
                told.append(f"{row['id']}: {row['reasons'][0]}")
            write_json(row)
        for _ in decisions:
            raise AssertionError("a decision without a line")
    for notice in house.corpus.notices:
        complain(notice)
    what = ", ".join(f"{count:,} {decision}" for decision, count in counts.most_common())
    more_of_them = " ..." if counts["refused"] > TOLD else ""
    complain(f"{len(lines):,} lines: {what or 'nothing to do'}. {'; '.join(told[:TOLD])}{more_of_them}".strip())
    return held


def search(
    context: typer.Context,
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    batch: Annotated[Path | None, typer.Option(help="JSONL with {id, text}.")] = None,
    k: Annotated[int, typer.Option("-k", help="How many results.", min=1, max=1000)] = 10,
    kind: Annotated[str | None, typer.Option(help="complaint, debrief, tag, pain_point, verbatim or article.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="field=value, as often as needed.")] = None,
    collapse: Annotated[bool, typer.Option("--collapse", help="Show near-duplicates once.")] = False,
    varied: Annotated[bool, typer.Option("--varied", help="Rather different texts than the same one often.")] = False,
) -> int:
    """Print the results, best first."""
    house = House(options=context.obj)
    actor = house.permit("corpus.search")
    conditions = read_where(where or ())

    def find(text: str) -> tuple[list[dict[str, Any]], int]:
        started = time.perf_counter()
        hits = house.corpus.search(
            actor, QuestionText(text), k=k, kind=kind, where=conditions, collapse=collapse, is_varied=varied
        )
        while house.corpus.notices:
            complain(house.corpus.notices.pop())
        took = round((time.perf_counter() - started) * 1000)
        return [{"id": hit.id, "score": round(hit.score, 6), "text": hit.text.show()} for hit in hits], took

    if batch is not None:
        for line in read_lines(batch):
            identity = line.row.get("id", line.number)
            if line.error:
                write_json({"id": identity, "error": line.error})
                continue
            try:
                results, took = find(str(line.row["text"]))
            except UsageError as error:
                if str(line.row["text"]).strip():
                    raise
                # An empty query is one bad line, not the end of the file.
                write_json({"id": identity, "error": str(error)})
                continue
            write_json({"id": identity, "results": results, "took_ms": took})
        return 0
    query = as_typed(query or "")
    if not query.strip():
        raise UsageError("What should I look for?", next_step='For example: frontline corpus search "charged twice"')
    house.corpus.warm_up()
    results, took = find(query)
    if house.options.json:
        write_json({"id": None, "results": results, "took_ms": took})
        return 0
    for result in results:
        say(f"{result['score']:.3f}  {result['id']}  {result['text'][:300]}")
    say(f"{len(results)} results, took_ms {took}")
    with house.store.read() as session:
        if (coming := text_intakes.under_way(session, house.clock.now())) is not None:
            complain(coming.in_words())
    return 0 if results else 4


def rebuild(context: typer.Context) -> int:
    """Build the index in a new directory and swap."""
    house = House(options=context.obj)
    house.permit("corpus.rebuild")
    with show_progress("Rebuilding the index", quiet=house.options.json) as report:
        count = house.corpus.rebuild(report=report)
    if house.options.json:
        write_json({"documents": count})
    else:
        say(f"The index was rebuilt from {count:,} documents.")
    return 0


def read_where(pairs: Sequence[str]) -> dict[str, str]:
    """Read ``field=value`` pairs."""
    found: dict[str, str] = {}
    for pair in pairs:
        field, separator, value = pair.partition("=")
        if not separator:
            raise UsageError(f"--where {pair!r} is not field=value.", next_step="For example: --where region=north")
        found[field.strip()] = value.strip()
    return found
