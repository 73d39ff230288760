"""``frontline kb``: articles with what they are for, how often the right one is found, and drafts of scripts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from frontline.app import knowing, scripting
from frontline.app.commands.corpus import add_rows
from frontline.app.terminal import Line, complain, read_lines, say, write_json
from frontline.app.wiring import House
from frontline.core.errors import UsageError
from frontline.governance import knowledge


def register(app: typer.Typer) -> None:
    """Add ``kb add``, ``kb evaluate`` and ``kb scripts``."""
    family = typer.Typer(help="Articles: what they are for, how well they are found; scripts.", no_args_is_help=True)
    family.command("add", help="Add JSONL rows of {id, text, version, products, audience, segments, valid_until}.")(add)
    family.command("evaluate", help="hit@3 and MRR against the articles that cases are linked to.")(evaluate)
    family.command("scripts", help="Keep the scripts of a YAML file as drafts.")(load_scripts)
    app.add_typer(family, name="kb")


def add(context: typer.Context, file: Annotated[Path, typer.Argument(help="JSONL file.")]) -> int:
    """Print {id, decision} per line; a wrong line costs nothing of the others."""
    house = House(options=context.obj)
    actor = house.permit("kb.publish")
    lines = list(read_lines(file, needs=("id", "text")))
    faults = [_fault(line) for line in lines]
    # Before its words: an article of which nothing is known but its words is for everybody.
    knowing.put_articles(house, actor, [line.row for line, fault in zip(lines, faults, strict=True) if not fault])
    return 1 if add_rows(house, actor, lines, faults, kind=knowledge.KIND) else 0


def load_scripts(context: typer.Context, file: Annotated[Path, typer.Argument(help="YAML file.")]) -> int:
    """Print {topic, decision} per script; one that cannot be kept costs nothing of the others."""
    house = House(options=context.obj)
    actor = house.permit("script.edit")
    failed = 0
    for topic, fault in scripting.put_drafts(house, actor, scripting.read_bodies(file)):
        failed += bool(fault)
        write_json({"topic": topic, "error": fault} if fault else {"topic": topic, "decision": "draft"})
    return 1 if failed else 0


def evaluate(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="JSONL with {id, article}: a document and its article.")] = None,
) -> int:
    """Print {n, hit_at_3, mrr, links}; without a file by what solved cases, else by topics with one article."""
    house = House(options=context.obj)
    house.permit("kb.log")
    if file is not None:
        lines = list(read_lines(file, needs=("id", "article")))
        links, said = [(str(line.row["id"]), str(line.row["article"])) for line in lines if not line.error], "the file"
        for line in lines:
            if line.error:
                complain(f"Left out: {line.error}.")
    else:
        links, said = knowing.links_by_verdict(house), "articles that solved cases"
        if len(links) < 20:
            links, said = knowing.links_by_topic(house), "topics with one article"
    found = {**asdict(knowing.evaluate(house, links)), "links": said}
    if house.options.json:
        write_json(found)
    else:
        say(f"hit@3 {found['hit_at_3']:.3f}, MRR {found['mrr']:.3f} over {found['n']} cases, linked by {said}.")
    return 0 if found["n"] else 4


def _fault(line: Line) -> str:
    if line.error:
        return line.error
    try:
        knowing.read_article(line.row)
    except UsageError as error:
        return str(error)
    return ""
