"""``frontline ask``: a question in the terminal, or a file of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.render_text import render_text
from frontline.app.terminal import Globals, Line, complain, read_lines, say, write_json
from frontline.app.wiring import House
from frontline.core.errors import UsageError
from frontline.core.ids import new_id
from frontline.core.reply import Outcome, Reply
from frontline.core.request import RequestKind


def register(app: typer.Typer) -> None:
    """Add ``ask``."""
    app.command("ask", help="Answer a question, ask back, or say what was not understood.")(ask)


def ask(
    context: typer.Context,
    question: Annotated[list[str] | None, typer.Argument(help="The question, in your own words.")] = None,
    batch: Annotated[
        Path | None, typer.Option(help="JSONL with {id, text, as?, thread?}; one answer per line.")
    ] = None,
) -> int:
    """Answer one question, or every line of a batch in order."""
    options: Globals = context.obj
    house = House(options=options)
    if batch is not None:
        return _batch(house, batch)
    words = " ".join(question or ())
    if not words.strip():
        raise UsageError("What is the question?", next_step='For example: frontline ask "fcr by channel last month"')
    started = time.perf_counter()
    reply = house.ask("ask", words, kind=_kind_of(words))
    if reply.form is not None:
        raise UsageError(f"{reply.headline} is a form.", next_step="Say it in one line, or open the form in Slack.")
    took = round((time.perf_counter() - started) * 1000)
    if reply.outcome is Outcome.FAILED:
        complain(f"{reply.headline} {reply.context}".strip())
    elif options.json:
        write_json(as_answer(reply, took_ms=took, answer_id=new_id("ans")))
    elif reply.exit_code in (0, 4):
        say(render_text(reply))
    else:
        complain(f"{reply.headline} {reply.context}".strip())
    return 0 if reply.outcome.value in ("answered", "clarify", "abstained") else reply.exit_code or 0


def _kind_of(words: str) -> RequestKind:
    """What begins with a slash is a command typed as in Slack; everything else is a question, whatever it says."""
    return RequestKind.MESSAGE if words.lstrip().startswith("/") else RequestKind.COMMAND


def as_answer(reply: Reply, *, took_ms: int, answer_id: str) -> Mapping[str, Any]:
    """Return the public JSON of an answer."""
    given = dict(reply.answer or {})
    outcome = reply.outcome.value if reply.outcome is not Outcome.DONE else "answered"
    return {
        "id": answer_id,
        "outcome": outcome,
        "intent": given.get("intent", "none"),
        "query": given.get("query"),
        "readings": given.get("readings", []),
        "text": render_text(reply),
        "columns": given.get("columns", []),
        "rows": given.get("rows", []),
        "suppressed": given.get("suppressed", []),
        "compare_period": given.get("compare_period"),
        "warnings": given.get("warnings", list(reply.warnings)),
        "took_ms": took_ms,
    }


def _batch(house: House, path: Path) -> int:
    # Lines that share `thread` are one conversation, empty at the start of each call.
    call = new_id("call")
    for line in read_lines(path):
        write_json(_answer_line(house, line, call))
    return 0


def _answer_line(house: House, line: Line, call: str) -> Mapping[str, Any]:
    identity = line.row.get("id", line.number)
    person = str(line.row.get("as") or "")
    if line.error:
        return {"id": identity, "error": line.error}
    thread = f"{call}:{line.row['thread']}" if line.row.get("thread") else ""
    started = time.perf_counter()
    words = str(line.row["text"])
    reply = house.ask("ask", words, person=person, thread=thread, kind=_kind_of(words))
    took = round((time.perf_counter() - started) * 1000)
    if reply.outcome is Outcome.FAILED:
        return {"id": identity, "error": f"{reply.headline} {reply.context}".strip()}
    return as_answer(reply, took_ms=took, answer_id=str(identity))
