"""A file sent by direct message: looked at, its table and columns proposed, loaded at a click, and gone again."""

from __future__ import annotations

from pydantic import Field

from frontline.core.errors import UsageError
from frontline.core.forms import Field as Input
from frontline.core.forms import Form, FormErrors
from frontline.core.reply import Button, Outcome, Paragraph, Reply, Tone
from frontline.core.request import Request
from frontline.core.text import QuestionText
from handlers import ask
from handlers.desk import UploadLook, Work
from handlers.registry import Arguments

_SHOWN = 14


class FileArguments(Arguments):
    """A file of Slack."""

    value: str = Field(pattern=r"^[A-Z0-9]{2,40}$")


class UploadArguments(Arguments):
    """A file that was fetched and waits for a decision."""

    value: str = Field(pattern=r"^up_[A-Za-z0-9_]{4,60}$")


class ChangeArguments(UploadArguments):
    """What the person corrected: the table, the zone, and one ``field=Column`` a line.

    Headers are words of the organisation's own export; they are compared with the file's and kept nowhere else.
    """

    table: str = Field(pattern=r"^[a-z_]{1,40}$")
    zone: str = Field(default="", max_length=60, pattern=r"^[A-Za-z0-9_+\-/]*$")
    mapping: str = Field(default="", max_length=3000)


class QuestionArguments(Arguments):
    """A first question that the load proposed."""

    value: QuestionText


def look(work: Work, arguments: FileArguments) -> Reply:
    """Fetch a file and say what it seems to be."""
    key, seen = work.desk.uploads().fetch(work.actor, arguments.value)
    return _card(key, seen, replaces=False)


def show_form(work: Work, arguments: UploadArguments) -> Reply:
    """Open the form that changes the proposal."""
    seen = work.desk.uploads().look(work.actor, arguments.value)
    tables = sorted(work.desk.catalog.records.tables)
    return Reply(
        "How should it be read?",
        form=Form(
            action="upload.change",
            title="Change the mapping",
            submit="Look again",
            intro="One field=Column a line. Date+Time joins columns, =phone is one word for all rows, # makes a key.",
            fields=[
                Input("table", "Table", "choice", initial=seen.table, options=[(name, name) for name in tables]),
                Input("zone", "Time zone of times without one", initial=seen.zone, optional=True, limit=60),
                Input("mapping", "Columns", "text", initial=_as_lines(seen), optional=True, limit=3000),
            ],
            state=arguments.value,
        ),
    )


def change(work: Work, arguments: ChangeArguments) -> Reply:
    """Look at the file again under the person's own mapping."""
    mapping = dict(_pair(line) for line in arguments.mapping.splitlines() if line.strip())
    seen = work.desk.uploads().change(
        work.actor, arguments.value, table=arguments.table, mapping=mapping, zone=arguments.zone
    )
    return _card(arguments.value, seen, replaces=False)


def load(work: Work, arguments: UploadArguments) -> Reply:
    """Load the file as proposed; the file itself is removed."""
    lines, question, quarantined = work.desk.uploads().load(work.actor, arguments.value)
    buttons = [Button("First question", "upload.ask", question, tone=Tone.PRIMARY)] if question else []
    if quarantined:
        buttons.append(Button("Refused rows", "data.errors"))
    return Reply(
        lines[0],
        context="Loading it again counts nothing twice; `/ops data rollback` takes it back.",
        parts=[Paragraph("\n".join(f"• {line}" for line in lines[1:]))] if len(lines) > 1 else [],
        buttons=buttons,
        replaces=True,
    )


def ask_first(work: Work, arguments: QuestionArguments) -> Reply:
    """Answer the first question."""
    return ask.ask(work, ask.AskArguments(question=arguments.value))


def cancel(work: Work, arguments: UploadArguments) -> Reply:
    """Remove the fetched file; nothing was loaded."""
    work.desk.uploads().drop(work.actor, arguments.value)
    return Reply("Nothing was loaded, and the copy of the file is gone.", replaces=True)


def validate(request: Request) -> FormErrors:
    """Check the form before the ack."""
    mapping = request.values.get("mapping")
    try:
        for line in mapping.reveal().splitlines() if mapping is not None else ():
            if line.strip():
                _pair(line)
    except UsageError as error:
        return {"mapping": error.message}
    return {}


def _card(key: str, seen: UploadLook, *, replaces: bool) -> Reply:
    if seen.refusal:
        return Reply(
            seen.refusal,
            context="Change the mapping, or send another export. Nothing was loaded.",
            buttons=[Button("Change the mapping", "upload.change.form", key), Button("Cancel", "upload.cancel", key)],
            outcome=Outcome.CLARIFY,
            replaces=replaces,
        )
    fields = [f"• `{name}` from {column}" for name, column in list(seen.read_as.items())[:_SHOWN]]
    if len(seen.read_as) > _SHOWN:
        fields.append(f"• … and {len(seen.read_as) - _SHOWN} more")
    notes = [f"• {line}" for line in seen.notes]
    return Reply(
        f"{seen.name} looks like {seen.table}: {seen.rows:,} rows, {seen.faults:,} of them would be refused.",
        context=f"Times without an offset are read as {seen.zone}." if seen.zone else "",
        parts=[Paragraph("\n".join(fields)), *([Paragraph("\n".join(notes))] if notes else [])],
        buttons=[
            Button("Load as suggested", "upload.load", key, tone=Tone.PRIMARY),
            Button("Change the mapping", "upload.change.form", key),
            Button("Cancel", "upload.cancel", key),
        ],
        outcome=Outcome.CLARIFY,
        replaces=replaces,
    )


def _as_lines(seen: UploadLook) -> str:
    return "\n".join(f"{name}={column}" for name, column in seen.mapping.items())


def _pair(line: str) -> tuple[str, str]:
    name, separator, column = line.strip().partition("=")
    if not separator or not name.strip() or not column.strip():
        raise UsageError(f"{line.strip()[:40]!r} is not field=Column.", next_step="For example: opened_at=Created")
    return name.strip(), column.strip()
